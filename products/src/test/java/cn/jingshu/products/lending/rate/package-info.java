@NullMarked
package cn.jingshu.products.lending.rate;

import org.jspecify.annotations.NullMarked;
