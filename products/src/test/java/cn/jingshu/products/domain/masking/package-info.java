@NullMarked
package cn.jingshu.products.domain.masking;

import org.jspecify.annotations.NullMarked;
