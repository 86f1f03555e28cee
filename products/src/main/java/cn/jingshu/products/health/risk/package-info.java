/** Published risk scores, each with name, version, source, ranges and what it is valid for. Knows neither contract nor database. */
@NullMarked
package cn.jingshu.products.health.risk;

import org.jspecify.annotations.NullMarked;
