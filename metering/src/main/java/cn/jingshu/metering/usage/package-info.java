/** Questions about usage, answered from the stored events and from the hourly totals. */
@NullMarked
package cn.jingshu.metering.usage;

import org.jspecify.annotations.NullMarked;
