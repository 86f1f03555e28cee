@NullMarked
package cn.jingshu.products.declared;

import org.jspecify.annotations.NullMarked;
