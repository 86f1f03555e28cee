/** Money owed: rating, closing and proving. */
@NullMarked
package cn.jingshu.marketplace.billing;

import org.jspecify.annotations.NullMarked;
