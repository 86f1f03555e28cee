/** Disproportionality (不相称性分析): which events are told more often with a drug than the rest of the data would have it. */
@NullMarked
package cn.jingshu.products.efficacy.signal;

import org.jspecify.annotations.NullMarked;
