package cn.jingshu.products.contract;

import cn.jingshu.products.contract.HttpBinding.Body;
import cn.jingshu.products.contract.v1.Sensitivity;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI document of a set of contracts, in one of two dialects. The same contracts always give the same text:
 * products by code, methods and fields in the order of their {@code .proto}, schemas by name.
 */
public final class OpenApiDocument {

    /** Which OpenAPI the document is written in; what they say is the same. */
    public enum Dialect {
        /** For generators, which read it best. */
        V3_0("3.0.3"),
        /** What {@code /openapi.json} serves. */
        V3_1("3.1.1");

        private final String version;

        Dialect(String version) {
            this.version = version;
        }
    }

    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";

    private final Contracts contracts;
    private final Dialect dialect;
    private final Map<String, Json> schemas = new TreeMap<>();
    private final Map<String, String> schemaOwners = new TreeMap<>();
    private final Set<Descriptor> inRequests = new HashSet<>();

    private OpenApiDocument(Contracts contracts, Dialect dialect) {
        this.contracts = contracts;
        this.dialect = dialect;
    }

    /**
     * The document as JSON text.
     *
     * @param serverUrl where the service is reached, without a slash at the end
     */
    public static String render(Contracts contracts, Dialect dialect, String serverUrl) {
        return new OpenApiDocument(contracts, dialect).document(serverUrl).pretty();
    }

    private Json.Obj document(String serverUrl) {
        contracts.list().forEach(contract -> contract.methods()
                .forEach(method -> collectRequest(method, method.request())));
        Json.Obj paths = paths();
        return Json.Obj.empty()
                .with("openapi", dialect.version)
                .with(
                        "info",
                        Json.Obj.empty()
                                .with("title", "荆数数据产品 · Jingshu data products")
                                .with("version", "1")
                                .with(
                                        "description",
                                        """
                                        荆数公共数据产品的 REST 接口,由各产品的 .proto 契约生成;gRPC 提供相同的方法。错误为 RFC 9457 问题描述,含中英文说明。\
                                        任何调用都可带请求头 Idempotency-Key:以同一键重试同一请求,得到已存的应答,不再计量与计费;数据流只开启一次,结束后以同一键得到无内容的应答。

                                        The REST interface of Jingshu's data products, derived from their .proto contracts; \
                                        gRPC offers the same methods. Errors are RFC 9457 problem details in Chinese and English. \
                                        Unknown query parameters and unknown JSON fields are refused. Any call may carry \
                                        an Idempotency-Key header: retried with the same key, the same request is given the \
                                        stored answer, and is neither counted nor billed again; a stream is opened once, and \
                                        when it has ended the same key is answered without items."""))
                .with("servers", new Json.Arr(List.of(Json.Obj.empty().with("url", serverUrl))))
                .with("tags", tags())
                .with(
                        "security",
                        new Json.Arr(List.of(
                                Json.Obj.empty().with("bearerAuth", new Json.Arr(List.of())),
                                Json.Obj.empty().with("apiKey", new Json.Arr(List.of())))))
                .with("paths", paths)
                .with("components", components());
    }

    private void collectRequest(ContractMethod method, Descriptor message) {
        if (inRequests.add(message)) {
            for (FieldFacts facts : method.facts(message).fields()) {
                Descriptor inner = Contract.messageBehind(facts.field());
                if (inner != null) {
                    collectRequest(method, inner);
                }
            }
        }
    }

    private Json.Arr tags() {
        List<Json> tags = new ArrayList<>();
        for (Contract contract : contracts.list()) {
            if (contracts.findByCode(contract.code()).filter(newest -> newest.version() > contract.version()).isPresent()) {
                continue; // one tag for all versions of a product, in the words of the newest
            }
            Json.Obj tag = Json.Obj.empty()
                    .with("name", contract.code())
                    .with("description", contract.summaryZh() + "\n\n" + contract.summaryEn())
                    .with("x-displayName", contract.nameZh() + " · " + contract.nameEn());
            withTexts(tag, "x-jingshu-resources", contract.resources());
            tags.add(tag.withUnlessEmpty("x-jingshu-annex", contract.annexId()));
        }
        return new Json.Arr(tags);
    }

