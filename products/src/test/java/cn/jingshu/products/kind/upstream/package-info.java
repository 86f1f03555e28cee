@NullMarked
package cn.jingshu.products.kind.upstream;

import org.jspecify.annotations.NullMarked;
