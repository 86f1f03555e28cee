package cn.jingshu.marketplace.edge.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes product calls out of the connection before the framework's router sees them. One request is answered at a
 * time; what a caller pipelines behind it waits, whichever of the two it is for, so answers keep the order of requests.
 * Lives on the connection's event loop; only {@link Exchange} is touched from elsewhere.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails closes its channel, and channelInactive tells the exchange.
final class DataPlaneHandler extends ChannelDuplexHandler {
    /** Messages a caller may pipeline ahead of the answers; behind it the connection is closed. */
    private static final int MAX_WAITING = 1024;

    /** How long a caller that was refused in mid-request may go on sending before it is cut off. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final RestHandler rest;
    private final HttpDrain drain;
    private final int maxBodyBytes;
    private final Duration requestTimeout;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private @Nullable SlowSenders slowSenders;

    /** Null: the connection speaks no HTTP/1, whose codec alone understands an {@link AnswerHead}. */
    private @Nullable OneWrite oneWrite;

    /** The exchange being read or answered; null: none of ours. */
    private @Nullable Exchange current;

    private boolean readingBody;

    /** Requests passed on to the framework and not answered by it yet. */
    private int passedOn;

    /** True while the message parts of a request passed on are still arriving. */
    private boolean passing;

    /** True once the connection is given up: what still comes is thrown away until the caller has read its answer. */
    private boolean discarding;

    DataPlaneHandler(RestHandler rest, HttpDrain drain, int maxBodyBytes, Duration requestTimeout) {
        this.rest = rest;
        this.drain = drain;
        this.maxBodyBytes = maxBodyBytes;
        this.requestTimeout = requestTimeout;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        SlowSenders first = new SlowSenders(requestTimeout, () -> requestIsLate(context));
        context.pipeline().addFirst("jingshu-slow-senders", first);
        slowSenders = first;
        oneWrite = OneWrite.besideCodecOf(context.pipeline());
    }

