package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.edge.CallPath;
import cn.jingshu.marketplace.edge.CallResult;
import cn.jingshu.marketplace.edge.Credentials;
import cn.jingshu.marketplace.edge.EncodedAnswer;
import cn.jingshu.marketplace.edge.HttpDate;
import cn.jingshu.marketplace.edge.Problem;
import cn.jingshu.marketplace.edge.ProductCall;
import cn.jingshu.marketplace.edge.RequestIds;
import cn.jingshu.marketplace.edge.RetirementFields;
import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.edge.TraceParent;
import cn.jingshu.marketplace.gate.LimitFacts;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.Stated;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.Payload;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.Message;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.util.AsciiString;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers product calls over HTTP: finds the contract's method, takes the call through the house, writes the answer. */
@Singleton
final class RestEdge implements RestHandler {
    /** Said of an answer whose data are older or less complete than its contract promises, whatever its form. */
    private static final String STALE = "Jingshu-Stale";

    private static final Logger LOG = LoggerFactory.getLogger(RestEdge.class);

    /** The first version of every product lives below this path; the framework's own pages and endpoints do not. */
    private static final String PRODUCTS = "/v1/";

    // Names and values as bytes: they are written with every answer.
    private static final AsciiString REQUEST_ID = AsciiString.cached("X-Request-Id");
    static final AsciiString TRACE_PARENT = AsciiString.cached("traceparent");
    private static final AsciiString CONTENT_TYPE_OPTIONS = AsciiString.cached("X-Content-Type-Options");
    private static final AsciiString NO_SNIFF = AsciiString.cached("nosniff");
    private static final AsciiString PRIVATE = AsciiString.cached("private, no-cache");
    private static final AsciiString BY_CREDENTIAL = AsciiString.cached("Authorization, X-API-Key");
    private static final AsciiString API_KEY = AsciiString.cached("X-API-Key");
    private static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("Idempotency-Key");

    private static final AsciiString DEPRECATION = AsciiString.cached(RetirementFields.DEPRECATION);
    private static final AsciiString LINK = AsciiString.cached("Link");
    private static final AsciiString SUNSET = AsciiString.cached(RetirementFields.SUNSET);

    private static final AsciiString PURPOSE = AsciiString.cached(Stated.PURPOSE);
    private static final AsciiString SCENARIO = AsciiString.cached(Stated.SCENARIO);
    private static final AsciiString DISTRICT = AsciiString.cached(Stated.DISTRICT);
    private static final AsciiString CONSENT = AsciiString.cached(Stated.CONSENT);

    /** Every name is one of ours, and what callers or products say is checked before it becomes a value: nothing is left to check. */
    static final HttpHeadersFactory HEADERS = DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private static final Pattern KEY_IN_QUERY = Pattern.compile("js_(live|test|bank)_[0-9A-Za-z]");

    private final Contracts contracts;
    private final CallPath calls;
    private final StreamPath streams;
    private final WrittenAnswers writtenAnswers;

    RestEdge(Contracts contracts, CallPath calls, StreamPath streams, Pepper pepper) {
        this.contracts = contracts;
        this.calls = calls;
        this.streams = streams;
        this.writtenAnswers = new WrittenAnswers(pepper);
    }

    @Override
    public boolean owns(String rawPath) {
        if (rawPath.startsWith(PRODUCTS)) {
            return true;
        }
        // Of a product's later versions: /v2/…, /v17/…
        if (!rawPath.startsWith("/v")) {
            return false;
        }
        int end = 2;
        while (end < rawPath.length() && rawPath.charAt(end) >= '0' && rawPath.charAt(end) <= '9') {
            end++;
        }
        return end > 2 && end < rawPath.length() && rawPath.charAt(end) == '/';
    }

    @Override
    public void refuse(HttpExchange exchange, int status, @Nullable String reason) {
        Refusal refusal = switch (status) {
            case 408 -> Refusal.REQUEST_TOO_SLOW;
            case 413 -> Refusal.BODY_TOO_LARGE;
            case 414 -> Refusal.URI_TOO_LONG;
            case 431 -> Refusal.HEADERS_TOO_LARGE;
            case 503 -> Refusal.DRAINING;
            default -> Refusal.MALFORMED_REQUEST;
        };
        String requestId = RequestIds.accept(exchange.headers().get(REQUEST_ID));
        send(exchange, requestId, Problem.of(refusal, exchange.rawPath(), requestId), null);
    }

    @Override
    public void handle(HttpExchange exchange) {
        String requestId = RequestIds.accept(exchange.headers().get(REQUEST_ID));
        try {
            route(exchange, requestId);
        } catch (RuntimeException failed) {
            LOG.error("{} {} failed (request {})", exchange.verb(), exchange.rawPath(), requestId, failed);
            send(exchange, requestId, Problem.of(Refusal.INTERNAL, exchange.rawPath(), requestId), null);
        }
    }

