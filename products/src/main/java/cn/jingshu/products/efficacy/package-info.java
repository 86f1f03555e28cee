/** Retrospective studies of efficacy and safety (回顾性疗效安全性研究): cohorts, signals, survival and comparisons, as aggregates only. */
@NullMarked
package cn.jingshu.products.efficacy;

import org.jspecify.annotations.NullMarked;
