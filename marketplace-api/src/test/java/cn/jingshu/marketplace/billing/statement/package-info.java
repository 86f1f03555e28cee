@NullMarked
package cn.jingshu.marketplace.billing.statement;

import org.jspecify.annotations.NullMarked;
