/** A product of the tests: a contract and one bean, as any product. */
@NullMarked
package cn.jingshu.marketplace.library;

import org.jspecify.annotations.NullMarked;
