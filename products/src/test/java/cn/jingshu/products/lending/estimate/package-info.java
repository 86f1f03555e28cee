@NullMarked
package cn.jingshu.products.lending.estimate;

import org.jspecify.annotations.NullMarked;
