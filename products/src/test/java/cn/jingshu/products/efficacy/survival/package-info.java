@NullMarked
package cn.jingshu.products.efficacy.survival;

import org.jspecify.annotations.NullMarked;
