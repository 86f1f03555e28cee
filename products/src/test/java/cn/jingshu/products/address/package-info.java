@NullMarked
package cn.jingshu.products.address;

import org.jspecify.annotations.NullMarked;
