package cn.jingshu.marketplace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is written as one block is read as the same fields, and leaves with its body in one buffer. */
class AnswerHeadTest {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final EmbeddedChannel server = new EmbeddedChannel(new HttpServerCodec());
    private final OneWrite oneWrite = Objects.requireNonNull(OneWrite.besideCodecOf(server.pipeline()));

    private static AnswerHead head(@Nullable String trace) {
        HttpHeaders asked = new DefaultHttpHeaders();
        if (trace != null) {
            asked.set("traceparent", trace);
        }
        return AnswerHead.to(asked, "r-1").field("etag: ", "\"tag: with, all\"").field("Number: ", 4_711);
    }

    private void ask(String verb) {
        server.writeInbound(Unpooled.copiedBuffer(verb + " /v1/echo HTTP/1.1\r\nHost: city\r\n\r\n", StandardCharsets.US_ASCII));
        for (Object read = server.readInbound(); read != null; read = server.readInbound()) {
            ReferenceCountUtil.release(read);
        }
    }

    private FullHttpResponse answer(int status, AnswerHead head, String body) {
        if (!body.isEmpty()) {
            head.field("content-length: ", body.length());
            oneWrite.bodyOfNext(body.getBytes(StandardCharsets.US_ASCII));
        }
        server.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status),
                Unpooled.EMPTY_BUFFER, head, EmptyHttpHeaders.INSTANCE));
        ByteBuf sent = server.readOutbound();
        assertThat(server.<Object>readOutbound()).as("a second buffer").isNull();
        EmbeddedChannel client = new EmbeddedChannel(new HttpResponseDecoder(), new HttpObjectAggregator(1 << 16));
        client.writeInbound(sent);
        FullHttpResponse read = client.readInbound();
        assertThat(client.<Object>readInbound()).as("bytes behind the answer").isNull();
        return read;
    }

    private static List<String> lines(HttpHeaders headers) {
        return headers.entries().stream().map(field -> field.getKey() + ": " + field.getValue()).toList();
    }

    @Test
    void everyFieldArrivesAndTheBodyWithIt() {
        for (String trace : new String[] {TRACE, "none that is well formed", null}) {
            ask("GET");
            AnswerHead head = head(trace);
            FullHttpResponse read = answer(200, head, "{\"a\":1}");
            assertThat(read.status()).isEqualTo(HttpResponseStatus.OK);
            assertThat(read.content().toString(StandardCharsets.US_ASCII)).isEqualTo("{\"a\":1}");
            assertThat(lines(read.headers())).isEqualTo(lines(head.asHeaders()));
            assertThat(read.headers().get("X-Request-Id")).isEqualTo("r-1");
            assertThat(read.headers().get("traceparent")).isEqualTo(TRACE.equals(trace) ? TRACE : null);
            assertThat(read.headers().get("ETag")).isEqualTo("\"tag: with, all\"");
            assertThat(read.headers().getInt("number")).isEqualTo(4_711);
            assertThat(read.headers().getInt("content-length")).isEqualTo(7);
            assertThat(read.headers().get("x-content-type-options")).isEqualTo("nosniff");
            assertThat(read.headers().get("cache-control")).isEqualTo("private, no-cache");
            assertThat(read.headers().get("vary")).isEqualTo("Authorization, X-API-Key");
            assertThat(read.headers().get("date")).endsWith("GMT");
        }
    }

    @Test
    void notModifiedHasAHeadAlone() {
        ask("GET");
        FullHttpResponse read = answer(304, head(null), "");
        assertThat(read.status().code()).isEqualTo(304);
        assertThat(read.content().readableBytes()).isZero();
    }

    /** The codec tells answers to HEAD from others by a queue of its own, which must stay in step. */
    @Test
    void theCodecStaysInStepWithOrdinaryAnswers() {
        for (int i = 0; i < 3; i++) {
            ask("GET");
            assertThat(answer(200, head(null), "body " + i).content().readableBytes()).isEqualTo(6);
            ask("HEAD");
            server.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK,
                    Unpooled.copiedBuffer("not sent", StandardCharsets.US_ASCII), new DefaultHttpHeaders().set("content-length", 8),
                    EmptyHttpHeaders.INSTANCE));
            ByteBuf sent = server.readOutbound();
            assertThat(sent.toString(StandardCharsets.US_ASCII)).endsWith("content-length: 8\r\n\r\n");
            sent.release();
        }
    }

    @Test
    void aBodyWhoseHeadWasNotWrittenIsForgotten() {
        oneWrite.bodyOfNext(new byte[] {1});
        assertThat(oneWrite.isLeftOver()).isTrue();
        assertThat(oneWrite.isLeftOver()).isFalse();
    }

    @Test
    void aConnectionWithoutTheCodecHasNone() {
        assertThat(OneWrite.besideCodecOf(new EmbeddedChannel().pipeline())).isNull();
    }

    @Test
    void asHeadersHoldsEachFieldOnce() {
        List<Map.Entry<String, String>> fields = head(TRACE).asHeaders().entries();
        assertThat(fields).hasSize(8).allSatisfy(field -> assertThat(field.getValue()).isNotBlank());
    }
}
