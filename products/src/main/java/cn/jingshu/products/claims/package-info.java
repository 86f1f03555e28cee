/** Claims investigation (理赔调查): clues in the records for one claim, evidence from outside, and a signed bundle of both. */
@NullMarked
package cn.jingshu.products.claims;

import org.jspecify.annotations.NullMarked;
