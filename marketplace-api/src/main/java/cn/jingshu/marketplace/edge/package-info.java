/** The way of a product call that both edges share: gate, operation, meter. An edge only translates. */
@NullMarked
package cn.jingshu.marketplace.edge;

import org.jspecify.annotations.NullMarked;
