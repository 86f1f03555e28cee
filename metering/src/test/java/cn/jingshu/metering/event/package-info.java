@NullMarked
package cn.jingshu.metering.event;

import org.jspecify.annotations.NullMarked;
