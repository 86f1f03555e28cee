/**
 * Checks an export bundle on a desk: without database, without network, without trust in whoever made it. What a check needs of the
 * books' arithmetic is the books' own code; nothing of it writes.
 */
@NullMarked
package cn.jingshu.ledger.verify;

import org.jspecify.annotations.NullMarked;
