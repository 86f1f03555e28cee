/** Masked samples in sandbox twins: who asks for one, who approves it, and what came of it. */
@NullMarked
package cn.jingshu.marketplace.twin;

import org.jspecify.annotations.NullMarked;
