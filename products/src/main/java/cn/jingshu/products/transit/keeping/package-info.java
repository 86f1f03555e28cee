/** What the data domain keeps of public transport: the timetable with its lineage, and how the feeds were. */
@NullMarked
package cn.jingshu.products.transit.keeping;

import org.jspecify.annotations.NullMarked;
