@NullMarked
package cn.jingshu.marketplace.drift;

import org.jspecify.annotations.NullMarked;
