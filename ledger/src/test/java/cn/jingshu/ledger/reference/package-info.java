/** A second ledger, plain and slow, that the real one has to agree with. */
@NullMarked
package cn.jingshu.ledger.reference;

import org.jspecify.annotations.NullMarked;
