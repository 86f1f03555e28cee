package cn.jingshu.marketplace.scenario;

import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Calls a node over gRPC with nothing but the contract's descriptors. */
public final class GrpcCaller implements AutoCloseable {
    private final ManagedChannel channel;
    private final Contracts contracts;

    public GrpcCaller(int port, Contracts contracts) {
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        this.contracts = contracts;
    }

    /**
     * How a call ended.
     *
     * @param message the answer; null: it was refused with {@code failure}
     * @param metadata headers and trailers together
     */
    public record Reply(String requestId, @Nullable Message message, @Nullable StatusRuntimeException failure, Metadata metadata) {
        public Status.Code code() {
            return failure == null ? Status.Code.OK : failure.getStatus().getCode();
        }

        public String header(String name) {
            String value = metadata.get(key(name));
            return value == null ? "" : value;
        }

        Message answer() {
            if (message == null) {
                throw new AssertionError("refused", failure);
            }
            return message;
        }

        /** Whether the node itself refused it; false: it was answered, or nobody knows what became of it. */
        public boolean refusedByNode() {
            com.google.rpc.Status status = failure == null ? null : StatusProto.fromThrowable(failure);
            return status != null && status.getDetailsList().stream().anyMatch(detail -> detail.is(ErrorInfo.class));
        }

        /** The detail of this type; a missing one fails. */
        <D extends Message> D detail(Class<D> type) throws InvalidProtocolBufferException {
            com.google.rpc.Status status = failure == null ? null : StatusProto.fromThrowable(failure);
            if (status != null) {
                for (var detail : status.getDetailsList()) {
                    if (detail.is(type)) {
                        return detail.unpack(type);
                    }
                }
            }
            throw new AssertionError("no " + type.getSimpleName() + " in " + status, failure);
        }

        String reason() throws InvalidProtocolBufferException {
            return detail(ErrorInfo.class).getReason();
        }
    }

    ContractMethod method(String fullName) {
        return contracts.findMethod(fullName).orElseThrow();
    }

    Reply call(String fullName, Message request, @Nullable String apiKey, String... metadata) {
        return call(UUID.randomUUID().toString(), fullName, request, apiKey, metadata);
    }

    /** As above, under a request id made before. */
    public Reply call(
            String requestId, String fullName, Message request, @Nullable String apiKey, String[] metadata) {
        return call(requestId, descriptor(method(fullName)), request, apiKey, metadata);
    }

    /** As above, of a method that need not be of a contract. */
    Reply call(String requestId, MethodDescriptor<Message, Message> method, Message request, @Nullable String apiKey, String[] metadata) {
        AtomicReference<Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        Channel observed = observed(requestId, apiKey, headers, trailers, metadata);
        Message message = null;
        StatusRuntimeException failure = null;
        try {
            message = ClientCalls.blockingUnaryCall(
                    observed, method, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), request);
        } catch (StatusRuntimeException refused) {
            failure = refused;
        }
        Metadata all = new Metadata();
        merge(all, headers.get());
        merge(all, trailers.get());
        return new Reply(requestId, message, failure, all);
    }

    /** Opens a stream; {@code requestId} names it. */
    Iterator<Message> stream(String fullName, Message request, String requestId, @Nullable String apiKey, String... metadata) {
        Channel observed = observed(requestId, apiKey, new AtomicReference<>(), new AtomicReference<>(), metadata);
        return ClientCalls.blockingServerStreamingCall(
                observed, descriptor(method(fullName)), CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), request);
    }

    Channel channel() {
        return channel;
    }

    private Channel observed(String requestId, @Nullable String apiKey, AtomicReference<Metadata> headers,
            AtomicReference<Metadata> trailers, String... metadata) {
        Metadata sent = new Metadata();
        sent.put(key("x-request-id"), requestId);
        if (apiKey != null) {
            sent.put(key("authorization"), "Bearer " + apiKey);
        }
        for (int i = 0; i < metadata.length; i += 2) {
            sent.put(key(metadata[i]), metadata[i + 1]);
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(sent),
                MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    }

    static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static void merge(Metadata into, @Nullable Metadata more) {
        if (more != null) {
            into.merge(more);
        }
    }

    static MethodDescriptor<Message, Message> descriptor(ContractMethod method) {
        return MethodDescriptor.<Message, Message>newBuilder()
                .setType(method.streaming() ? MethodDescriptor.MethodType.SERVER_STREAMING : MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method.fullMethodName())
                .setRequestMarshaller(ProtoUtils.marshaller(method.requestPrototype()))
                .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.response())))
                .build();
    }

    @Override
    public void close() throws InterruptedException {
        channel.shutdownNow();
        channel.awaitTermination(5, TimeUnit.SECONDS);
    }
}
