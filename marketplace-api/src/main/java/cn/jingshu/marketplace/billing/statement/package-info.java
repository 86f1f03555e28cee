/** What a consumer is told for a month, how every line of it is traced to calls, and what is given back or invoiced. */
@NullMarked
package cn.jingshu.marketplace.billing.statement;

import org.jspecify.annotations.NullMarked;
