/** By what portions operator and merchants share: weights of criteria, contributions of parties, and the score of both. */
@NullMarked
package cn.jingshu.ledger.share;

import org.jspecify.annotations.NullMarked;
