/** How good the data of a load are, over the six dimensions of GB/T 36344-2018, by rules that are declared for each table. */
@NullMarked
package cn.jingshu.products.domain.quality;

import org.jspecify.annotations.NullMarked;
