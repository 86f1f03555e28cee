/** Joins meter and ledger in the append-only log (防篡改日志): what becomes a leaf, when it is signed, and whose line a leaf proves. */
@NullMarked
package cn.jingshu.marketplace.seal;

import org.jspecify.annotations.NullMarked;
