/** The document of the management API: made from the controllers' source, and held against a running node. */
@NullMarked
package cn.jingshu.marketplace.management;

import org.jspecify.annotations.NullMarked;
