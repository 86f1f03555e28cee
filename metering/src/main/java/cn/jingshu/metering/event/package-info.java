/** What is counted: one immutable usage event (用量事件) per admitted call. */
@NullMarked
package cn.jingshu.metering.event;

import org.jspecify.annotations.NullMarked;