    private void route(HttpExchange exchange, String requestId) {
        switch (contracts.routes().match(exchange.verb(), exchange.rawPath())) {
            case RouteMatch.NoSuchPath() ->
                send(exchange, requestId, Problem.of(Refusal.NO_SUCH_PATH, exchange.rawPath(), requestId), null);
            case RouteMatch.WrongVerb(var allowed) ->
                send(exchange, requestId, Problem.of(Refusal.METHOD_NOT_ALLOWED, exchange.rawPath(), requestId),
                        headers -> headers.add(HttpHeaderNames.ALLOW, String.join(", ", allowed)));
            case RouteMatch.Matched matched -> {
                Credentials credentials = credentials(exchange.headers());
                Refusal unfit = unfit(exchange, matched, credentials);
                if (unfit != null) {
                    send(exchange, requestId, Problem.of(unfit, exchange.rawPath(), requestId), null);
                } else {
                    call(exchange, requestId, matched, credentials.only());
                }
            }
        }
    }

    /** What is wrong with the request before anyone is asked who calls; null: nothing. */
    private static @Nullable Refusal unfit(
            HttpExchange exchange, RouteMatch.Matched matched, Credentials credentials) {
        if (!exchange.rawQuery().isEmpty() && KEY_IN_QUERY.matcher(exchange.rawQuery()).find()) {
            return Refusal.KEY_IN_QUERY;
        }
        if (credentials.differ()) {
            return Refusal.KEYS_DIFFER;
        }
        if (matched.binding().takesBody() && exchange.body().length > 0) {
            String type = exchange.headers().get(HttpHeaderNames.CONTENT_TYPE, "").toLowerCase(Locale.ROOT);
            int parameters = type.indexOf(';');
            String media = (parameters < 0 ? type : type.substring(0, parameters)).strip();
            if (!media.equals("application/json") && !media.endsWith("+json")) {
                return Refusal.UNSUPPORTED_MEDIA_TYPE;
            }
        }
        return null;
    }

    private void call(
            HttpExchange exchange, String requestId, RouteMatch.Matched matched, @Nullable String credential) {
        HttpHeaders sent = exchange.headers();
        Stated stated = Stated.of(sent.get(PURPOSE), sent.get(SCENARIO), sent.get(DISTRICT), sent.get(CONSENT));
        ProductCall call = new ProductCall(matched.method(), credential, stated,
                sent.get(IDEMPOTENCY_KEY), requestId, "REST");
        if (matched.method().streaming()) {
            String lastEventId = exchange.headers().get("Last-Event-ID", "");
            new ServerSentEvents(exchange, call, requestId).begin(streams,
                    () -> Transcoder.read(matched, exchange.rawQuery(), exchange.body()), lastEventId);
            return;
        }
        calls.answer(call, () -> Transcoder.read(matched, exchange.rawQuery(), exchange.body()),
                (found, sandbox) -> encode(exchange, matched, found, sandbox), (result, failure) -> {
                    if (failure != null) {
                        LOG.error("{} failed (request {})", matched.method(), requestId, failure);
                        send(exchange, requestId, Problem.of(Refusal.INTERNAL, exchange.rawPath(), requestId), null);
                        return;
                    }
                    switch (result) {
                        case CallResult.Answered<Ready>(var ready, var admitted) ->
                            answer(exchange, requestId, matched.method(), ready, admitted.eventId(), admitted.limits());
                        case CallResult.Replayed<Ready>(var ready, var eventId) ->
                            answer(exchange, requestId, matched.method(), ready, eventId, null);
                        case CallResult.Refused<Ready> refused ->
                            refuse(exchange, requestId, refused, headers -> retirement(headers, matched.method()));
                    }
                });
    }

    /** Says of a version that is on its way out since when and until when; nothing of any other. */
    static void retirement(HttpHeaders headers, ContractMethod method) {
        Retirement retirement = method.retirement();
        if (retirement != null) {
            headers.add(DEPRECATION, RetirementFields.deprecation(retirement));
            RetirementFields.sunset(retirement).ifPresent(date -> headers.add(SUNSET, date));
            headers.add(LINK, "</products/" + method.product() + ">; rel=\"deprecation\"; type=\"text/html\"");
        }
    }

    private static Credentials credentials(HttpHeaders headers) {
        return Credentials.of(() -> headers.valueStringIterator(HttpHeaderNames.AUTHORIZATION), // without a list of each
                () -> headers.valueStringIterator(API_KEY));
    }

