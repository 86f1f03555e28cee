@NullMarked
package cn.jingshu.marketplace.edge;

import org.jspecify.annotations.NullMarked;
