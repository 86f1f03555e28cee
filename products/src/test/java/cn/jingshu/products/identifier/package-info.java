@NullMarked
package cn.jingshu.products.identifier;

import org.jspecify.annotations.NullMarked;
