package cn.jingshu.products.kind.upstream;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.Declaration.Op;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.Members;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a product of kind upstream is answered.
 *
 * @param address where the source is: {@code https://host/base} or, of gRPC, {@code grpcs://host:port}
 * @param sandbox where its own sandbox is; null: the sandbox answers the contract's examples
 * @param calls of HTTP, by the names of the operations; empty: it is asked over gRPC
 * @param freshness how an answer says of when it is, by the names of the operations; of others the source says nothing
 */
public record UpstreamDefinition(URI address, @Nullable URI sandbox, Map<String, HttpCall> calls, Map<String, Freshness> freshness) {
    /** A year: what is fresh for longer says nothing by its age. */
    private static final int MOST_AGE_SECONDS = 31_536_000;

    /** Stands for an address that is none. */
    private static final URI NOWHERE = URI.create("https://nowhere.invalid");

    public UpstreamDefinition {
        calls = Map.copyOf(calls);
        freshness = Map.copyOf(freshness);
    }

    /** Of a source that says nothing of when its answers are. */
    public UpstreamDefinition(URI address, @Nullable URI sandbox, Map<String, HttpCall> calls) {
        this(address, sandbox, calls, Map.of());
    }

    /**
     * How long an answer is fresh, by what it says itself.
     *
     * @param field of the answer, by its name in the contract: the moment the data behind it are of
     * @param most how long after that moment they are fresh
     */
    public record Freshness(String field, Duration most) {
        /** By how much a source's clock may be ahead of ours. */
        private static final Duration AHEAD = Duration.ofMinutes(5);

        /** Whether what was so at {@code of} is fresh at {@code now}; null, and what lies ahead, says nothing and is not. */
        boolean isFresh(@Nullable Instant of, Instant now) {
            return of != null && !of.isBefore(now.minus(most)) && !of.isAfter(now.plus(AHEAD));
        }
    }

    /**
     * How one operation is asked, as the source's OpenAPI document says.
     *
     * @param path below the address, with parameters in braces
     * @param inPath parameters that stand in the path, by the name there
     * @param inQuery the same of the query
     * @param inBody the same of the JSON body; empty: there is none
     * @param root JSON pointer to what of the answer is taken; empty: the whole
     */
    public record HttpCall(Op op, String verb, String path, Map<String, Field> inPath, Map<String, Field> inQuery, Map<String, Field> inBody, String root) {
        public HttpCall {
            inPath = Map.copyOf(inPath);
            inQuery = Map.copyOf(inQuery);
            inBody = Map.copyOf(inBody);
        }
    }

    /** Where the contract comes as a descriptor set: the set in Base64; empty: it does not. */
    public static String descriptorSetOf(Declaration declaration) {
        return declaration.how().path("grpc").path("descriptorSet").asText("");
    }

    /** Reads the upstream parts of a declaration; what is wrong is noted, and what is returned then is of no use but to look further. */
    public static UpstreamDefinition read(Declaration declaration, AddressGuard guard, Faults faults) {
        Members members = new Members(declaration.how(), "upstream", faults);
        boolean grpc = !members.node("grpc").isMissingNode();
        faults.require(grpc == members.node("http").isMissingNode(), "upstream", "须有 http 与 grpc 之一", "either http or grpc is expected");
        UpstreamDefinition read = grpc ? grpc(members.node("grpc"), guard, faults) : http(declaration, members.node("http"), guard, faults);
        Map<String, Freshness> freshness = new HashMap<>();
        for (Map.Entry<String, JsonNode> each : members.node("freshness").properties()) {
            Members of = new Members(each.getValue(), "upstream.freshness." + each.getKey(), faults);
            freshness.put(each.getKey(), new Freshness(of.text("field"), Duration.ofSeconds(of.count("maxAgeSeconds", 0, 1, MOST_AGE_SECONDS))));
            of.end();
        }
        members.end();
        return new UpstreamDefinition(read.address(), read.sandbox(), read.calls(), freshness);
    }

    /** Notes what of {@link #freshness} does not go with the contract. */
    public void checkFreshness(Contract contract, Faults faults) {
        freshness.forEach((operation, says) -> {
            String place = "upstream.freshness." + operation;
            Optional<ContractMethod> method = contract.methods().stream().filter(each -> each.name().equals(operation)).findFirst();
            if (faults.require(method.isPresent(), place, "契约中没有该操作", "the contract has no such operation")) {
                FieldDescriptor field = method.get().response().findFieldByName(says.field());
                faults.require(field != null && !field.isRepeated() && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                                && field.getMessageType().getFullName().equals(Timestamp.getDescriptor().getFullName()), place + ".field",
                        "须为应答中的一个时间(TIMESTAMP)字段", "a single field of the answer of type TIMESTAMP is expected");
            }
        });
    }

    private static UpstreamDefinition grpc(JsonNode node, AddressGuard guard, Faults faults) {
        Members members = new Members(node, "upstream.grpc", faults);
        URI address = address(members, "target", Set.of("grpcs", "grpc"), guard);
        URI sandbox = members.node("sandboxTarget").isMissingNode() ? null : address(members, "sandboxTarget", Set.of("grpcs", "grpc"), guard);
        requireOther(members, "sandboxTarget", address, sandbox);
        members.node("descriptorSet");
        members.end();
        return new UpstreamDefinition(address, sandbox, Map.of());
    }

    private static UpstreamDefinition http(Declaration declaration, JsonNode node, AddressGuard guard, Faults faults) {
        Members members = new Members(node, "upstream.http", faults);
        URI address = address(members, "baseUrl", Set.of("https", "http"), guard);
        URI sandbox = members.node("sandboxBaseUrl").isMissingNode() ? null : address(members, "sandboxBaseUrl", Set.of("https", "http"), guard);
        requireOther(members, "sandboxBaseUrl", address, sandbox);
        JsonNode openApi = members.node("openapi");
        boolean known = openApi.path("openapi").asText("").startsWith("3.");
        faults.require(known, "upstream.http.openapi", "须为 OpenAPI 3 文档", "a document of OpenAPI 3 is expected");
        members.end();
        Map<String, HttpCall> calls = new HashMap<>();
        if (known) {
            for (Op op : declaration.operations()) {
                HttpCall call = new OpenApiReading(openApi, faults).callOf(op);
                if (call != null) {
                    calls.put(op.name(), call);
                }
            }
        }
        return new UpstreamDefinition(address, sandbox, calls);
    }

    /** A sandbox key never reaches live data. Two names of one host cannot be told apart from two hosts here. */
    private static void requireOther(Members members, String name, URI address, @Nullable URI sandbox) {
        if (sandbox != null && !address.equals(NOWHERE)) {
            members.faults().require(!placeOf(sandbox).equals(placeOf(address)), members.placeOf(name), "沙箱地址不得与正式地址相同(主机、端口与路径)",
                    "the sandbox must not be the live source: host, port and path are the same");
        }
    }

    /** Host, port and path; over gRPC the path leads nowhere. */
    private static List<String> placeOf(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
        boolean http = uri.getScheme().toLowerCase(Locale.ROOT).startsWith("http");
        String path = http ? uri.normalize().getPath().replaceAll("/+", "/").replaceAll("/$", "") : "";
        return List.of(host, Integer.toString(portOf(uri)), path);
    }

    private static URI address(Members members, String name, Set<String> schemes, AddressGuard guard) {
        String text = members.text(name);
        String place = members.placeOf(name);
        Faults faults = members.faults();
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException wrong) {
            faults.add(place, "不是网址", "is no URL");
            return NOWHERE;
        }
        String host = uri.getHost();
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (host == null || !schemes.contains(scheme) || uri.getRawUserInfo() != null || uri.getRawFragment() != null || uri.getRawQuery() != null) {
            faults.add(place, "应为不含用户名、查询与片段的网址(" + String.join("、", schemes) + ")",
                    "a URL without user name, query and fragment is expected, of " + String.join(" or ", schemes));
            return NOWHERE;
        }
        boolean plain = scheme.equals("http") || scheme.equals("grpc");
        faults.require(!plain || guard.isInner(host, portOf(uri)), place, "只有运营机构列为内网的主机可不加密", "only a host that the operator lists as inner may do without TLS");
        return uri;
    }

    /** The port of an address, its scheme's own where none is given. */
    static int portOf(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        boolean plain = uri.getScheme().equalsIgnoreCase("http") || uri.getScheme().equalsIgnoreCase("grpc");
        return plain ? 80 : 443;
    }

    /** Looks whether the source may be asked and its name is known, without asking it anything. */
    public void check(AddressGuard guard, Faults faults) {
        List<URI> all = new ArrayList<>(List.of(address));
        if (sandbox != null) {
            all.add(sandbox);
        }
        for (URI each : all) {
            try {
                guard.resolve(each.getHost(), portOf(each));
            } catch (AddressGuard.Refused refused) {
                faults.add("upstream", "不允许访问该主机", String.valueOf(refused.getMessage()));
            } catch (UnknownHostException unknown) {
                faults.add("upstream", "无法解析主机名 " + each.getHost(), "the host " + each.getHost() + " is not known");
            }
        }
    }

    /** Reads of an OpenAPI document what is needed to ask: GET and POST, JSON, parameters in path, query and body. */
    private static final class OpenApiReading {
        private final JsonNode document;
        private final Faults faults;

        private OpenApiReading(JsonNode document, Faults faults) {
            this.document = document;
            this.faults = faults;
        }

        private @Nullable HttpCall callOf(Op op) {
            String place = "operations." + op.name() + ".upstream";
            Members members = new Members(op.how(), place, faults);
            String operationId = members.text("operationId");
            String root = members.textOr("root", "");
            faults.require(root.isEmpty() || root.startsWith("/"), members.placeOf("root"), "应为 JSON 指针", "a JSON pointer is expected");
            members.end();
            for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
                for (String verb : List.of("get", "post")) {
                    JsonNode operation = path.getValue().path(verb);
                    if (!operationId.isEmpty() && operation.path("operationId").asText("").equals(operationId)) {
                        return call(op, place, verb, path.getKey(), path.getValue(), operation, root);
                    }
                }
            }
            faults.add(place, "OpenAPI 文档中没有 GET 或 POST 操作 " + operationId, "the OpenAPI document has no operation " + operationId + " of GET or POST");
            return null;
        }

        private HttpCall call(Op op, String place, String verb, String path, JsonNode item, JsonNode operation, String root) {
            Map<String, Field> inPath = new HashMap<>();
            Map<String, Field> inQuery = new HashMap<>();
            Map<String, Field> inBody = new HashMap<>();
            Set<Field> left = new LinkedHashSet<>(op.parameters());
            List<JsonNode> parameters = new ArrayList<>();
            item.path("parameters").forEach(parameters::add);
            operation.path("parameters").forEach(parameters::add);
            for (JsonNode each : parameters) {
                JsonNode parameter = resolved(each);
                String name = parameter.path("name").asText("");
                String in = parameter.path("in").asText("");
                Field field = find(left, name);
                if (field == null) {
                    faults.require(!parameter.path("required").asBoolean(false), place, "上游必需的参数 " + name + " 未声明",
                            "the source needs a parameter " + name + ", which is not declared");
                    continue;
                }
                left.remove(field);
                switch (in) {
                    case "path" -> {
                        inPath.put(name, field);
                        faults.require(field.required(), place, "路径参数 " + name + " 须必填", "the parameter " + name + " stands in the path and must be required");
                    }
                    case "query" -> inQuery.put(name, field);
                    default -> faults.add(place, "参数 " + name + " 须在路径或查询中", "the parameter " + name + " must stand in the path or the query");
                }
            }
            JsonNode schema = resolved(resolved(operation.path("requestBody")).path("content").path("application/json").path("schema"));
            schema.path("properties").properties().forEach(property -> {
                Field field = find(left, property.getKey());
                if (field != null) {
                    inBody.put(property.getKey(), field);
                    left.remove(field);
                }
            });
            left.forEach(field -> faults.add(place, "上游操作没有参数 " + field.name(), "the source's operation has no parameter " + field.name()));
            answer(op, place, operation, root);
            return new HttpCall(op, verb.toUpperCase(Locale.ROOT), path, inPath, inQuery, inBody, root);
        }

        private static @Nullable Field find(Set<Field> fields, String name) {
            return fields.stream().filter(field -> field.name().equals(name) || camel(field.name()).equals(name)).findFirst().orElse(null);
        }

        private static String camel(String name) {
            StringBuilder out = new StringBuilder();
            for (String part : name.split("_", -1)) {
                out.append(out.isEmpty() || part.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
            }
            return out.toString();
        }

        /** What is answered has to be among what the document says is answered, of a type that fits. */
        private void answer(Op op, String place, JsonNode operation, String root) {
            JsonNode schema = resolved(resolved(operation.path("responses").path("200")).path("content").path("application/json").path("schema"));
            if (!faults.require(!schema.isMissingNode(), place, "OpenAPI 文档未说明 200 的 JSON 应答", "the document describes no JSON answer of status 200")) {
                return;
            }
            for (String step : root.isEmpty() ? List.<String>of() : List.of(root.substring(1).split("/", -1))) {
                schema = resolved(schema.path("properties").path(step));
            }
            if (schema.path("type").asText("").equals("array") && op.columns().size() == 1 && op.columns().getFirst().repeated()) {
                return;
            }
            for (Field column : op.columns()) {
                JsonNode property = schema.path("properties").path(column.name());
                property = resolved(property.isMissingNode() ? schema.path("properties").path(camel(column.name())) : property);
                String type = property.path("type").asText("");
                faults.require(property.isObject() && (type.isEmpty() || fits(column, type)), place, "上游应答没有类型相符的字段 " + column.name(),
                        "the source's answer has no field " + column.name() + " of a type that fits");
            }
        }

        private static boolean fits(Field column, String type) {
            if (column.repeated()) {
                return type.equals("array");
            }
            return switch (column.type()) {
                case STRING, DATE, TIMESTAMP -> type.equals("string");
                case BOOL -> type.equals("boolean");
                case INT32 -> type.equals("integer");
                case INT64 -> type.equals("integer") || type.equals("string");
                case DOUBLE -> type.equals("number") || type.equals("integer");
                case DECIMAL -> !type.equals("object") && !type.equals("array") && !type.equals("boolean");
                case MESSAGE -> type.equals("object");
            };
        }

        /** What a reference within the document leads to. */
        private JsonNode resolved(JsonNode node) {
            JsonNode at = node;
            for (int i = 0; i < 10 && at.has("$ref"); i++) {
                String ref = at.path("$ref").asText("");
                at = ref.startsWith("#/") ? document.at(ref.substring(1)) : MissingNode.getInstance();
            }
            return at;
        }
    }
}
