/** Whole ways through a running node: calls, refusals, months, kills. */
@NullMarked
package cn.jingshu.marketplace.scenario;

import org.jspecify.annotations.NullMarked;
