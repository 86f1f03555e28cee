/** The test subjects every product's sandbox twin knows, and what happens to calls about them. */
@NullMarked
package cn.jingshu.products.sandbox;

import org.jspecify.annotations.NullMarked;
