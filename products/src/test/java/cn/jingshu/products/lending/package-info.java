@NullMarked
package cn.jingshu.products.lending;

import org.jspecify.annotations.NullMarked;
