@NullMarked
package cn.jingshu.metering.journal;

import org.jspecify.annotations.NullMarked;
