/** The connectivity check: a fixed answer, metered like any other product. */
@NullMarked
package cn.jingshu.products.echo;

import org.jspecify.annotations.NullMarked;
