@NullMarked
package cn.jingshu.products.underwriting;

import org.jspecify.annotations.NullMarked;
