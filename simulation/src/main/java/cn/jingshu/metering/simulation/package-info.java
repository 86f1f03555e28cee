/** Nodes that meter on faulty disks and a faulty database, in virtual time, one seeded step after another. */
@NullMarked
package cn.jingshu.metering.simulation;

import org.jspecify.annotations.NullMarked;
