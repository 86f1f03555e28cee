/** The journal's own boundary to the disk, for tests of a whole node: only this package may open a journal with it. */
@NullMarked
package cn.jingshu.metering.journal;

import org.jspecify.annotations.NullMarked;
