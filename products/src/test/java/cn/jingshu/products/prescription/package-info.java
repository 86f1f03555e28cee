@NullMarked
package cn.jingshu.products.prescription;

import org.jspecify.annotations.NullMarked;
