package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.marketplace.edge.CallPath;
import cn.jingshu.marketplace.edge.CallResult;
import cn.jingshu.marketplace.edge.Credentials;
import cn.jingshu.marketplace.edge.EncodedAnswer;
import cn.jingshu.marketplace.edge.ProductCall;
import cn.jingshu.marketplace.edge.RateLimitFields;
import cn.jingshu.marketplace.edge.RequestIds;
import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.edge.TraceParent;
import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.LimitFacts;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.Stated;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.spi.StreamItem;
import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micronaut.context.annotation.Value;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves every contract over gRPC. Handlers run on the transport's own threads and never block. */
@Singleton
public final class GrpcEdge implements ContractService.CallStarter {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcEdge.class);

    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> API_KEY = key("x-api-key");
    private static final Metadata.Key<String> PURPOSE = key(Stated.PURPOSE);
    private static final Metadata.Key<String> SCENARIO = key(Stated.SCENARIO);
    private static final Metadata.Key<String> DISTRICT = key(Stated.DISTRICT);
    private static final Metadata.Key<String> CONSENT = key(Stated.CONSENT);
    private static final Metadata.Key<String> IDEMPOTENCY_KEY = key("idempotency-key");
    private static final Metadata.Key<String> IDEMPOTENCY_REPLAYED = key("idempotency-replayed");
    private static final Metadata.Key<String> REQUEST_ID = key("x-request-id");
    private static final Metadata.Key<String> TRACE_PARENT = key("traceparent");
    private static final Metadata.Key<String> LAST_EVENT_ID = key("last-event-id");
    private static final Metadata.Key<String> EVENT_ID = key("jingshu-event-id");
    private static final Metadata.Key<String> RATE_LIMIT = key("ratelimit");
    private static final Metadata.Key<String> RATE_LIMIT_POLICY = key("ratelimit-policy");
    private static final Context.Key<Headers> HEADERS = Context.key("jingshu-headers");

    private final Contracts contracts;
    private final CallPath calls;
    private final StreamPath streams;
    private final HealthStatusManager health = new HealthStatusManager();
    private final Server server;

    GrpcEdge(
            Contracts contracts,
            CallPath calls,
            StreamPath streams,
            EventLoopGroupRegistry eventLoops,
            List<BindableService> others,
            @Value("${jingshu.host}") String host,
            @Value("${jingshu.grpc-port}") int port,
            @Value("${jingshu.limits.max-body-bytes}") int maxBodyBytes) {
        this.contracts = contracts;
        this.calls = calls;
        this.streams = streams;
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
                .bossEventLoopGroup(eventLoops.getDefaultEventLoopGroup())
                .workerEventLoopGroup(eventLoops.getDefaultEventLoopGroup()) // the same as HTTP's, which write their own usage events
                .channelType(NioServerSocketChannel.class)
                .directExecutor()
                .maxInboundMessageSize(maxBodyBytes)
                .maxInboundMetadataSize(16 * 1024)
                .maxConcurrentCallsPerConnection(256)
                .permitKeepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTime(60, TimeUnit.SECONDS)
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance());
        for (Contract contract : contracts.list()) {
            builder.addService(ServerInterceptors.intercept(ContractService.of(contract, this), new ReadHeaders()));
        }
        others.forEach(builder::addService); // none of a city's own: what stands beside the contracts in a form of the server
        this.server = builder.build();
    }

    /** Starts listening. @throws IOException if the port is taken */
    public void start() throws IOException {
        server.start();
        contracts.list().forEach(contract ->
                health.setStatus(contract.serviceName(), io.grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING));
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Lets running calls end, refuses new ones, and after {@code seconds} ends what is left. */
    public void stop(long seconds) {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(seconds, TimeUnit.SECONDS)) {
                server.shutdownNow();
                server.awaitTermination(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        }
    }

    /**
     * What a call's metadata said.
     *
     * @param answer what the answer's own metadata will say; filled before the first message
     */
    private record Headers(
            @Nullable String credential,
            Stated stated,
            @Nullable String idempotencyKey,
            String requestId,
            @Nullable String traceParent,
            String lastEventId,
            Metadata answer) {}

    private static final class ReadHeaders implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            Credentials credentials = Credentials.of(all(metadata, AUTHORIZATION), all(metadata, API_KEY));
            String requestId = RequestIds.accept(metadata.get(REQUEST_ID));
            String lastEventId = Objects.requireNonNullElse(metadata.get(LAST_EVENT_ID), "");
            Metadata answer = new Metadata();
            Headers headers = new Headers(credentials.only(), stated(metadata), metadata.get(IDEMPOTENCY_KEY), requestId,
                    TraceParent.accept(metadata.get(TRACE_PARENT)), lastEventId, answer);
            if (credentials.differ()) {
                StatusRuntimeException refused = GrpcRefusals.exception(
                        Refusal.KEYS_DIFFER, requestId, trailers(headers, null, null));
                call.close(refused.getStatus(), Objects.requireNonNull(refused.getTrailers(), "a refusal has its details"));
                return new ServerCall.Listener<>() {};
            }
            ServerCall<Q, A> answering = new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
                @Override
                public void sendHeaders(Metadata own) {
                    own.merge(answer);
                    super.sendHeaders(own);
                }
            };
            return Contexts.interceptCall(Context.current().withValue(HEADERS, headers), answering, metadata, next);
        }
    }

    private static Iterable<String> all(Metadata metadata, Metadata.Key<String> key) {
        return Objects.requireNonNullElse(metadata.getAll(key), List.of());
    }

    private static Stated stated(Metadata metadata) {
        return Stated.of(metadata.get(PURPOSE), metadata.get(SCENARIO), metadata.get(DISTRICT), metadata.get(CONSENT));
    }

    private static Headers headers() {
        Headers headers = HEADERS.get();
        if (headers == null) {
            throw new IllegalStateException("called outside a gRPC call");
        }
        return headers;
    }

    @Override
    public void unary(ContractMethod method, Message request, StreamObserver<Message> observer) {
        Headers headers = headers();
        ServerCallStreamObserver<Message> call = (ServerCallStreamObserver<Message>) observer;
        call.setOnCancelHandler(() -> {}); // An answer that comes after a cancel is dropped, not thrown at the product.
        ProductCall productCall = productCall(method, headers);
        calls.answer(productCall, () -> Transcoder.check(method, request), found -> {
                    Message message = Transcoder.strip(method, found.message());
                    return new EncodedAnswer<>(message, Outcome.ANSWERED, 200, message.getSerializedSize());
                })
                .whenComplete((result, failure) -> {
                    if (failure != null) {
                        LOG.error("{} failed (request {})", method, headers.requestId(), failure);
                        observer.onError(Status.INTERNAL.asRuntimeException(trailers(headers, null, null)));
                        return;
                    }
                    switch (result) {
                        case CallResult.Answered<Message>(var message, var admitted) -> {
                            headers.answer().merge(trailers(headers, admitted.limits(), admitted));
                            observer.onNext(message);
                            observer.onCompleted();
                        }
                        case CallResult.Replayed<Message>(var message, var eventId) -> {
                            headers.answer().merge(trailers(headers, null, null));
                            headers.answer().put(EVENT_ID, eventId.toString());
                            headers.answer().put(IDEMPOTENCY_REPLAYED, "true");
                            observer.onNext(message);
                            observer.onCompleted();
                        }
                        case CallResult.Refused<Message> refused -> observer.onError(GrpcRefusals.exception(
                                refused, headers.requestId(), trailers(headers, refused.limits(), refused.admitted())));
                    }
                });
    }

    @Override
    public void stream(ContractMethod method, Message request, StreamObserver<Message> observer) {
        Headers headers = headers();
        ServerCallStreamObserver<Message> call = (ServerCallStreamObserver<Message>) observer;
        ProductCall productCall = productCall(method, headers);
        GrpcSink sink = new GrpcSink(method, headers, call);
        call.setOnReadyHandler(sink::ready);
        AutoCloseable stream =
                streams.open(productCall, () -> Transcoder.check(method, request), headers.lastEventId(), sink);
        call.setOnCancelHandler(() -> {
            try {
                stream.close();
            } catch (Exception impossible) {
                throw new IllegalStateException("closing a stream throws nothing", impossible);
            }
        });
    }

    /** A stream on gRPC: the next item is asked for only when the transport can take one. */
    private static final class GrpcSink implements StreamPath.Sink {
        private final ContractMethod method;
        private final Headers headers;
        private final ServerCallStreamObserver<Message> observer;
        private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
        private boolean over;

        private GrpcSink(ContractMethod method, Headers headers, ServerCallStreamObserver<Message> observer) {
            this.method = method;
            this.headers = headers;
            this.observer = observer;
        }

        @Override
        public void opened(Admission.Admitted admitted) {
            headers.answer().merge(trailers(headers, admitted.limits(), admitted));
        }

        @Override
        public long send(StreamItem<? extends Message> item, Runnable sent) {
            Message message = Transcoder.strip(method, item.message());
            synchronized (this) {
                if (over || observer.isCancelled()) {
                    return 0;
                }
                observer.onNext(message);
                if (!observer.isReady()) {
                    waiting.add(sent);
                    return message.getSerializedSize();
                }
            }
            sent.run();
            return message.getSerializedSize();
        }

        private void ready() {
            Runnable next;
            synchronized (this) {
                next = waiting.poll();
            }
            if (next != null) {
                next.run();
            }
        }

        @Override
        public synchronized void ended(CallResult.@Nullable Refused<Void> refused) {
            over = true;
            if (observer.isCancelled()) {
                return;
            }
            if (refused == null) {
                observer.onCompleted();
            } else {
                observer.onError(GrpcRefusals.exception(refused, headers.requestId(), trailers(headers, refused.limits(), refused.admitted())));
            }
        }
    }

    private static ProductCall productCall(ContractMethod method, Headers headers) {
        return new ProductCall(method, headers.credential(), headers.stated(), headers.idempotencyKey(),
                headers.requestId(), "GRPC");
    }

    private static Metadata trailers(
            Headers headers, @Nullable LimitFacts limits, Admission.@Nullable Admitted admitted) {
        Metadata metadata = new Metadata();
        metadata.put(REQUEST_ID, headers.requestId());
        String traceParent = headers.traceParent();
        if (traceParent != null) {
            metadata.put(TRACE_PARENT, traceParent);
        }
        if (limits != null) {
            metadata.put(RATE_LIMIT_POLICY, RateLimitFields.policy(limits));
            metadata.put(RATE_LIMIT, RateLimitFields.state(limits));
        }
        if (admitted != null) {
            metadata.put(EVENT_ID, admitted.eventId().toString());
        }
        return metadata;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
