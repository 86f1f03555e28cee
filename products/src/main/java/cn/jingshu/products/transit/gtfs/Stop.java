package cn.jingshu.products.transit.gtfs;

import cn.jingshu.products.transit.geo.Position;

/**
 * A place where vehicles call (站台).
 *
 * @param code what stands on the stop pole; may be empty
 * @param position in WGS-84
 */
public record Stop(String id, String code, String name, Position position) {}
