package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.marketplace.edge.CallPath;
import cn.jingshu.marketplace.edge.CallResult;
import cn.jingshu.marketplace.edge.Connections;
import cn.jingshu.marketplace.edge.EncodedAnswer;
import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.spi.StreamItem;
import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.micronaut.context.annotation.Value;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves every contract over gRPC. Handlers run on the transport's own threads and never block. */
@Singleton
public final class GrpcEdge {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcEdge.class);

    /** What is said to who does not read waits so much longer than it was waited for them, as over HTTP. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    /** As long as HTTP keeps a connection on which nothing happens. */
    private static final int IDLE_MINUTES = 5;

    private final Contracts contracts;
    private final CallPath calls;
    private final StreamPath streams;
    private final StrippedAnswers stripped = new StrippedAnswers();
    private final HealthStatusManager health = new HealthStatusManager();
    private final Server server;
    private Set<String> healthy = Set.of();

    GrpcEdge(
            Contracts contracts,
            CallPath calls,
            StreamPath streams,
            Connections connections,
            EventLoopGroupRegistry eventLoops,
            List<BindableService> others,
            @Value("${jingshu.host}") String host,
            @Value("${jingshu.grpc-port}") int port,
            @Value("${jingshu.limits.max-body-bytes}") int maxBodyBytes,
            @Value("${jingshu.limits.request-timeout}") Duration requestTimeout,
            @Value("${jingshu.limits.slow-reader-timeout}") Duration slowReaders) {
        this.contracts = contracts;
        this.calls = calls;
        this.streams = streams;
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
                .bossEventLoopGroup(eventLoops.getDefaultEventLoopGroup())
                .workerEventLoopGroup(eventLoops.getDefaultEventLoopGroup()) // the same as HTTP's, which write their own usage events
                .channelFactory(ConnectionWatch.sockets(connections, () ->
                        List.of(new UnreadAnswers(slowReaders.plus(LAST_WORDS)), new RequestBounds(requestTimeout, maxBodyBytes))))
                .directExecutor()
                .maxInboundMessageSize(maxBodyBytes)
                .maxInboundMetadataSize(16 * 1024)
                .maxConcurrentCallsPerConnection(256)
                .permitKeepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTime(60, TimeUnit.SECONDS)
                .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES) // a caller's pings keep no connection on which nothing is asked
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance());
        for (Contract contract : contracts.list()) {
            if (contracts.isFixed(contract.code())) {
                builder.addService(ContractService.of(contract, this::handlerOf));
            }
        }
        builder.fallbackHandlerRegistry(
                new ServedServices(contracts, contract -> ContractService.of(contract, this::handlerOf)));
        contracts.whenServed(this::tellHealth);
        others.forEach(builder::addService); // none of a city's own: what stands beside the contracts in a form of the server
        this.server = builder.build();
    }

    /** Starts listening. @throws IOException if the port is taken */
    public void start() throws IOException {
        server.start();
        tellHealth();
    }

    /** What is served is healthy; what is served no more is no service. */
    private synchronized void tellHealth() {
        Set<String> served = contracts.list().stream().map(Contract::serviceName).collect(Collectors.toSet());
        healthy.stream().filter(name -> !served.contains(name)).forEach(health::clearStatus);
        served.forEach(name -> health.setStatus(name, io.grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING));
        healthy = served;
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

    private ServerCallHandler<Message, Message> handlerOf(ContractMethod method) {
        return (call, metadata) -> {
            CallMetadata said = CallMetadata.of(metadata);
            if (said.credentials().differ()) {
                close(call, GrpcRefusals.exception(Refusal.KEYS_DIFFER, said.requestId(), said.answer(null, null)));
                return new ServerCall.Listener<>() {};
            }
            return method.streaming()
                    ? stream(method, said, call, metadata)
                    : new UnaryListener(call, request -> answer(method, said, request, call));
        };
    }

    /** A message, and whether its data are older or less complete than its contract promises. */
    private record Ready(Message message, boolean stale) {}

    private void answer(ContractMethod method, CallMetadata said, Message request, ServerCall<Message, Message> call) {
        calls.answer(said.callOf(method), () -> Transcoder.check(method, request), (found, _) -> {
                    Message message = stripped.of(method, found.message());
                    return new EncodedAnswer<>(new Ready(message, found.stale()), Outcome.ANSWERED, 200, message.getSerializedSize());
                }, (result, failure) -> {
                    if (failure != null) {
                        LOG.error("{} failed (request {})", method, said.requestId(), failure);
                        call.close(Status.INTERNAL, said.answer(null, null));
                        return;
                    }
                    switch (result) {
                        case CallResult.Answered<Ready>(var ready, var admitted) ->
                            send(call, CallMetadata.retiring(method, said.answer(admitted.limits(), admitted)), ready);
                        case CallResult.Replayed<Ready>(var ready, var eventId) ->
                            send(call, CallMetadata.retiring(method, said.replayed(eventId)), ready);
                        case CallResult.Refused<Ready> refused -> close(call, GrpcRefusals.exception(
                                refused, said.requestId(),
                                CallMetadata.retiring(method, said.answer(refused.limits(), refused.admitted()))));
                    }
                });
    }

    /** Nothing is sent on a call that was cancelled: the answer is recorded, and its caller is gone. */
    private static void send(ServerCall<Message, Message> call, Metadata metadata, Ready ready) {
        if (!call.isCancelled()) {
            call.sendHeaders(ready.stale() ? CallMetadata.stale(metadata) : metadata);
            call.sendMessage(ready.message());
            call.close(Status.OK, new Metadata());
        }
    }

    private static void close(ServerCall<Message, Message> call, StatusRuntimeException refusal) {
        call.close(refusal.getStatus(), Objects.requireNonNull(refusal.getTrailers(), "a refusal has its details"));
    }

    private ServerCall.Listener<Message> stream(
            ContractMethod method, CallMetadata said, ServerCall<Message, Message> call, Metadata metadata) {
        Metadata answer = new Metadata(); // filled when the stream is opened, which is before its first message
        ServerCall<Message, Message> answering = new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            private boolean begun;

            @Override
            public void sendHeaders(Metadata own) {
                begun = true;
                own.merge(answer);
                super.sendHeaders(own);
            }

            @Override
            public void close(Status status, Metadata trailers) {
                if (!begun && status.isOk()) {
                    trailers.merge(answer); // a stream without an item has no headers of its own
                }
                super.close(status, trailers);
            }
        };
        return ServerCalls.<Message, Message>asyncServerStreamingCall((request, observer) ->
                        open(method, said, answer, request, (ServerCallStreamObserver<Message>) observer))
                .startCall(answering, metadata);
    }

    private void open(ContractMethod method, CallMetadata said, Metadata answer, Message request,
            ServerCallStreamObserver<Message> observer) {
        GrpcSink sink = new GrpcSink(method, said, answer, observer);
        observer.setOnReadyHandler(sink::ready);
        AutoCloseable stream =
                streams.open(said.callOf(method), () -> Transcoder.check(method, request), said.lastEventId(), sink);
        observer.setOnCancelHandler(() -> {
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
        private final CallMetadata said;
        private final Metadata answer;
        private final ServerCallStreamObserver<Message> observer;
        private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
        private boolean over;

        private GrpcSink(ContractMethod method, CallMetadata said, Metadata answer, ServerCallStreamObserver<Message> observer) {
            this.method = method;
            this.said = said;
            this.answer = answer;
            this.observer = observer;
        }

        @Override
        public void opened(Admission.Admitted admitted) {
            answer.merge(said.answer(admitted.limits(), admitted));
        }

        @Override
        public void replayed(UUID eventId) {
            answer.merge(said.replayed(eventId));
        }

        @Override
        public StreamPath.Parcel pack(StreamItem<? extends Message> item) {
            Message message = Transcoder.strip(method, item.message());
            return new StreamPath.Parcel() {
                @Override
                public long bytes() {
                    return message.getSerializedSize();
                }

                @Override
                public void send(Runnable sent) {
                    GrpcSink.this.send(message, sent);
                }
            };
        }

        private void send(Message message, Runnable sent) {
            synchronized (this) {
                if (over || observer.isCancelled()) {
                    return;
                }
                observer.onNext(message);
                if (!observer.isReady()) {
                    waiting.add(sent);
                    return;
                }
            }
            sent.run();
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
                observer.onError(GrpcRefusals.exception(refused, said.requestId(), said.answer(refused.limits(), refused.admitted())));
            }
        }
    }
}
