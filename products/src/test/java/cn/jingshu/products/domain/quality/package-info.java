/** Tests of quality rules. */
@NullMarked
package cn.jingshu.products.domain.quality;

import org.jspecify.annotations.NullMarked;
