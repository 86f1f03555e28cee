/** What is owed by settlements and how it is paid: orders, the bank's files, and what differs between them. */
@NullMarked
package cn.jingshu.marketplace.payment;

import org.jspecify.annotations.NullMarked;
