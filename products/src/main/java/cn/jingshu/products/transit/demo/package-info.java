/** The made-up bus network of Jingmen that moves when no real feed is configured. */
@NullMarked
package cn.jingshu.products.transit.demo;

import org.jspecify.annotations.NullMarked;
