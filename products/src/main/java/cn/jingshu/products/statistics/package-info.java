/** Statistics that several products' methods rest on: regression, ranking quality, calibration, drift. */
@NullMarked
package cn.jingshu.products.statistics;

import org.jspecify.annotations.NullMarked;
