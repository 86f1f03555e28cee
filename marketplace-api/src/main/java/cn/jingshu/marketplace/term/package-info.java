/** Terms (期限) in working days: the calendar they are reckoned by, what they are and where they are written, and what is due when. */
@NullMarked
package cn.jingshu.marketplace.term;

import org.jspecify.annotations.NullMarked;
