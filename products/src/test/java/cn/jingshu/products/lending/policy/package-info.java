@NullMarked
package cn.jingshu.products.lending.policy;

import org.jspecify.annotations.NullMarked;
