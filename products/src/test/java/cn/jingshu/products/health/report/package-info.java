@NullMarked
package cn.jingshu.products.health.report;

import org.jspecify.annotations.NullMarked;
