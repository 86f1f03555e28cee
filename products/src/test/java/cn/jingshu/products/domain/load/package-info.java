/** Tests of connectors. */
@NullMarked
package cn.jingshu.products.domain.load;

import org.jspecify.annotations.NullMarked;
