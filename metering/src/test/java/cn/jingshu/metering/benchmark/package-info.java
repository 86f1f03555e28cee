/** How fast the meter is: run by {@code docs/benchmarks/jmh.sh metering}, never by the build. */
@NullMarked
package cn.jingshu.metering.benchmark;

import org.jspecify.annotations.NullMarked;
