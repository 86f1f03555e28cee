/** What the market adds to an export of the books: prices, usage, lines of bills, parties, and the same in the forms of others. */
@NullMarked
package cn.jingshu.marketplace.export;

import org.jspecify.annotations.NullMarked;
