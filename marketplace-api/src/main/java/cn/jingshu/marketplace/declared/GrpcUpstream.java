package cn.jingshu.marketplace.declared;

import cn.jingshu.products.kind.upstream.AddressGuard;
import cn.jingshu.products.kind.upstream.GrpcSource;
import cn.jingshu.products.kind.upstream.SourceReply;
import cn.jingshu.products.kind.upstream.UpstreamSettings;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a source over gRPC. The channel leads to one address that was looked at, under the host's name for TLS; it knows no proxy, no
 * service configuration and no other address. When it fails it is given up, and the next call looks the name up anew.
 */
public final class GrpcUpstream implements GrpcSource {
    private static final Metadata.Key<String> REQUEST_ID = Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

    private final String host;
    private final int port;
    private final boolean plaintext;
    private final AddressGuard guard;
    private final UpstreamSettings settings;
    private @Nullable ManagedChannel channel;
    private boolean closed;

    public GrpcUpstream(String host, int port, boolean plaintext, AddressGuard guard, UpstreamSettings settings) {
        this.host = host;
        this.port = port;
        this.plaintext = plaintext;
        this.guard = guard;
        this.settings = settings;
    }

    @Override
    public SourceReply call(MethodDescriptor method, Message request, String requestId) {
        ManagedChannel used;
        try {
            used = channel();
        } catch (UnknownHostException refused) {
            return new SourceReply.Broken(refused instanceof AddressGuard.Refused ? String.valueOf(refused.getMessage()) : "its name is not known");
        }
        Metadata sent = new Metadata();
        sent.put(REQUEST_ID, requestId);
        try {
            return new SourceReply.Proto(ClientCalls.blockingUnaryCall(
                    ClientInterceptors.intercept(used, MetadataUtils.newAttachHeadersInterceptor(sent)), descriptor(method),
                    CallOptions.DEFAULT.withDeadlineAfter(settings.timeout().toMillis(), TimeUnit.MILLISECONDS), request));
        } catch (StatusRuntimeException failed) {
            return switch (failed.getStatus().getCode()) {
                case NOT_FOUND -> new SourceReply.NotFound();
                case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> new SourceReply.Invalid();
                default -> {
                    giveUp(used);
                    yield new SourceReply.Broken("answered " + failed.getStatus().getCode());
                }
            };
        }
    }

    private static io.grpc.MethodDescriptor<Message, Message> descriptor(MethodDescriptor method) {
        return io.grpc.MethodDescriptor.<Message, Message>newBuilder()
                .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method.getService().getFullName() + "/" + method.getName())
                .setRequestMarshaller(ProtoUtils.marshaller((Message) DynamicMessage.getDefaultInstance(method.getInputType())))
                .setResponseMarshaller(ProtoUtils.marshaller((Message) DynamicMessage.getDefaultInstance(method.getOutputType())))
                .build();
    }

    private synchronized ManagedChannel channel() throws UnknownHostException {
        ManagedChannel open = channel;
        if (open != null) {
            return open;
        }
        if (closed) {
            throw new UnknownHostException("closed");
        }
        InetAddress address = guard.resolve(host, port).getFirst();
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(new InetSocketAddress(address, port))
                .overrideAuthority(host + ":" + port)
                .proxyDetector(_ -> null)
                .disableServiceConfigLookUp()
                .disableRetry()
                .maxInboundMessageSize(settings.maxBytes())
                .maxInboundMetadataSize(16 * 1024)
                .userAgent("Jingshu");
        open = plaintext ? builder.usePlaintext().build() : builder.useTransportSecurity().build();
        channel = open;
        return open;
    }

    @SuppressWarnings("ReferenceEquality") // another channel may have taken its place meanwhile
    private synchronized void giveUp(ManagedChannel failed) {
        if (channel == failed) {
            channel = null;
        }
        failed.shutdown();
    }

    @Override
    public synchronized void close() {
        closed = true;
        ManagedChannel open = channel;
        if (open != null) {
            open.shutdownNow();
        }
    }
}
