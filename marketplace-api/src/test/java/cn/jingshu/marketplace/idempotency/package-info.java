@NullMarked
package cn.jingshu.marketplace.idempotency;

import org.jspecify.annotations.NullMarked;