    private Json.Obj paths() {
        Map<String, Json.Obj> byPath = new TreeMap<>();
        for (Contract contract : contracts.list()) {
            for (ContractMethod method : contract.methods()) {
                for (int i = 0; i < method.bindings().size(); i++) {
                    HttpBinding binding = method.bindings().get(i);
                    byPath.computeIfAbsent(binding.path().openApi(), _ -> Json.Obj.empty())
                            .with(verbName(binding), operation(method, binding, i));
                }
            }
        }
        Json.Obj paths = Json.Obj.empty();
        byPath.forEach(paths::with);
        return paths;
    }

    private static String verbName(HttpBinding binding) {
        return switch (binding.verb()) {
            case "GET" -> "get";
            case "PUT" -> "put";
            case "POST" -> "post";
            case "DELETE" -> "delete";
            default -> "patch";
        };
    }

    private Json.Obj operation(ContractMethod method, HttpBinding binding, int index) {
        Json.Obj operation = Json.Obj.empty()
                .with("operationId", camel(method.product()) + (method.version() == 1 ? "" : "V" + method.version()) + method.name() + (index == 0 ? "" : index + 1))
                .with("tags", Json.Arr.ofTexts(List.of(method.product())))
                .with("summary", method.summaryZh())
                .with("description", method.summaryEn())
                .with(
                        "x-jingshu-meter",
                        meter(method))
                .with("x-jingshu-personal", new Json.Bool(method.personal()))
                .with("x-jingshu-max-answer-bytes", new Json.Num(Long.toString(method.maxAnswerBytes())))
                .with("x-jingshu-grpc", method.fullMethodName());
        if (method.retirement() != null) {
            operation.with("deprecated", new Json.Bool(true));
        }
        withTexts(operation, "x-jingshu-resources", method.answerResources());
        List<Json> parameters = new ArrayList<>();
        Parameter.of(method, binding).forEach(parameter -> parameters.add(parameter(parameter)));
        if (method.streaming()) {
            parameters.add(ref("parameters", "LastEventId"));
        }
        if (!parameters.isEmpty()) {
            operation.with("parameters", new Json.Arr(parameters));
        }
        if (binding.takesBody()) {
            operation.with("requestBody", requestBody(method, binding));
        }
        return operation.with("responses", responses(method, binding));
    }

    /** What it costs; what a call without an answer costs only where it is not nothing. */
    private static Json.Obj meter(ContractMethod method) {
        Json.Obj meter = Json.Obj.empty()
                .with("unit", method.meterUnit().name())
                .with("staleIsFree", new Json.Bool(method.staleIsFree()));
        withUnits(meter, "notModifiedUnits", method.notModifiedUnits());
        withUnits(meter, "refusedUnits", method.refusedUnits());
        withUnits(meter, "failedUnits", method.failedUnits());
        return meter;
    }

    private static void withUnits(Json.Obj meter, String name, int units) {
        if (units > 0) {
            meter.with(name, new Json.Num(Integer.toString(units)));
        }
    }

    private Json.Obj parameter(Parameter parameter) {
        FieldFacts facts = parameter.facts();
        Json.Obj schema = schemaOfValue(facts.field(), facts, true);
        if (facts.isList()) {
            schema = list(schema, facts, true);
        }
        Json.Obj described = Json.Obj.empty()
                .with("name", parameter.name())
                .with("in", parameter.inPath() ? "path" : "query")
                .withUnlessEmpty("description", description(facts))
                .with("required", new Json.Bool(parameter.required()))
                .with("schema", schema);
        if (!facts.example().isEmpty()) {
            Json one = Examples.ofField(facts);
            described.with("example", facts.isList() ? new Json.Arr(List.of(one)) : one);
        }
        withGovernance(described, facts);
        return described;
    }

