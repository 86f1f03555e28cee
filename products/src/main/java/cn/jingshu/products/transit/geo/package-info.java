/** Places on the earth: WGS-84 positions, the Chinese coordinate systems, distances and paths. */
@NullMarked
package cn.jingshu.products.transit.geo;

import org.jspecify.annotations.NullMarked;
