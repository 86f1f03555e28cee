@NullMarked
package cn.jingshu.products.claims;

import org.jspecify.annotations.NullMarked;