    private Json.Obj requestBody(ContractMethod method, HttpBinding binding) {
        Json.Obj whole = Examples.ofMessage(method, method.request());
        Json.Obj media = Json.Obj.empty();
        Json example = null;
        if (binding.body() instanceof Body.One(var field)) {
            media.with("schema", property(method, FieldFacts.of(field), true));
            example = whole.members().get(field.getJsonName());
        } else {
            media.with("schema", bodySchema(method, binding));
            binding.path().variables().forEach(variable -> whole.members()
                    .remove(PathTemplate.jsonPath(variable.field())));
            example = whole.members().isEmpty() ? null : whole;
        }
        if (example != null) {
            media.with("example", example);
        }
        return Json.Obj.empty()
                .with("required", new Json.Bool(true))
                .with("content", Json.Obj.empty().with(JSON, media));
    }

    /** The request without the fields that its path gives; only when it gives none is it a schema with a name. */
    private Json.Obj bodySchema(ContractMethod method, HttpBinding binding) {
        Set<String> inPath = new HashSet<>();
        binding.path().variables().forEach(variable -> inPath.add(variable.field()));
        return inPath.isEmpty()
                ? message(method, method.request())
                : object(method, method.request(), inPath);
    }

    private Json.Obj responses(ContractMethod method, HttpBinding binding) {
        boolean conditional = binding.verb().equals("GET") && !method.streaming();
        Json.Obj headers = Json.Obj.empty()
                .with("X-Request-Id", ref("headers", "XRequestId"))
                .with("RateLimit", ref("headers", "RateLimit"))
                .with("RateLimit-Policy", ref("headers", "RateLimitPolicy"));
        if (conditional) {
            headers.with("ETag", ref("headers", "ETag"));
        }
        headers.with("Jingshu-Event-Id", ref("headers", "EventId")) // of a stream, only where it is told as opened before
                .with("Idempotency-Replayed", ref("headers", "IdempotencyReplayed"));
        if (!method.streaming()) {
            headers.with("Jingshu-Stale", ref("headers", "Stale"));
        }
        Json.Obj responses = Json.Obj.empty()
                .with(
                        "200",
                        Json.Obj.empty()
                                .with("description", "成功 · The answer")
                                .with("headers", headers)
                                .with("content", answerContent(method)));
        if (conditional) {
            responses.with("304", ref("responses", "NotModified"));
        }
        for (Refusal refusal : Refusal.values()) {
            if (binding.takesBody() || !refusal.ofBody) {
                responses.with(refusal.status, ref("responses", refusal.component));
            }
        }
        return responses;
    }

    private Json.Obj answerContent(ContractMethod method) {
        if (method.answersBytes()) {
            Json.Obj media = Json.Obj.empty();
            if (dialect == Dialect.V3_0) {
                media.with("schema", Json.Obj.empty().with("type", "string").with("format", "binary"));
            }
            return Json.Obj.empty().with("application/octet-stream", media);
        }
        Json.Obj item = message(method, method.response());
        if (method.streaming()) {
            // OpenAPI 3.0 and 3.1 cannot say what an event holds; a generator that took the item for the whole body
            // would fail on the first event, so the item is an extension.
            return Json.Obj.empty()
                    .with(
                            "text/event-stream",
                            Json.Obj.empty()
                                    .with(
                                            "schema",
                                            Json.Obj.empty()
                                                    .with("type", "string")
                                                    .with(
                                                            "description",
                                                            "服务器推送事件;每个事件的 data 为一个 JSON 对象,id 可用于续传。"
                                                                    + " Server-sent events; the data of each is one JSON"
                                                                    + " object, its id continues the stream."))
                                    .with("x-jingshu-item", item));
        }
        Json.Obj media = Json.Obj.empty().with("schema", item);
        Json.Obj example = Examples.ofMessage(method, method.response());
        Json.Obj referred = Examples.whereReferred(method, method.response());
        if (!referred.equals(example)) {
            media.with("examples", Json.Obj.empty()
                    .with("usual", Json.Obj.empty().with("value", example))
                    .with("referred", Json.Obj.empty()
                            .with("summary", new Json.Text("沙箱测试对象 REFER:须由人复核。 Sandbox, test subject REFER: a person has to look."))
                            .with("value", referred)));
        } else if (!example.members().isEmpty()) {
            media.with("example", example);
        }
        return Json.Obj.empty().with(JSON, media);
    }

