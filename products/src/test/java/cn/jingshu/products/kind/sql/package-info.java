@NullMarked
package cn.jingshu.products.kind.sql;

import org.jspecify.annotations.NullMarked;
