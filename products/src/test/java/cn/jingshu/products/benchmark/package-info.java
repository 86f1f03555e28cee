/** What reading a request and writing an answer costs: run by {@code docs/benchmarks/jmh.sh products}, never by the build. */
@NullMarked
package cn.jingshu.products.benchmark;

import org.jspecify.annotations.NullMarked;
