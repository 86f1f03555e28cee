/** Products that are a query: a named, parameterised SELECT over granted columns, run under the product's own role of the domain. */
@NullMarked
package cn.jingshu.products.kind.sql;

import org.jspecify.annotations.NullMarked;
