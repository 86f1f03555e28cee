/** Tests of what auditors and consumers are handed. */
@NullMarked
package cn.jingshu.marketplace.export;

import org.jspecify.annotations.NullMarked;
