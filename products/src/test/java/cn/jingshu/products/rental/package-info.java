@NullMarked
package cn.jingshu.products.rental;

import org.jspecify.annotations.NullMarked;
