/**
 * Chinese addresses: read into divisions, road, number, estate and unit, and compared part by part. Knows no product and no
 * table of the domain.
 */
@NullMarked
package cn.jingshu.products.address;

import org.jspecify.annotations.NullMarked;
