/** What every page must show and how it must read. */
@NullMarked
package cn.jingshu.marketplace.portal;

import org.jspecify.annotations.NullMarked;
