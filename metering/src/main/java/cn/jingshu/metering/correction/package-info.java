/** What puts usage right after the fact: voids (作废) and what arrived after a period was closed (迟到事件). */
@NullMarked
package cn.jingshu.metering.correction;

import org.jspecify.annotations.NullMarked;
