/** Prediction of arrivals: which trip a vehicle runs, how late it is and how late it will be. */
@NullMarked
package cn.jingshu.products.transit.predict;

import org.jspecify.annotations.NullMarked;
