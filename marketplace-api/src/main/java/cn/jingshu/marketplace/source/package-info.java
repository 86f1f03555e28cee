/** Sources that are loaded by themselves (定时数据源): what they are, when they are due, and who runs them, on one node at a time. */
@NullMarked
package cn.jingshu.marketplace.source;

import org.jspecify.annotations.NullMarked;
