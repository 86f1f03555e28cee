/** The gRPC edge: every contract as a service, with reflection and health. */
@NullMarked
package cn.jingshu.marketplace.edge.grpc;

import org.jspecify.annotations.NullMarked;
