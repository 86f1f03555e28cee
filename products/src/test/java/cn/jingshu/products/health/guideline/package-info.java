@NullMarked
package cn.jingshu.products.health.guideline;

import org.jspecify.annotations.NullMarked;
