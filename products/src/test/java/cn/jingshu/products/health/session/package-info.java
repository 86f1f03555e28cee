@NullMarked
package cn.jingshu.products.health.session;

import org.jspecify.annotations.NullMarked;
