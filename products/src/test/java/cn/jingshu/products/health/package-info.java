@NullMarked
package cn.jingshu.products.health;

import org.jspecify.annotations.NullMarked;
