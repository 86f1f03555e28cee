/** Who takes part: organisations, people and their roles, signing up and signing in. */
@NullMarked
package cn.jingshu.marketplace.party;

import org.jspecify.annotations.NullMarked;
