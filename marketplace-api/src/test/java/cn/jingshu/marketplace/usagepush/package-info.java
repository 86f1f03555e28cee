/** Tests of what is pushed, how it is signed and where it may go. */
@NullMarked
package cn.jingshu.marketplace.usagepush;

import org.jspecify.annotations.NullMarked;
