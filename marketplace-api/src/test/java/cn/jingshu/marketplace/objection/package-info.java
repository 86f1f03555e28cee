/** Objections. */
@NullMarked
package cn.jingshu.marketplace.objection;

import org.jspecify.annotations.NullMarked;
