/** How the market's features reach their schema in PostgreSQL: transactions, statements, migrations. */
@NullMarked
package cn.jingshu.marketplace.store;

import org.jspecify.annotations.NullMarked;
