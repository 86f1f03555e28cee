/** Tests of the connectivity check. */
@NullMarked
package cn.jingshu.products.echo;

import org.jspecify.annotations.NullMarked;
