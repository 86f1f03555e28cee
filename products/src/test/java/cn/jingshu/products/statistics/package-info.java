@NullMarked
package cn.jingshu.products.statistics;

import org.jspecify.annotations.NullMarked;
