@NullMarked
package cn.jingshu.products.efficacy.signal;

import org.jspecify.annotations.NullMarked;