    private Json.Obj message(ContractMethod method, Descriptor message) {
        String name = schemaName(message.getFullName(), message.getFile());
        if (schemas.putIfAbsent(name, Json.Null.NULL) == null) { // null stands for a schema that is being written
            schemas.put(name, object(method, message, Set.of()));
        }
        return ref("schemas", name);
    }

    private Json.Obj object(ContractMethod method, Descriptor message, Set<String> without) {
        boolean request = inRequests.contains(message);
        Json.Obj properties = Json.Obj.empty();
        List<String> required = new ArrayList<>();
        for (FieldFacts facts : method.facts(message).fields()) {
            if (without.contains(facts.field().getName())) {
                continue;
            }
            properties.with(facts.jsonName(), property(method, facts, request));
            if (request ? facts.required() : !facts.field().hasPresence()) {
                required.add(facts.jsonName());
            }
        }
        Json.Obj schema = Json.Obj.empty().with("type", "object").with("properties", properties);
        withTexts(schema, "required", required);
        return schema;
    }

    private Json.Obj property(ContractMethod method, FieldFacts facts, boolean request) {
        FieldDescriptor field = facts.field();
        Descriptor inner = Contract.messageBehind(field);
        FieldDescriptor valueField =
                field.isMapField() ? field.getMessageType().findFieldByName("value") : field;
        Json.Obj schema = inner != null ? message(method, inner) : schemaOfValue(valueField, facts, request);
        if (field.isMapField()) {
            schema = Json.Obj.empty().with("type", "object").with("additionalProperties", schema);
        } else if (field.isRepeated()) {
            schema = list(schema, facts, request);
        }
        Json.Obj notes = Json.Obj.empty().withUnlessEmpty("description", description(facts));
        if (!facts.example().isEmpty() && inner == null && !field.isMapField()) {
            Json one = Examples.ofField(facts);
            Json example = facts.isList() ? new Json.Arr(List.of(one)) : one;
            if (dialect == Dialect.V3_0) {
                notes.with("example", example);
            } else {
                notes.with("examples", new Json.Arr(List.of(example)));
            }
        }
        withGovernance(notes, facts);
        if (notes.members().isEmpty()) {
            return schema;
        }
        if (dialect == Dialect.V3_0 && schema.members().containsKey("$ref")) {
            schema = Json.Obj.empty().with("allOf", new Json.Arr(List.of(schema))); // 3.0 ignores what stands beside $ref
        }
        notes.members().forEach(schema::with);
        return schema;
    }

    private static Json.Obj list(Json.Obj item, FieldFacts facts, boolean request) {
        Json.Obj schema = Json.Obj.empty().with("type", "array").with("items", item);
        return request ? schema.with("maxItems", new Json.Num(Integer.toString(facts.maxLength()))) : schema;
    }

    /** The schema of one value that is no message of the contract. */
    private Json.Obj schemaOfValue(FieldDescriptor field, FieldFacts facts, boolean request) {
        FieldDescriptor scalar = FieldValues.scalar(field);
        Json.Obj schema =
                switch (FieldKind.of(scalar)) {
                    case TIMESTAMP -> Json.Obj.empty().with("type", "string").with("format", "date-time");
                    case DURATION ->
                        Json.Obj.empty().with("type", "string").with("pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$");
                    case FIELD_MASK -> Json.Obj.empty().with("type", "string");
                    case SCALAR -> scalar(scalar);
                    case MESSAGE, WRAPPER, HTTP_BODY, FREE_FORM ->
                        throw new IllegalStateException(field.getFullName() + " is no single value");
                };
        if (request && scalar.getJavaType() == FieldDescriptor.JavaType.STRING) {
            int most = facts.field().isRepeated() ? FieldFacts.DEFAULT_MAX_LENGTH : facts.maxLength();
            schema.with("maxLength", new Json.Num(Integer.toString(most)));
        }
        if (schema.members().get("type") instanceof Json.Text(var type) && !type.equals("string")) {
            withBound(schema, "minimum", facts.minimum());
            withBound(schema, "maximum", facts.maximum());
        }
        return schema;
    }

