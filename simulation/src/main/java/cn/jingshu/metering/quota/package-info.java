@NullMarked
package cn.jingshu.metering.quota;

import org.jspecify.annotations.NullMarked;
