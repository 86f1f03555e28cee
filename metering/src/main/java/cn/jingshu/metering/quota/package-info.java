/** How many units a subscription may use in a billing period (配额), kept exactly over any number of nodes. */
@NullMarked
package cn.jingshu.metering.quota;

import org.jspecify.annotations.NullMarked;
