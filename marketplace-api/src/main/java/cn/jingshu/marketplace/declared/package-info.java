/** Declared products on their way to being served: drafts, submissions, decisions, and what this node serves of them. */
@NullMarked
package cn.jingshu.marketplace.declared;

import org.jspecify.annotations.NullMarked;