    private Json.Obj scalar(FieldDescriptor field) {
        return switch (field.getType()) {
            case STRING -> Json.Obj.empty().with("type", "string");
            case BOOL -> Json.Obj.empty().with("type", "boolean");
            case INT32, SINT32, SFIXED32 -> Json.Obj.empty().with("type", "integer").with("format", "int32");
            case UINT32, FIXED32 ->
                Json.Obj.empty().with("type", "integer").with("format", "int64").with("minimum", new Json.Num("0"));
            // ProtoJSON writes 64-bit integers as strings, since JavaScript would round them.
            case INT64, SINT64, SFIXED64 -> Json.Obj.empty().with("type", "string").with("format", "int64");
            case UINT64, FIXED64 -> Json.Obj.empty().with("type", "string").with("format", "uint64");
            case DOUBLE -> Json.Obj.empty().with("type", "number").with("format", "double");
            case FLOAT -> Json.Obj.empty().with("type", "number").with("format", "float");
            case BYTES ->
                dialect == Dialect.V3_0
                        ? Json.Obj.empty().with("type", "string").with("format", "byte")
                        : Json.Obj.empty().with("type", "string").with("contentEncoding", "base64");
            case ENUM -> choice(field.getEnumType());
            case MESSAGE, GROUP -> throw new IllegalStateException(field.getFullName() + " is no scalar");
        };
    }

    private Json.Obj choice(EnumDescriptor type) {
        String name = schemaName(type.getFullName(), type.getFile());
        List<String> names = new ArrayList<>();
        type.getValues().forEach(value -> names.add(value.getName()));
        schemas.putIfAbsent(name, Json.Obj.empty().with("type", "string").with("enum", Json.Arr.ofTexts(names)));
        return ref("schemas", name);
    }

    private static void withBound(Json.Obj schema, String name, @Nullable Double bound) {
        if (bound != null) {
            schema.with(name, new Json.Num(FieldValues.plain(bound)));
        }
    }

    private static String description(FieldFacts facts) {
        String both = facts.docZh().isEmpty() || facts.docEn().isEmpty() ? "" : " · ";
        return facts.docZh() + both + facts.docEn();
    }

    private static void withGovernance(Json.Obj schema, FieldFacts facts) {
        withTexts(schema, "x-jingshu-resources", facts.resources());
        if (facts.sensitivity() != Sensitivity.SENSITIVITY_UNSPECIFIED) {
            schema.with("x-jingshu-sensitivity", facts.sensitivity().name());
        }
        if (facts.subject()) {
            schema.with("x-jingshu-subject", new Json.Bool(true));
        }
        schema.withUnlessEmpty("x-jingshu-unit", facts.unit());
    }

    private static void withTexts(Json.Obj object, String name, List<String> texts) {
        if (!texts.isEmpty()) {
            object.with(name, Json.Arr.ofTexts(texts));
        }
    }

    /**
     * The name of a schema: the message's, with the product before it unless it begins with it, so that adding a product
     * never renames another's: {@code jingshu.transit.v1.Stop} is {@code TransitStop}, {@code …v2.Stop} {@code TransitV2Stop}.
     */
    private String schemaName(String fullName, FileDescriptor file) {
        String packageName = file.getPackage();
        var prefix = new StringBuilder();
        for (String part : packageName.split("\\.", -1)) {
            if (!part.equals("jingshu") && !part.equals("v1")) {
                prefix.append(capital(camel(part.replace('_', '-'))));
            }
        }
        String own = fullName.substring(packageName.isEmpty() ? 0 : packageName.length() + 1)
                .replace(".", "");
        String name = own.startsWith(prefix.toString()) ? own : prefix + own;
        String owner = schemaOwners.putIfAbsent(name, fullName);
        if (owner != null && !owner.equals(fullName)) {
            throw new ContractException(owner + " and " + fullName + " would both be the schema " + name + ".");
        }
        return name;
    }

    private static String camel(String code) {
        var out = new StringBuilder(code.length());
        for (String part : code.split("-", -1)) {
            out.append(out.isEmpty() ? part : capital(part));
        }
        return out.toString();
    }

    private static String capital(String word) {
        return word.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }

    private static Json.Obj ref(String kind, String name) {
        return Json.Obj.empty().with("$ref", "#/components/" + kind + "/" + name);
    }

