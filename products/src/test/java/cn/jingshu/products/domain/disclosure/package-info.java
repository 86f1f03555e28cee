@NullMarked
package cn.jingshu.products.domain.disclosure;

import org.jspecify.annotations.NullMarked;
