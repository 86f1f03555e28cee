/**
 * The portal's pages: what each shows as a record, how it is worded in two languages, and how it is rendered. A page
 * never computes money or counts; it receives both and formats them.
 */
@NullMarked
package cn.jingshu.marketplace.portal;

import org.jspecify.annotations.NullMarked;
