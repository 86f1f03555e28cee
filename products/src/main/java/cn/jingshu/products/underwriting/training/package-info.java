/** Programs that learn the coefficients of the underwriting models from stated data. */
@NullMarked
package cn.jingshu.products.underwriting.training;

import org.jspecify.annotations.NullMarked;
