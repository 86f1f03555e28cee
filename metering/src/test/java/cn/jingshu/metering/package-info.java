@NullMarked
package cn.jingshu.metering;

import org.jspecify.annotations.NullMarked;
