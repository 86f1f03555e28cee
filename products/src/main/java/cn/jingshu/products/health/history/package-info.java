/** The own records of one person, read and made comparable. */
@NullMarked
package cn.jingshu.products.health.history;

import org.jspecify.annotations.NullMarked;
