/** Starting and stopping: command line, data directory, embedded PostgreSQL, settings, one node. */
@NullMarked
package cn.jingshu.marketplace.runtime;

import org.jspecify.annotations.NullMarked;
