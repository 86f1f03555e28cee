/** The program that learns which providers to look at first. */
@NullMarked
package cn.jingshu.products.claims.training;

import org.jspecify.annotations.NullMarked;
