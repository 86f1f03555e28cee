@NullMarked
package cn.jingshu.products.efficacy;

import org.jspecify.annotations.NullMarked;
