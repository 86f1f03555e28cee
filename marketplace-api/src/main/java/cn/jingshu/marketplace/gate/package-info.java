/** The one decision about every call: may it pass, and if not, by which rule. */
@NullMarked
package cn.jingshu.marketplace.gate;

import org.jspecify.annotations.NullMarked;
