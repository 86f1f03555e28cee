/** Robust trends of short series. */
@NullMarked
package cn.jingshu.products.health.trend;

import org.jspecify.annotations.NullMarked;