    // What all operations share.

    /** The refusals every operation can give; the edge's error vocabulary has their codes. */
    private enum Refusal {
        BAD_REQUEST("400", "BadRequest", false, "请求不符合契约 · The request breaks the contract"),
        UNAUTHORIZED("401", "Unauthorized", false, "缺少密钥或密钥无效 · The key is missing or not valid"),
        FORBIDDEN("403", "Forbidden", false, "密钥不允许此次调用 · The key does not allow this call"),
        NOT_FOUND("404", "NotFound", false, "没有此内容 · There is no such thing"),
        METHOD_NOT_ALLOWED("405", "MethodNotAllowed", false, "此路径不接受该方法 · The path is called by other verbs"),
        CONFLICT("409", "Conflict", false, "同一幂等键的调用仍在处理 · The call with this Idempotency-Key is still running"),
        PAYLOAD_TOO_LARGE("413", "PayloadTooLarge", true, "请求体过大 · The body is too large"),
        UNSUPPORTED_MEDIA_TYPE("415", "UnsupportedMediaType", true, "请求体须为 JSON · The body must be JSON"),
        UNPROCESSABLE("422", "Unprocessable", false, "幂等键已用于另一请求 · The Idempotency-Key was used for another request"),
        TOO_MANY_REQUESTS("429", "TooManyRequests", false, "限流或配额用尽 · Too fast, or the quota is used up"),
        INTERNAL("500", "InternalError", false, "内部错误,不计费 · An internal error, never billed"),
        UNAVAILABLE("503", "Unavailable", false, "暂不可用,不计费 · Not available now, never billed");

        private final String status;
        private final String component;
        private final boolean ofBody;

        private final String description;

        Refusal(String status, String component, boolean ofBody, String description) {
            this.status = status;
            this.component = component;
            this.ofBody = ofBody;
            this.description = description;
        }
    }

    private Json.Obj components() {
        schemas.put("Problem", problem());
        schemas.put("ProblemViolation", violation());
        Json.Obj named = Json.Obj.empty();
        schemas.entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .forEach(entry -> named.with(entry.getKey(), entry.getValue()));
        return Json.Obj.empty()
                .with("schemas", named)
                .with("responses", refusals())
                .with("parameters", Json.Obj.empty().with("LastEventId", lastEventId()))
                .with("headers", headers())
                .with(
                        "securitySchemes",
                        Json.Obj.empty()
                                .with(
                                        "bearerAuth",
                                        Json.Obj.empty().with("type", "http").with("scheme", "bearer"))
                                .with(
                                        "apiKey",
                                        Json.Obj.empty()
                                                .with("type", "apiKey")
                                                .with("in", "header")
                                                .with("name", "X-API-Key")));
    }

    private static Json.Obj refusals() {
        Json.Obj responses = Json.Obj.empty()
                .with(
                        "NotModified",
                        Json.Obj.empty()
                                .with("description", "未变化 · Unchanged since the ETag in If-None-Match")
                                .with("headers", Json.Obj.empty().with("ETag", ref("headers", "ETag"))));
        for (Refusal refusal : Refusal.values()) {
            Json.Obj headers = Json.Obj.empty().with("X-Request-Id", ref("headers", "XRequestId"));
            if (refusal == Refusal.TOO_MANY_REQUESTS) {
                headers.with("RateLimit", ref("headers", "RateLimit"))
                        .with("RateLimit-Policy", ref("headers", "RateLimitPolicy"));
            }
            if (refusal == Refusal.TOO_MANY_REQUESTS || refusal == Refusal.UNAVAILABLE || refusal == Refusal.CONFLICT) {
                headers.with("Retry-After", ref("headers", "RetryAfter"));
            }
            responses.with(
                    refusal.component,
                    Json.Obj.empty()
                            .with("description", refusal.description)
                            .with("headers", headers)
                            .with(
                                    "content",
                                    Json.Obj.empty()
                                            .with(
                                                    PROBLEM,
                                                    Json.Obj.empty().with("schema", ref("schemas", "Problem")))));
        }
        return responses;
    }

