/** Calls that are retried: the same key and the same request are the same call, answered and billed once. */
@NullMarked
package cn.jingshu.marketplace.idempotency;

import org.jspecify.annotations.NullMarked;
