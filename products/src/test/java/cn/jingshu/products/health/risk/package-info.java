@NullMarked
package cn.jingshu.products.health.risk;

import org.jspecify.annotations.NullMarked;
