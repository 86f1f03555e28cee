/** Rules that warn, each with its advice and how sure it is. */
@NullMarked
package cn.jingshu.products.health.warning;

import org.jspecify.annotations.NullMarked;
