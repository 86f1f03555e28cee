/** How fast the books are: run by {@code docs/benchmarks/ledger-load.sh}, never by the build. */
@NullMarked
package cn.jingshu.ledger.benchmark;

import org.jspecify.annotations.NullMarked;
