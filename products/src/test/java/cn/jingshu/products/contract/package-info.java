/** Tests of the contract mechanism. */
@NullMarked
package cn.jingshu.products.contract;

import org.jspecify.annotations.NullMarked;
