/** Counts calls exactly once and answers how much was used, when. */
@NullMarked
package cn.jingshu.metering;

import org.jspecify.annotations.NullMarked;
