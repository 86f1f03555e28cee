/** The price book: ceilings (上限收费标准), tariffs (具体收费标准), and the law that stands between them. */
@NullMarked
package cn.jingshu.marketplace.pricing;

import org.jspecify.annotations.NullMarked;
