@NullMarked
package cn.jingshu.products.domain;

import org.jspecify.annotations.NullMarked;
