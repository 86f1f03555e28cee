/** What people agreed to, and until when. */
@NullMarked
package cn.jingshu.marketplace.consent;

import org.jspecify.annotations.NullMarked;