    /** A head that has not ended is no request that could be answered: such a connection is closed without a word. */
    private void requestIsLate(ChannelHandlerContext context) {
        Exchange exchange = current;
        if (exchange == null || !readingBody) {
            context.close();
            return;
        }
        readingBody = false;
        exchange.keepAlive = false;
        rest.refuse(exchange, 408, null);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof LastHttpContent && slowSenders != null) {
            slowSenders.arrived();
        }
        if (discarding) {
            ReferenceCountUtil.release(message);
            context.read();
            return;
        }
        if (!waiting.isEmpty() || mustWait(message)) {
            waiting.add(message);
            if (waiting.size() > MAX_WAITING) {
                context.close();
            }
            return;
        }
        take(context, message);
    }

    /** A request waits until the one before it is answered; its parts wait behind it. */
    private boolean mustWait(Object message) {
        if (readingBody || passing) {
            return false;
        }
        if (current != null) {
            return true;
        }
        return passedOn > 0 && message instanceof HttpRequest request && isOurs(request);
    }

    /** Product calls, and whatever cannot be read as a request at all: every caller is told so in the same way. */
    private boolean isOurs(HttpRequest request) {
        return request.decoderResult().isFailure() || rest.owns(RequestTarget.pathOf(request.uri()));
    }

    private void take(ChannelHandlerContext context, Object message) {
        if (readingBody) {
            readBody(context, message);
        } else if (passing) {
            passing = !(message instanceof LastHttpContent);
            context.fireChannelRead(message);
        } else if (message instanceof HttpRequest request && isOurs(request)) {
            begin(context, request);
        } else {
            if (message instanceof HttpRequest) {
                passedOn++;
                passing = !(message instanceof LastHttpContent);
            }
            context.fireChannelRead(message);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        RequestTarget target = RequestTarget.of(request.uri());
        Exchange exchange = new Exchange(context, request, target == null ? new RequestTarget("", "") : target);
        current = exchange;
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            exchange.keepAlive = false;
            ReferenceCountUtil.release(request);
            int status = cause instanceof TooLongHttpLineException ? 414
                    : cause instanceof TooLongHttpHeaderException ? 431 : 400;
            rest.refuse(exchange, status, cause.getMessage());
            return;
        }
        if (target == null || !tellsItsHost(request)) {
            exchange.keepAlive = false;
            ReferenceCountUtil.release(request);
            rest.refuse(exchange, 400, null);
            return;
        }
        long announced = HttpUtil.getContentLength(request, -1L);
        if (announced > maxBodyBytes) {
            exchange.keepAlive = false;
            ReferenceCountUtil.release(request);
            rest.refuse(exchange, 413, null);
            return;
        }
        if (HttpUtil.is100ContinueExpected(request)) {
            context.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        readingBody = true;
        if (request instanceof HttpContent) {
            readBody(context, request);
        } else {
            ReferenceCountUtil.release(request);
            context.read();
        }
    }

    private void readBody(ChannelHandlerContext context, Object message) {
        Exchange exchange = current;
        if (exchange == null || !(message instanceof HttpContent content)) {
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            if (content.decoderResult().isFailure()) {
                // Broken chunks: what was read so far is not what was meant.
                readingBody = false;
                exchange.keepAlive = false;
                rest.refuse(exchange, 400, null);
                return;
            }
            ByteBuf piece = content.content();
            if (exchange.body.size() + piece.readableBytes() > maxBodyBytes) {
                readingBody = false;
                exchange.keepAlive = false;
                rest.refuse(exchange, 413, null);
                return;
            }
            exchange.receive(piece);
            if (content instanceof LastHttpContent) {
                readingBody = false;
                exchange.wholeRead = true;
                answer(exchange);
            } else {
                context.read();
            }
        } finally {
            content.release();
        }
    }

    private void answer(Exchange exchange) {
        exchange.entered = drain.enter();
        if (exchange.entered) {
            rest.handle(exchange);
        } else {
            rest.refuse(exchange, 503, null);
        }
    }

    /** The framework's own answers pass here: the last part of one lets a waiting product call go on. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean interim = message instanceof HttpResponse response && response.status().code() == 100;
        if (message instanceof LastHttpContent && !interim) {
            promise = promise.unvoid();
            promise.addListener(_ -> {
                passedOn = Math.max(0, passedOn - 1);
                resume(context);
            });
        }
        context.write(message, promise);
    }

    private void finished(ChannelHandlerContext context, Exchange exchange) {
        if (current != exchange) {
            return;
        }
        current = null;
        exchange.leave();
        if (!exchange.keepAlive) {
            hangUp(context, exchange);
            return;
        }
        resume(context);
        context.read();
    }

    /**
     * Closes after the last answer. With part of a request still on its way a plain close would be a reset, which may
     * take the answer away from the caller; so only our side is closed, and the rest is thrown away for a while.
     */
    private void hangUp(ChannelHandlerContext context, Exchange exchange) {
        if (exchange.wholeRead || !(context.channel() instanceof SocketChannel socket)) {
            context.close();
            return;
        }
        discarding = true;
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        socket.shutdownOutput();
        context.executor().schedule(() -> context.close(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
        context.read();
    }

    private void resume(ChannelHandlerContext context) {
        boolean took = false;
        while (!waiting.isEmpty() && !mustWait(waiting.element())) {
            take(context, waiting.remove());
            took = true;
        }
        if (took) {
            context.fireChannelReadComplete();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Exchange exchange = current;
        current = null;
        readingBody = false;
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        if (exchange != null) {
            exchange.callerGone();
        }
        context.fireChannelInactive();
    }

    /** One host (RFC 9112, section 3.2): whoever is in between must read it as we do. */
    private static boolean tellsItsHost(HttpRequest request) {
        return request.headers().getAll(HttpHeaderNames.HOST).size() == 1
                || request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    }

    /** One exchange on this connection. */
    private final class Exchange implements HttpExchange {
        private final ChannelHandlerContext context;
        private final HttpRequest request;
        private final RequestTarget target;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
        private boolean keepAlive;

        /** True from when it is being answered until its answer has left. */
        private boolean entered;

        /** False: the request, or the rest of it, has not been read. */
        private boolean wholeRead;
        private boolean answered;
        private boolean gone;
        private @Nullable Runnable whenGone;

        private Exchange(ChannelHandlerContext context, HttpRequest request, RequestTarget target) {
            this.context = context;
            this.request = request;
            this.target = target;
            this.keepAlive = HttpUtil.isKeepAlive(request);
        }

        private void receive(ByteBuf piece) {
            try {
                piece.readBytes(body, piece.readableBytes());
            } catch (IOException impossible) {
                throw new UncheckedIOException("bytes in memory take everything", impossible);
            }
        }

        @Override
        public String verb() {
            return request.method().name();
        }

        @Override
        public String rawPath() {
            return target.path();
        }

        @Override
        public String rawQuery() {
            return target.query();
        }

        @Override
        public HttpHeaders headers() {
            return request.headers();
        }

        @Override
        public byte[] body() {
            return body.toByteArray();
        }

        @Override
        public void respond(int status, HttpHeaders headers, byte[] content) {
            onLoop(() -> {
                if (answered || gone) {
                    return;
                }
                answered = true;
                FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(content), headers, EMPTY_TRAILERS);
                if (status != 304) {
                    headers.set(HttpHeaderNames.CONTENT_LENGTH, content.length);
                }
                connectionHeader(headers);
                context.writeAndFlush(response).addListener(_ -> finished(context, this));
            });
        }

        @Override
        public void respond(int status, AnswerHead head, byte[] content) {
            OneWrite one = oneWrite;
            if (one == null || content.length > OneWrite.MOST_BYTES || request.method().equals(HttpMethod.HEAD)) {
                respond(status, head.asHeaders(), content);
                return;
            }
            onLoop(() -> {
                if (answered || gone) {
                    return;
                }
                answered = true;
                if (status != 304) {
                    head.field("content-length: ", content.length);
                    one.bodyOfNext(content);
                }
                AsciiString connection = connectionField();
                if (connection != null) {
                    head.field("connection: ", connection.toString());
                }
                ChannelFuture written = context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(status), Unpooled.EMPTY_BUFFER, head, EMPTY_TRAILERS));
                if (one.isLeftOver()) {
                    context.close(); // the head was not written: nothing that follows could be read
                } else if (written.isDone() && waiting.isEmpty()) {
                    finished(context, this); // as nearly always; a listener would come here by more steps
                } else {
                    written.addListener(_ -> finished(context, this));
                }
            });
        }

        @Override
        public void startStream(int status, HttpHeaders headers) {
            onLoop(() -> {
                if (answered || gone) {
                    return;
                }
                answered = true;
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
                connectionHeader(headers);
                context.writeAndFlush(
                        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), headers));
            });
        }

        @Override
        public void write(byte[] piece, Runnable flushed) {
            onLoop(() -> {
                if (gone) {
                    return;
                }
                context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(piece)))
                        .addListener((ChannelFutureListener) future -> {
                            if (future.isSuccess()) {
                                flushed.run();
                            }
                        });
            });
        }

        @Override
        public void endStream() {
            onLoop(() -> {
                if (!gone) {
                    context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
                            .addListener(_ -> finished(context, this));
                }
            });
        }

        @Override
        public void cutOff() {
            onLoop(context::close);
        }

        @Override
        public void later(Duration delay, Runnable task) {
            context.executor().schedule(() -> {
                if (!gone && current == this) {
                    task.run();
                }
            }, delay.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void onGone(Runnable callback) {
            onLoop(() -> {
                if (gone) {
                    callback.run();
                } else {
                    whenGone = callback;
                }
            });
        }

        private void callerGone() {
            gone = true;
            leave();
            if (whenGone != null) {
                whenGone.run();
            }
        }

        private void leave() {
            if (entered) {
                entered = false;
                drain.leave();
            }
        }

        private void connectionHeader(HttpHeaders headers) {
            AsciiString value = connectionField();
            if (value != null) {
                headers.set(HttpHeaderNames.CONNECTION, value);
            }
        }

        /** What is said of the connection after this answer; null: nothing, it stays. */
        private @Nullable AsciiString connectionField() {
            keepAlive &= !drain.isDraining();
            if (!keepAlive) {
                return HttpHeaderValues.CLOSE;
            }
            return request.protocolVersion().equals(HttpVersion.HTTP_1_0) ? HttpHeaderValues.KEEP_ALIVE : null;
        }

        private void onLoop(Runnable task) {
            if (context.executor().inEventLoop()) {
                task.run();
            } else {
                context.executor().execute(task);
            }
        }
    }

    private static final HttpHeaders EMPTY_TRAILERS = io.netty.handler.codec.http.EmptyHttpHeaders.INSTANCE;
}
