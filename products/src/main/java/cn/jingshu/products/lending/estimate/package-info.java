/** What a loan is estimated from, how, and why: pure methods over facts that others have read. */
@NullMarked
package cn.jingshu.products.lending.estimate;

import org.jspecify.annotations.NullMarked;
