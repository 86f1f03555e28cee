package cn.jingshu.products.contract;

import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One method of a contract: what it is called, where it is reached, what it counts, what goes in and what comes out. */
public final class ContractMethod {
    /** Of a contract that says nothing: what gRPC clients take unless told otherwise. */
    public static final int DEFAULT_MAX_ANSWER_BYTES = 4 * 1024 * 1024;

    private final String product;
    private final MethodDescriptor descriptor;
    private final cn.jingshu.products.contract.v1.Operation options;
    private final List<HttpBinding> bindings;
    private final Message requestPrototype;
    private final Map<Descriptor, MessageFacts> messages;

    /** Null: its version is not on its way out. */
    private final @Nullable Retirement retirement;

    ContractMethod(
            String product,
            MethodDescriptor descriptor,
            cn.jingshu.products.contract.v1.Operation options,
            List<HttpBinding> bindings,
            Message requestPrototype,
            Map<Descriptor, MessageFacts> messages,
            @Nullable Retirement retirement) {
        this.product = product;
        this.descriptor = descriptor;
        this.options = options;
        this.bindings = List.copyOf(bindings);
        this.requestPrototype = requestPrototype;
        this.messages = messages;
        this.retirement = retirement;
    }

    /** That its product's version is on its way out; null: it is not. */
    public @Nullable Retirement retirement() {
        return retirement;
    }

    /** The code of the product it belongs to: {@code transit}. */
    public String product() {
        return product;
    }

    /** The version of that product. */
    public int version() {
        return Contract.versionOf(descriptor.getFile());
    }

    /** Its simple name in the contract: {@code ListVehicles}; this is the operation a subscription names. */
    public String name() {
        return descriptor.getName();
    }

    /** Its gRPC name: {@code jingshu.echo.v1.EchoService/Echo}. */
    public String fullMethodName() {
        return descriptor.getService().getFullName() + "/" + descriptor.getName();
    }

    /** Its addresses over HTTP, the main one first; never empty. */
    public List<HttpBinding> bindings() {
        return bindings;
    }

    /** What one unit of its meter counts. */
    public MeterUnit meterUnit() {
        return options.getMeter().getUnit();
    }

    /** Units that a call costs which was answered 304, since its caller held the answer already; 0 to 1,000. */
    public int notModifiedUnits() {
        return options.getMeter().getNotModifiedUnits();
    }

    /** Units that a call costs which was admitted and then refused by contract or product; 0 to 1,000. What was not found is refused, too. */
    public int refusedUnits() {
        return options.getMeter().getRefusedUnits();
    }

    /** Units that a call costs which failed or gave no answer in time; 0 to 1,000. */
    public int failedUnits() {
        return options.getMeter().getFailedUnits();
    }

    /** True: it answers about a person, so consent is needed. */
    public boolean personal() {
        return options.getPersonal();
    }

    /** Why it answers about people and asks nobody's consent, in Chinese; empty: it gives no reason. */
    public String noSubjectZh() {
        return options.getNoSubjectZh();
    }

    /** The same in English. */
    public String noSubjectEn() {
        return options.getNoSubjectEn();
    }

    /** True: it answers about many people at once, so what it answers has to pass the guards of disclosure. */
    public boolean aggregate() {
        return options.getAggregate();
    }

    /** True: an answer marked stale is metered with quantity 0. */
    public boolean staleIsFree() {
        return options.getStaleIsFree();
    }

    /**
     * The largest answer it may give, in bytes: of a unary answer the body as sent, of a stream each message as protobuf. A
     * larger one is not sent and not billed.
     */
    public long maxAnswerBytes() {
        int declared = options.getMaxAnswerBytes();
        return declared == 0 ? DEFAULT_MAX_ANSWER_BYTES : Integer.toUnsignedLong(declared);
    }

    /** One sentence in Chinese that says what it does. */
    public String summaryZh() {
        return options.getSummaryZh();
    }

    /** One sentence in English that says what it does. */
    public String summaryEn() {
        return options.getSummaryEn();
    }

    /** True: one request, many answers: server streaming on gRPC, server-sent events on REST. */
    public boolean streaming() {
        return descriptor.isServerStreaming();
    }

    /** True: the answer is {@code google.api.HttpBody}, bytes that leave as they are. */
    public boolean answersBytes() {
        return FieldKind.of(response()) == FieldKind.HTTP_BODY;
    }

    /** The method in its {@code .proto}, which reflection on gRPC shows. */
    public MethodDescriptor descriptor() {
        return descriptor;
    }

    /** The type of its request. */
    public Descriptor request() {
        return descriptor.getInputType();
    }

    /** The type of its answer, or of each item of a stream. */
    public Descriptor response() {
        return descriptor.getOutputType();
    }

    /** A request with nothing set, of the class the operation expects; its parser reads what gRPC callers send. */
    public Message requestPrototype() {
        return requestPrototype;
    }

    /** The fields of the request, in the order of the contract. */
    public List<FieldFacts> requestFields() {
        return facts(request()).fields();
    }

    /** The fields of the answer, in the order of the contract; empty when the answer is bytes. */
    public List<FieldFacts> responseFields() {
        return answersBytes() ? List.of() : facts(response()).fields();
    }

    /** The fields of a message type used in a request or an answer. */
    public List<FieldFacts> fieldsOf(Descriptor message) {
        return facts(message).fields();
    }

