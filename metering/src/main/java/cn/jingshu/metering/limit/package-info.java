/** How fast calls may come (限流): token buckets in process, or shared through Redis. */
@NullMarked
package cn.jingshu.metering.limit;

import org.jspecify.annotations.NullMarked;
