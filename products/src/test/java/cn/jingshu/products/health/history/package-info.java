@NullMarked
package cn.jingshu.products.health.history;

import org.jspecify.annotations.NullMarked;
