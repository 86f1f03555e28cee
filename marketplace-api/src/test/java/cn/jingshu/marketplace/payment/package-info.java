@NullMarked
package cn.jingshu.marketplace.payment;

import org.jspecify.annotations.NullMarked;
