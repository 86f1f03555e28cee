@NullMarked
package cn.jingshu.products.kind.model;

import org.jspecify.annotations.NullMarked;
