@NullMarked
package cn.jingshu.metering.usage;

import org.jspecify.annotations.NullMarked;
