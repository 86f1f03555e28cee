/** The report as a page and as PDF. */
@NullMarked
package cn.jingshu.products.health.report;

import org.jspecify.annotations.NullMarked;
