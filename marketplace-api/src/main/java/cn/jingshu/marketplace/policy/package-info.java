/** The numbers of policy: what holds, what once held, and how one comes to hold by two people. */
@NullMarked
package cn.jingshu.marketplace.policy;

import org.jspecify.annotations.NullMarked;
