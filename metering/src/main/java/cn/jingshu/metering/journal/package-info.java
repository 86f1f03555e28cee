/** Where an event is safe before its answer leaves: a node's usage journal, and its way into PostgreSQL exactly once. */
@NullMarked
package cn.jingshu.metering.journal;

import org.jspecify.annotations.NullMarked;
