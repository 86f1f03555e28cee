/** Plans (套餐): a quota and a rate limit offered for one product and purpose. */
@NullMarked
package cn.jingshu.marketplace.plan;

import org.jspecify.annotations.NullMarked;
