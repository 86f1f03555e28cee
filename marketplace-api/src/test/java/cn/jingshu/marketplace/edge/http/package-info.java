@NullMarked
package cn.jingshu.marketplace.edge.http;

import org.jspecify.annotations.NullMarked;
