/** How the product and the data domain are kept together. */
@NullMarked
package cn.jingshu.products.transit.keeping;

import org.jspecify.annotations.NullMarked;