    /** The data resources that feed the fields of its answer, each once; the register of flows lists these. */
    public List<String> answerResources() {
        Set<String> resources = new LinkedHashSet<>();
        if (!answersBytes()) {
            collectResources(response(), resources, new LinkedHashSet<>());
        }
        return List.copyOf(resources);
    }

    private void collectResources(Descriptor message, Set<String> resources, Set<Descriptor> seen) {
        if (!seen.add(message)) {
            return;
        }
        for (FieldFacts facts : facts(message).fields()) {
            resources.addAll(facts.resources());
            Descriptor inner = Contract.messageBehind(facts.field());
            if (inner != null) {
                collectResources(inner, resources, seen);
            }
        }
    }

    /**
     * What its answer shows of each data resource: by the id of the resource the columns, named as the contract names
     * the fields they feed ({@code Route.short_name}). Empty when the answer is bytes, which say nothing of themselves.
     */
    public Map<String, Set<String>> answerColumns() {
        Map<String, Set<String>> columns = new LinkedHashMap<>();
        if (!answersBytes()) {
            collectColumns(response(), columns, new LinkedHashSet<>());
        }
        return columns;
    }

    private void collectColumns(Descriptor message, Map<String, Set<String>> columns, Set<Descriptor> seen) {
        if (!seen.add(message)) {
            return;
        }
        for (FieldFacts facts : facts(message).fields()) {
            Descriptor inner = Contract.messageBehind(facts.field());
            if (inner != null) {
                collectColumns(inner, columns, seen);
                continue; // what the message holds is named by its own fields
            }
            for (String resource : facts.resources()) {
                columns.computeIfAbsent(resource, _ -> new LinkedHashSet<>())
                        .add(message.getName() + "." + facts.field().getName());
            }
        }
    }

    /** Who is asked about: the values of the request's {@code subject} fields that are set, at any depth. */
    public List<String> subjectsOf(Message request) {
        List<String> subjects = new ArrayList<>();
        collectSubjects(request, subjects);
        return List.copyOf(subjects);
    }

    /**
     * Whether an address of it holds who is asked about or anything else about a person, in the path or the query: addresses stand in logs and in the
     * {@code instance} of every refusal, where nobody may be told of.
     */
    public boolean tellsOfPeopleInAddress() {
        return bindings().stream().anyMatch(binding -> switch (binding.body()) {
            case HttpBinding.Body.None() -> has(FieldFacts::isAboutPeople, request());
            case HttpBinding.Body.Whole() -> tellsOfPeopleInPath(binding);
            case HttpBinding.Body.One(var field) -> tellsOfPeopleInPath(binding) || facts(request()).fields().stream()
                    .filter(facts -> !facts.field().equals(field))
                    .anyMatch(facts -> has(FieldFacts::isAboutPeople, facts, new HashSet<>()));
        });
    }

    /** Whether its request can name whom it is about. */
    public boolean namesSubjects() {
        return has(FieldFacts::subject, request());
    }

    /** Whether anything of its answer is about a person; of bytes nothing is said. */
    public boolean answersAboutPeople() {
        return !answersBytes() && has(FieldFacts::isAboutPeople, response());
    }

    private boolean tellsOfPeopleInPath(HttpBinding binding) {
        return binding.path().variables().stream().anyMatch(variable -> {
            Descriptor message = request();
            FieldFacts leaf = null;
            for (String name : variable.field().split("\\.", -1)) {
                leaf = facts(message).fields().stream().filter(facts -> facts.field().getName().equals(name)).findFirst().orElseThrow();
                message = leaf.field().getJavaType() == FieldDescriptor.JavaType.MESSAGE ? leaf.field().getMessageType() : message;
            }
            return leaf != null && leaf.isAboutPeople();
        });
    }

    private boolean has(Predicate<FieldFacts> what, Descriptor message) {
        return has(what, message, new HashSet<>());
    }

    private boolean has(Predicate<FieldFacts> what, Descriptor message, Set<Descriptor> seen) {
        MessageFacts known = messages.get(message);
        return known != null && seen.add(message) && known.fields().stream().anyMatch(facts -> has(what, facts, seen));
    }

    private boolean has(Predicate<FieldFacts> what, FieldFacts facts, Set<Descriptor> seen) {
        Descriptor inner = Contract.messageBehind(facts.field());
        return what.test(facts) || (inner != null && has(what, inner, seen));
    }

    private void collectSubjects(Message message, List<String> subjects) {
        MessageFacts known = messages.get(message.getDescriptorForType());
        if (known == null) {
            return; // not a message of the contract, such as a timestamp: it names nobody
        }
        for (FieldFacts facts : known.fields()) {
            for (Object value : valuesOf(message, facts.field())) {
                if (value instanceof Message inner) {
                    collectSubjects(inner, subjects);
                } else if (facts.subject() && !value.toString().isBlank()) {
                    subjects.add(value.toString());
                }
            }
        }
    }

    private static List<?> valuesOf(Message message, FieldDescriptor field) {
        if (field.isRepeated()) {
            return (List<?>) message.getField(field);
        }
        return field.hasPresence() && !message.hasField(field) ? List.of() : List.of(message.getField(field));
    }

    /** The facts of a message type that the contract reaches. */
    MessageFacts facts(Descriptor message) {
        return Objects.requireNonNull(messages.get(message), message.getFullName());
    }

    @Override
    public String toString() {
        return fullMethodName();
    }
}
