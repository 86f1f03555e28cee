/** The REST edge: product calls over HTTP, straight in the server's pipeline and in front of the framework's router. */
@NullMarked
package cn.jingshu.marketplace.edge.http;

import org.jspecify.annotations.NullMarked;
