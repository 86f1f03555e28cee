/** How long what products keep is kept, what holds it, and the rounds that remove what is over. */
@NullMarked
package cn.jingshu.marketplace.keeping;

import org.jspecify.annotations.NullMarked;
