/** Whole nodes on faulty disks, with one faulty database and one faulty Redis, in virtual time, one seeded step after another. */
@NullMarked
package cn.jingshu.marketplace.simulation;

import org.jspecify.annotations.NullMarked;
