package cn.jingshu.products.kind.upstream;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.ExampleAnswers;
import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.SandboxSubjects;
import cn.jingshu.products.kind.upstream.UpstreamDefinition.HttpCall;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.Retirement;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A product whose operations are asked of a source. Each call waits on a thread of its own and under a limit; a source that is away,
 * slow or wrong makes the answer "unavailable", which is never billed, and one that goes on so is left alone for a while.
 */
public final class UpstreamProduct implements DataProduct, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamProduct.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ServiceDescriptor contract;
    private final Declaration declaration;
    private final UpstreamDefinition definition;
    private final @Nullable Retirement retirement;
    private final Map<String, ContractMethod> methods = new HashMap<>();
    private final Side live;
    private final @Nullable Side sandbox;
    private final Clock clock;

    /**
     * @param grpc makes the source of a product that is asked over gRPC
     * @param retirement null: this version is not on its way out
     */
    public UpstreamProduct(ServiceDescriptor contract, Declaration declaration, UpstreamDefinition definition, AddressGuard guard,
            GrpcSource.Maker grpc, UpstreamSettings settings, Clock clock, @Nullable Retirement retirement) {
        this.contract = contract;
        this.declaration = declaration;
        this.definition = definition;
        this.retirement = retirement;
        this.clock = clock;
        Contract.of(contract).methods().forEach(method -> methods.put(method.name(), method));
        this.live = new Side(definition.address(), guard, grpc, settings, clock);
        URI own = definition.sandbox();
        this.sandbox = own == null ? null : new Side(own, guard, grpc, settings, clock);
    }

    /** A source, or its sandbox, with what keeps it in bounds. */
    private static final class Side implements AutoCloseable {
        private final URI address;
        private final Semaphore places;
        private final CircuitBreaker breaker;
        private final @Nullable HttpSource http;
        private final @Nullable GrpcSource grpc;

        private Side(URI address, AddressGuard guard, GrpcSource.Maker maker, UpstreamSettings settings, Clock clock) {
            this.address = address;
            this.places = new Semaphore(settings.callsUnderWay());
            this.breaker = new CircuitBreaker(settings.failuresToOpen(), settings.leftAlone(), settings.leftAloneAtMost(), clock);
            boolean isGrpc = address.getScheme().startsWith("grpc");
            this.http = isGrpc ? null : new HttpSource(guard, settings);
            this.grpc = isGrpc
                    ? maker.at(address.getHost(), UpstreamDefinition.portOf(address), address.getScheme().equals("grpc"), guard, settings)
                    : null;
        }

        @Override
        public void close() {
            if (http != null) {
                http.close();
            }
            if (grpc != null) {
                grpc.close();
            }
        }
    }

    @Override
    public ServiceDescriptor contract() {
        return contract;
    }

    @Override
    public Optional<Retirement> retirement() {
        return Optional.ofNullable(retirement);
    }

    @Override
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        contract.getMethods().forEach(method -> operations.add(new Operation.Unary<>(method.getName(),
                DynamicMessage.getDefaultInstance(method.getInputType()), (facts, request) -> answer(facts, method(method.getName()), request))));
        return operations;
    }

    private ContractMethod method(String name) {
        return Objects.requireNonNull(methods.get(name));
    }

    private CompletionStage<Answer<Message>> answer(CallFacts facts, ContractMethod method, Message request) {
        if (!facts.sandbox()) {
            return ask(live, facts, method, request);
        }
        Side own = sandbox;
        Supplier<CompletionStage<Answer<Message>>> answer =
                () -> own == null || isDocumented(method, request) ? example(method, request) : ask(own, facts, method, request);
        return SandboxSubjects.of(facts, request, answer);
    }

    /** Whether the contract says how a test subject ends, which a source's own sandbox need not know: not found, or referred as in its example. */
    private static boolean isDocumented(ContractMethod method, Message request) {
        TestSubject subject = SandboxSubjects.subjectOf(request).orElse(TestSubject.APPROVE);
        return subject == TestSubject.NOT_FOUND || (subject == TestSubject.REFER && ExampleAnswers.tellsReferred(method));
    }

    private static CompletionStage<Answer<Message>> example(ContractMethod method, Message request) {
        return CompletableFuture.completedFuture(SandboxSubjects.exampleOf(method, request)
                .map(example -> found(method, example, false))
                .orElseGet(() -> Answer.notFound("没有找到", "there is no such thing")));
    }

    private CompletionStage<Answer<Message>> ask(Side side, CallFacts facts, ContractMethod method, Message request) {
        HttpCall http = definition.calls().get(method.name());
        if (http != null) {
            for (Field field : http.inPath().values()) {
                if (!isOneSegment(texts(request, field).stream().findFirst().orElse(""))) {
                    return CompletableFuture.completedFuture(Answer.invalid(
                            Objects.requireNonNull(request.getDescriptorForType().findFieldByName(field.name())).getJsonName(),
                            "不可为空,不可含斜线或反斜线,不可为 . 或 ..", "must not be empty, hold a slash or backslash, or be . or .."));
                }
            }
        }
        if (!side.places.tryAcquire()) {
            return CompletableFuture.completedFuture(away());
        }
        if (!side.breaker.tryPass()) {
            side.places.release();
            return CompletableFuture.completedFuture(away());
        }
        CompletableFuture<Answer<Message>> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("upstream-", 0).start(() -> {
            try {
                answer.complete(asked(side, facts, method, request));
            } catch (Throwable failed) { // whatever it is, the caller must hear of it
                side.breaker.failed();
                answer.completeExceptionally(failed);
            } finally {
                side.places.release();
            }
        });
        return answer;
    }

    private Answer<Message> asked(Side side, CallFacts facts, ContractMethod method, Message request) {
        SourceReply reply;
        try {
            reply = send(side, facts, method, request);
            return switch (reply) {
                case SourceReply.Json(var body) -> {
                    HttpCall call = Objects.requireNonNull(definition.calls().get(method.name()));
                    Message message = new AnswerCheck(declaration, method).read(body, call.root(), call.op().columns());
                    side.breaker.succeeded();
                    yield found(method, message, isStale(method, message));
                }
                case SourceReply.Proto(var message) -> {
                    Message checked = AnswerCheck.checked(method, message);
                    side.breaker.succeeded();
                    yield found(method, checked, isStale(method, checked));
                }
                case SourceReply.NotFound() -> {
                    side.breaker.succeeded();
                    yield Answer.notFound("没有找到", "there is no such thing");
                }
                case SourceReply.Invalid() -> {
                    side.breaker.succeeded();
                    yield new Answer.Refused<>(Answer.Fault.INVALID_REQUEST, "数据来源不接受该请求", "the source does not take this request", List.of());
                }
                case SourceReply.Broken(var why) -> broken(side, facts, method, why);
            };
        } catch (AnswerCheck.Unfit unfit) {
            return broken(side, facts, method, String.valueOf(unfit.getMessage()));
        }
    }

    private Answer<Message> broken(Side side, CallFacts facts, ContractMethod method, String why) {
        side.breaker.failed();
        LOG.warn("the source of {} failed (request {}): {}", method, facts.requestId(), why);
        return away();
    }

    private static Answer<Message> away() {
        return new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE, "数据来源暂不可用", "the source is not available at the moment", List.of());
    }

    private static SourceReply send(Side side, CallFacts facts, HttpCall call, Message request) {
        HttpSource http = Objects.requireNonNull(side.http);
        String body = call.verb().equals("POST") ? body(call, request) : null;
        return http.call(call.verb(), target(side.address, call, request), body, facts.requestId());
    }

    private SourceReply send(Side side, CallFacts facts, ContractMethod method, Message request) {
        GrpcSource grpc = side.grpc;
        return grpc == null
                ? send(side, facts, Objects.requireNonNull(definition.calls().get(method.name())), request)
                : grpc.call(method.descriptor(), request, facts.requestId());
    }

    private static URI target(URI address, HttpCall call, Message request) {
        String path = call.path();
        for (Map.Entry<String, Field> each : call.inPath().entrySet()) {
            path = path.replace("{" + each.getKey() + "}", encoded(texts(request, each.getValue()).stream().findFirst().orElse("")));
        }
        StringBuilder query = new StringBuilder();
        call.inQuery().forEach((name, field) -> texts(request, field).forEach(text ->
                query.append(query.isEmpty() ? '?' : '&').append(encoded(name)).append('=').append(encoded(text))));
        String base = address.toString().replaceAll("/+$", "");
        return URI.create(base + (path.startsWith("/") ? path : "/" + path) + query);
    }

    /** Whether a value stays one segment of a path also at a server that decodes before it resolves: then {@code %2F} and {@code %2E%2E} lead elsewhere. */
    private static boolean isOneSegment(String text) {
        return !text.isEmpty() && !text.equals(".") && !text.equals("..") && text.indexOf('/') < 0 && text.indexOf('\\') < 0;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static List<String> texts(Message request, Field field) {
        FieldDescriptor descriptor = request.getDescriptorForType().findFieldByName(field.name());
        List<String> texts = new ArrayList<>();
        if (field.repeated()) {
            ((List<?>) request.getField(descriptor)).forEach(each -> texts.add(text(each)));
        } else if (!descriptor.hasPresence() || request.hasField(descriptor)) {
            texts.add(text(request.getField(descriptor)));
        }
        return texts;
    }

    private static String text(Object value) {
        return value instanceof Message timestamp ? moment(timestamp).toString() : value.toString();
    }

    private static Instant moment(Message timestamp) {
        var type = timestamp.getDescriptorForType();
        return Instant.ofEpochSecond((Long) timestamp.getField(type.findFieldByNumber(1)), (Integer) timestamp.getField(type.findFieldByNumber(2)));
    }

    private static String body(HttpCall call, Message request) {
        ObjectNode json = JSON.createObjectNode();
        call.inBody().forEach((name, field) -> {
            FieldDescriptor descriptor = request.getDescriptorForType().findFieldByName(field.name());
            if (field.repeated()) {
                ArrayNode items = json.putArray(name);
                ((List<?>) request.getField(descriptor)).forEach(each -> items.addPOJO(plain(each)));
            } else if (!descriptor.hasPresence() || request.hasField(descriptor)) {
                json.putPOJO(name, plain(request.getField(descriptor)));
            }
        });
        return json.toString();
    }

    private static Object plain(Object value) {
        return value instanceof Message timestamp ? moment(timestamp).toString() : value;
    }

    /** Whether an answer is older than its contract says it may be, or does not say how old it is though it should. */
    private boolean isStale(ContractMethod method, Message message) {
        UpstreamDefinition.Freshness freshness = definition.freshness().get(method.name());
        if (freshness == null) {
            return false;
        }
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(freshness.field());
        return !freshness.isFresh(message.hasField(field) ? moment((Message) message.getField(field)) : null, clock.instant());
    }

    /** Rows of an answer are the items of its first list; an answer without a list is one. */
    private static Answer<Message> found(ContractMethod method, Message message, boolean stale) {
        long rows = method.response().getFields().stream()
                .filter(field -> field.isRepeated() && !field.isMapField())
                .findFirst()
                .map(field -> (long) message.getRepeatedFieldCount(field))
                .orElse(1L);
        return new Answer.Found<>(message, rows, rows > 0 || method.meterUnit() != MeterUnit.HIT, stale, null);
    }

    @Override
    public void close() {
        live.close();
        Side own = sandbox;
        if (own != null) {
            own.close();
        }
    }
}
