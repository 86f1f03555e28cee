/** What is listed and what may be offered: data resources, product registrations, provider grants. */
@NullMarked
package cn.jingshu.marketplace.catalogue;

import org.jspecify.annotations.NullMarked;
