package cn.jingshu.products.transit.keeping;

import cn.jingshu.products.transit.gtfs.Network;

/**
 * A timetable that was read.
 *
 * @param name of its file, for people
 */
public record Timetable(Network network, String name) {}
