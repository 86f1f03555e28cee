/** Who asks: proofs of identity, sessions, and what a person has chosen. */
@NullMarked
package cn.jingshu.products.health.session;

import org.jspecify.annotations.NullMarked;
