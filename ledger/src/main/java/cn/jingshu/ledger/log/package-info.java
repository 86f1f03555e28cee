/** The append-only log as it is kept: which leaves come next, where their hashes are, what was signed, and whether all of it still holds. */
@NullMarked
package cn.jingshu.ledger.log;

import org.jspecify.annotations.NullMarked;
