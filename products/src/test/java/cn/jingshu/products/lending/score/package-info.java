@NullMarked
package cn.jingshu.products.lending.score;

import org.jspecify.annotations.NullMarked;
