/** The tables of data resources that several products read. A table that one product alone reads is declared by that product. */
@NullMarked
package cn.jingshu.products.records;

import org.jspecify.annotations.NullMarked;
