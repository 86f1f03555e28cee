@NullMarked
package cn.jingshu.metering.limit;

import org.jspecify.annotations.NullMarked;
