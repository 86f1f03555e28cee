package cn.jingshu.products.transit.gtfs;

/**
 * A line of public transport (公交线路).
 *
 * @param shortName what stands on the vehicle; may be empty when {@code longName} is not
 * @param type GTFS route type; 3 is a bus
 * @param color six hexadecimal digits; empty: not known
 */
public record Route(String id, String shortName, String longName, int type, String color) {}
