@NullMarked
package cn.jingshu.marketplace.source;

import org.jspecify.annotations.NullMarked;
