/** Intake of live data: GTFS-Realtime by file or HTTP, and the replay of a vehicle trace. */
@NullMarked
package cn.jingshu.products.transit.feed;

import org.jspecify.annotations.NullMarked;
