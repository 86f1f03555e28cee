/** Where every vehicle is now: the newest position of each, its track, its trip, and the stream of changes. */
@NullMarked
package cn.jingshu.products.transit.fleet;

import org.jspecify.annotations.NullMarked;
