package cn.jingshu.products.kind.upstream;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;

/** Asks a source over gRPC. This module speaks no gRPC; whoever runs it brings the client. */
public interface GrpcSource extends AutoCloseable {
    /**
     * Asks and waits, at most as long as the settings allow.
     *
     * @param method as the source has it
     * @param requestId goes along, so that both sides find the call in their logs
     */
    SourceReply call(MethodDescriptor method, Message request, String requestId);

    @Override
    void close();

    /** Makes such sources. */
    @FunctionalInterface
    interface Maker {
        /**
         * A source at a host; the address is looked at whenever a connection is made.
         *
         * @param plaintext true: without TLS, which only hosts of the inner network may be asked
         */
        GrpcSource at(String host, int port, boolean plaintext, AddressGuard guard, UpstreamSettings settings);
    }
}
