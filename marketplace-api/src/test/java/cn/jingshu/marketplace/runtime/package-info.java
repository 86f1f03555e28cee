/** Starting and stopping, and nodes for tests. */
@NullMarked
package cn.jingshu.marketplace.runtime;

import org.jspecify.annotations.NullMarked;
