@NullMarked
package cn.jingshu.products.health.warning;

import org.jspecify.annotations.NullMarked;
