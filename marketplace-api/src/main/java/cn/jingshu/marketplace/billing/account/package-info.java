/** What each consumer owes and has paid ahead, the terms and limits it runs under, and how what is unpaid is asked for. */
@NullMarked
package cn.jingshu.marketplace.billing.account;

import org.jspecify.annotations.NullMarked;
