/** A made-up city to try the market with; every organisation in it is marked synthetic. */
@NullMarked
package cn.jingshu.marketplace.demo;

import org.jspecify.annotations.NullMarked;
