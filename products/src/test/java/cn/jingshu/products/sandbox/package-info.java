@NullMarked
package cn.jingshu.products.sandbox;

import org.jspecify.annotations.NullMarked;
