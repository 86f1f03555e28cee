/** Decisions and the rules they rest on: agreements, policy numbers, the audit log. */
@NullMarked
package cn.jingshu.marketplace.governance;

import org.jspecify.annotations.NullMarked;