    private static Json.Obj lastEventId() {
        return Json.Obj.empty()
                .with("name", "Last-Event-ID")
                .with("in", "header")
                .with("description", "从此事件之后继续 · Continues behind this event")
                .with("required", new Json.Bool(false))
                .with("schema", text("").with("maxLength", new Json.Num("200")));
    }

    private static Json.Obj headers() {
        return Json.Obj.empty()
                .with("XRequestId", header("请求编号 · Id of the request, also in every problem", "string"))
                .with(
                        "RateLimit",
                        header(
                                "剩余额度与重置秒数(draft-ietf-httpapi-ratelimit-headers-11)"
                                        + " · What is left and when it resets, as \"rate\";r=50;t=30, \"month\";r=900;t=1209600",
                                "string"))
                .with(
                        "RateLimitPolicy",
                        header(
                                "限流策略(draft-ietf-httpapi-ratelimit-headers-11)"
                                        + " · The limits that apply, as \"rate\";q=100;w=60, \"month\";q=1000;w=2592000",
                                "string"))
                .with("EventId", header("用量事件编号,查账与争议时使用 · The usage event; keep it for disputes", "string"))
                .with("Stale", header("true:所依据的数据已过更新周期或不完整 · true: the data behind it are older than their cycle or incomplete", "boolean"))
                .with(
                        "IdempotencyReplayed",
                        header("true:已存的应答,不再计费 · true: the stored answer, not billed again", "boolean"))
                .with("RetryAfter", header("多少秒后可重试 · Seconds to wait before trying again", "integer"))
                .with("ETag", header("内容标识,可放入 If-None-Match · Names this content, for If-None-Match", "string"));
    }

    private static Json.Obj header(String description, String type) {
        return Json.Obj.empty()
                .with("description", description)
                .with("schema", Json.Obj.empty().with("type", type));
    }

    private static Json.Obj problem() {
        Json.Obj properties = Json.Obj.empty()
                .with("type", text("此类问题的标识 · Names the kind of problem").with("format", "uri-reference"))
                .with("title", text("The kind of problem, in English"))
                .with("titleZh", text("问题类别(中文)"))
                .with(
                        "status",
                        Json.Obj.empty()
                                .with("type", "integer")
                                .with("format", "int32")
                                .with("description", "HTTP 状态码 · The HTTP status"))
                .with("detail", text("What happened this time, in English"))
                .with("detailZh", text("此次情况说明(中文)"))
                .with("instance", text("此次问题的标识 · Names this occurrence").with("format", "uri-reference"))
                .with("code", text("稳定的错误码 · Stable code for programs"))
                .with("requestId", text("请求编号 · The request, as in X-Request-Id"))
                .with(
                        "violations",
                        Json.Obj.empty()
                                .with("type", "array")
                                .with("items", ref("schemas", "ProblemViolation")))
                .with(
                        "violated-policies",
                        Json.Obj.empty()
                                .with("type", "array")
                                .with("items", text(""))
                                .with(
                                        "description",
                                        "已触及的限额,名称同 RateLimit-Policy · The limits that were reached, by their"
                                                + " names in RateLimit-Policy"));
        return Json.Obj.empty()
                .with("type", "object")
                .with("description", "RFC 9457 问题描述 · RFC 9457 problem details")
                .with("properties", properties)
                .with(
                        "required",
                        Json.Arr.ofTexts(List.of(
                                "type", "title", "titleZh", "status", "detail", "detailZh", "code", "requestId")));
    }

    private static Json.Obj violation() {
        return Json.Obj.empty()
                .with("type", "object")
                .with("description", "一个不符合契约的字段 · One field that breaks the contract")
                .with(
                        "properties",
                        Json.Obj.empty()
                                .with("field", text("字段路径;空:整个请求 · Path of the field; empty: the whole request"))
                                .with("detail", text("Why, in English"))
                                .with("detailZh", text("原因(中文)")))
                .with("required", Json.Arr.ofTexts(List.of("field", "detail", "detailZh")));
    }

    private static Json.Obj text(String description) {
        return Json.Obj.empty().with("type", "string").withUnlessEmpty("description", description);
    }
}
