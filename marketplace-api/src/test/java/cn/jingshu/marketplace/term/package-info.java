/** Working days and terms. */
@NullMarked
package cn.jingshu.marketplace.term;

import org.jspecify.annotations.NullMarked;
