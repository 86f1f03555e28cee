@NullMarked
package cn.jingshu.marketplace.policy;

import org.jspecify.annotations.NullMarked;
