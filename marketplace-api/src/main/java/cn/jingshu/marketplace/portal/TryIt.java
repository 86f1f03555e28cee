package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.edge.CallPath;
import cn.jingshu.marketplace.edge.CallResult;
import cn.jingshu.marketplace.edge.EncodedAnswer;
import cn.jingshu.marketplace.edge.Problem;
import cn.jingshu.marketplace.edge.ProductCall;
import cn.jingshu.marketplace.edge.RateLimitFields;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.Stated;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.Payload;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.contract.TryItForm;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The form of a product page and the call that comes of it. The call goes the way of every call (gate, contract,
 * product, meter) on a test key the visitor gives; it differs from one over the network only in where it begins.
 */
@Singleton
final class TryIt {
    private static final String PREFIX = "in.";

    private final Contracts contracts;
    private final CallPath calls;

    TryIt(Contracts contracts, CallPath calls) {
        this.contracts = contracts;
        this.calls = calls;
    }

    /** The operations a page can try. */
    static List<ContractMethod> methods(Contract contract) {
        return contract.methods().stream().filter(ProductFacts::tryable).toList();
    }

    /** The operation called {@code name}, or the first; empty: none can be tried. */
    static Optional<ContractMethod> findMethod(Contract contract, @Nullable String name) {
        List<ContractMethod> methods = methods(contract);
        return methods.stream().filter(method -> method.name().equals(name)).findFirst()
                .or(() -> methods.stream().findFirst());
    }

    /** The form as it is first shown: what must be filled in holds its example. */
    static Form fresh(ContractMethod method) {
        Map<String, String> values = new LinkedHashMap<>();
        for (TryItForm.Field field : TryItForm.of(method).fields()) {
            if (field.required()) {
                values.put(PREFIX + field.name(), field.example());
            }
        }
        return new Form(values, Map.of());
    }

    static ProductView.TryIt view(
            Contract contract, ContractMethod method, Form form, String keptKey, ProductView.@Nullable TryAnswer answer) {
        return new ProductView.TryIt(method.name(),
                methods(contract).stream()
                        .map(each -> new ProductView.Choice(
                                each.name(), new Bilingual(each.summaryZh(), each.summaryEn())))
                        .toList(),
                TryItForm.of(method).fields().stream().map(TryIt::input).toList(), keptKey, form, answer);
    }

    private static ProductView.Input input(TryItForm.Field field) {
        ProductView.Input.Kind kind = switch (field.input()) {
            case TEXT, MOMENT, JSON -> ProductView.Input.Kind.TEXT;
            case WHOLE_NUMBER, NUMBER -> ProductView.Input.Kind.NUMBER;
            case YES_NO -> ProductView.Input.Kind.YES_NO;
            case CHOICE -> ProductView.Input.Kind.CHOICE;
        };
        return new ProductView.Input(field.name(), kind, new Bilingual(field.labelZh(), field.labelEn()), field.unit(),
                field.required(),
                field.choices().stream().map(choice -> new ProductView.Choice(choice, Bilingual.same(choice))).toList(),
                field.minimum(), field.maximum(),
                kind == ProductView.Input.Kind.TEXT && field.maxLength() < 10_000 ? field.maxLength() : null);
    }

    /** What is wrong with the key a visitor gave; empty: it is a test key. */
    static Optional<Bilingual> faultOf(String key) {
        Optional<ApiKey> parsed = ApiKey.parse(key);
        if (parsed.isEmpty()) {
            return Optional.of(new Bilingual("这不是完整的接口密钥:沙箱密钥以 js_test_ 开头,共 44 个字符",
                    "this is not a whole API key: a sandbox key begins with js_test_ and has 44 characters"));
        }
        return parsed.get().sandbox()
                ? Optional.empty()
                : Optional.of(new Bilingual("请使用沙箱密钥(js_test_):正式密钥会计费,不要粘贴到网页中",
                        "use a sandbox key (js_test_): a live key is billed and does not belong into a web page"));
    }

    /** Calls {@code method} with what was filled in. It waits for the answer, so never on an event loop. */
    ProductView.TryAnswer call(ContractMethod method, Posted posted, String key, String requestId) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (TryItForm.Field field : TryItForm.of(method).fields()) {
            values.put(field.name(), List.of(posted.text(PREFIX + field.name())));
        }
        TryItForm.HttpCall http = TryItForm.call(method, values);
        int mark = http.target().indexOf('?');
        String path = mark < 0 ? http.target() : http.target().substring(0, mark);
        String query = mark < 0 ? "" : http.target().substring(mark + 1);
        String line = http.verb() + " " + http.target();
        if (!(contracts.routes().match(http.verb(), path) instanceof RouteMatch.Matched matched)) {
            return refused(Refusal.NO_SUCH_PATH, path, line, requestId); // an empty path variable
        }
        long started = System.nanoTime();
        CallResult<Payload> result = calls.answer(
                        new ProductCall(method, key, Stated.NOTHING, null, requestId, "REST"),
                        () -> Transcoder.read(matched, query, http.body().getBytes(StandardCharsets.UTF_8)),
                        (found, _) -> {
                            Payload payload = Transcoder.write(method, found.message());
                            return new EncodedAnswer<>(payload, Outcome.ANSWERED, 200, payload.bytes().length);
                        })
                .toCompletableFuture()
                .join();
        long micros = (System.nanoTime() - started) / 1_000;
        return switch (result) {
            case CallResult.Answered<Payload>(var payload, var admitted) -> new ProductView.TryAnswer(200, line,
                    List.of(new ProductView.Header("Content-Type", payload.contentType()),
                            new ProductView.Header("X-Request-Id", requestId),
                            new ProductView.Header("RateLimit-Policy", RateLimitFields.policy(admitted.limits())),
                            new ProductView.Header("RateLimit", RateLimitFields.state(admitted.limits()))),
                    JsonLines.of(new String(payload.bytes(), StandardCharsets.UTF_8)), micros);
            case CallResult.Replayed<Payload> _ -> throw new IllegalStateException("the form sends no Idempotency-Key");
            case CallResult.Refused<Payload> refused -> {
                Problem problem = new Problem(refused.refusal(), refused.zh(), refused.en(), path, requestId,
                        refused.violations(), refused.limits());
                List<ProductView.Header> headers = new ArrayList<>(headers(requestId));
                if (refused.limits() != null) {
                    headers.add(new ProductView.Header("RateLimit-Policy", RateLimitFields.policy(refused.limits())));
                    headers.add(new ProductView.Header("RateLimit", RateLimitFields.state(refused.limits())));
                }
                if (refused.retryAfter() != null) {
                    headers.add(new ProductView.Header(
                            "Retry-After", Long.toString(PortalErrors.seconds(refused.retryAfter()))));
                }
                yield new ProductView.TryAnswer(refused.refusal().httpStatus(), line, headers,
                        JsonLines.of(new String(problem.toJson(), StandardCharsets.UTF_8)), micros);
            }
        };
    }

    private static List<ProductView.Header> headers(String requestId) {
        return List.of(new ProductView.Header("Content-Type", Problem.CONTENT_TYPE),
                new ProductView.Header("X-Request-Id", requestId));
    }

    private static ProductView.TryAnswer refused(
            Refusal refusal, String path, String line, String requestId) {
        String body = new String(Problem.of(refusal, path, requestId).toJson(), StandardCharsets.UTF_8);
        return new ProductView.TryAnswer(refusal.httpStatus(), line, headers(requestId), JsonLines.of(body), 0);
    }
}
