@NullMarked
package cn.jingshu.products.lending.schedule;

import org.jspecify.annotations.NullMarked;
