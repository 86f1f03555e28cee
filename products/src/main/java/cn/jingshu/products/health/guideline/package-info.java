/** What is measured, its units, and what Chinese guidelines call a value. */
@NullMarked
package cn.jingshu.products.health.guideline;

import org.jspecify.annotations.NullMarked;
