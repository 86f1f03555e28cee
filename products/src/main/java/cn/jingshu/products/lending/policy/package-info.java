/** Numbers of policy: each a dated row with where it stands. */
@NullMarked
package cn.jingshu.products.lending.policy;

import org.jspecify.annotations.NullMarked;
