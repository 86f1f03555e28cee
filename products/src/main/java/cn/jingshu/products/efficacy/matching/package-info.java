/** Comparisons without a draw of lots: propensity scores, matching, weighting, regression and the balance they reach. */
@NullMarked
package cn.jingshu.products.efficacy.matching;

import org.jspecify.annotations.NullMarked;
