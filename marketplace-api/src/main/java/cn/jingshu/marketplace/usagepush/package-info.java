/** Passes stored usage on to a sink outside (用量推送): as CloudEvents, signed, in order, each at least once. */
@NullMarked
package cn.jingshu.marketplace.usagepush;

import org.jspecify.annotations.NullMarked;
