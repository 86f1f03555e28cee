/** Subscriptions (订阅) and the use each is approved for. */
@NullMarked
package cn.jingshu.marketplace.subscription;

import org.jspecify.annotations.NullMarked;
