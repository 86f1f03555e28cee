/** Real crashes: nodes, PostgreSQL and Redis as processes that are killed under load, and what must hold afterwards. */
@NullMarked
package cn.jingshu.marketplace.torture;

import org.jspecify.annotations.NullMarked;
