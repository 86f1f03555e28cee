@NullMarked
package cn.jingshu.products.efficacy.matching;

import org.jspecify.annotations.NullMarked;
