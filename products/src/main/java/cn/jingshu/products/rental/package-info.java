/** Verification of rental listings (真实房屋租赁), product {@code rental}; see README.md beside this file. */
@NullMarked
package cn.jingshu.products.rental;

import org.jspecify.annotations.NullMarked;
