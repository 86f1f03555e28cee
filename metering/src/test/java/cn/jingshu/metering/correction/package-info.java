@NullMarked
package cn.jingshu.metering.correction;

import org.jspecify.annotations.NullMarked;