    /** An answer with its validators, whole or as "not modified". */
    private record Ready(int status, Payload payload, String etag, boolean stale, @Nullable Instant modifiedAt) {}

    private EncodedAnswer<Ready> encode(
            HttpExchange exchange, RouteMatch.Matched matched, Answer.Found<? extends Message> found, boolean sandbox) {
        WrittenAnswers.Written written =
                writtenAnswers.of(matched.method(), found.message(), exchange.rawPath(), exchange.rawQuery(), sandbox);
        Payload payload = written.payload();
        String etag = written.etag();
        boolean safe = exchange.verb().equals("GET");
        if (safe && Validators.isUnchanged(exchange.headers(), etag, found.modifiedAt())) {
            return new EncodedAnswer<>(new Ready(304, payload, etag, found.stale(), found.modifiedAt()), Outcome.NOT_MODIFIED, 304, 0);
        }
        return new EncodedAnswer<>(
                new Ready(200, payload, etag, found.stale(), found.modifiedAt()), Outcome.ANSWERED, 200, payload.bytes().length);
    }

    /** @param limits what the call was measured against; null: it is an answer given before, which is counted no more */
    private static void answer(HttpExchange exchange, String requestId, ContractMethod method, Ready ready, UUID eventId,
            @Nullable LimitFacts limits) {
        AnswerHead head = AnswerHead.to(exchange.headers(), requestId);
        if (limits == null) {
            head.field("Idempotency-Replayed: ", "true");
        } else {
            RateLimitHeaders.add(head, limits);
        }
        head.field("Jingshu-Event-Id: ", eventId.toString()).field("etag: ", ready.etag());
        if (ready.stale()) {
            head.field(STALE + ": ", "true");
        }
        Retirement retirement = method.retirement();
        if (retirement != null) {
            HttpHeaders fields = HEADERS.newHeaders();
            retirement(fields, method);
            fields.forEach(field -> head.field(field.getKey() + ": ", field.getValue()));
        }
        if (ready.modifiedAt() != null) {
            head.field("last-modified: ", HttpDate.of(ready.modifiedAt()));
        }
        if (ready.status() == 304) {
            exchange.respond(304, head, new byte[0]);
            return;
        }
        exchange.respond(200, head.field("content-type: ", ready.payload().contentType()), ready.payload().bytes());
    }

    static void validators(HttpHeaders headers, String etag) {
        headers.add(HttpHeaderNames.ETAG, etag);
        headers.add(HttpHeaderNames.CACHE_CONTROL, PRIVATE);
        headers.add(HttpHeaderNames.VARY, BY_CREDENTIAL);
    }

    static void refuse(HttpExchange exchange, String requestId, CallResult.Refused<?> refused) {
        refuse(exchange, requestId, refused, _ -> {});
    }

    private static void refuse(
            HttpExchange exchange, String requestId, CallResult.Refused<?> refused, HeaderWriter more) {
        Problem problem = new Problem(refused.refusal(), refused.zh(), refused.en(), exchange.rawPath(), requestId,
                refused.violations(), refused.limits());
        send(exchange, requestId, problem, headers -> {
            retryAfter(headers, refused.retryAfter());
            more.write(headers);
        });
    }

    private static void retryAfter(HttpHeaders headers, @Nullable Duration after) {
        if (after != null) {
            headers.add(HttpHeaderNames.RETRY_AFTER, Math.max(1, after.plusSeconds(1).minusNanos(1).toSeconds())); // never too early
        }
    }

    private interface HeaderWriter {
        void write(HttpHeaders headers);
    }

    private static void send(
            HttpExchange exchange,
            String requestId,
            Problem problem,
            @Nullable HeaderWriter more) {
        HttpHeaders headers = common(exchange, requestId);
        headers.add(HttpHeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE);
        headers.add(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        if (problem.refusal().httpStatus() == 401) {
            headers.add(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"jingshu\"");
        }
        if (problem.limits() != null) {
            RateLimitHeaders.add(headers, problem.limits());
        }
        if (more != null) {
            more.write(headers);
        }
        exchange.respond(problem.refusal().httpStatus(), headers, problem.toJson());
    }

    static HttpHeaders common(HttpExchange exchange, String requestId) {
        HttpHeaders headers = HEADERS.newHeaders();
        headers.add(REQUEST_ID, requestId);
        headers.add(HttpHeaderNames.DATE, DateField.now());
        headers.add(CONTENT_TYPE_OPTIONS, NO_SNIFF);
        String trace = TraceParent.accept(exchange.headers().get(TRACE_PARENT));
        if (trace != null) {
            headers.add(TRACE_PARENT, trace);
        }
        return headers;
    }

    static List<String> splitList(String header) {
        return List.of(header.split("\\s*,\\s*", -1));
    }
}
