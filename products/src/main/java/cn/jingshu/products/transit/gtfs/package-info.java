/** The static side of public transport: routes, stops, trips and calendars, read from a GTFS archive. */
@NullMarked
package cn.jingshu.products.transit.gtfs;

import org.jspecify.annotations.NullMarked;
