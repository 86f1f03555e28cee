/** The books as files that other programs check: hledger journals and CSV. */
@NullMarked
package cn.jingshu.ledger.export;

import org.jspecify.annotations.NullMarked;
