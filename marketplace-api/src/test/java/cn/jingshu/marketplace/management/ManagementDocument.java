package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.management.ControllerSource.Words;
import cn.jingshu.marketplace.management.Reached.Access;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitors;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.OpenApiDocument;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI 3.1 document of the management API, made from the source of its controllers: routes, parameters and bodies from their
 * annotations and types, words from their comments, and from what each method calls its roles, refusals, answers and needed fields.
 */
final class ManagementDocument {
    private static final String HTTP = "io.micronaut.http.annotation.";
    private static final Map<String, String> VERBS =
            Map.of(HTTP + "Get", "get", HTTP + "Post", "post", HTTP + "Put", "put", HTTP + "Delete", "delete", HTTP + "Patch", "patch");
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-zA-Z]+)}");
    private static final Pattern QUERY = Pattern.compile("\\{\\?([a-zA-Z,]+)}");
    private static final String JSON = "application/json";
    private static final String PROBLEM = "#/components/responses/Problem";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ControllerSource source;
    private final Map<String, ObjectNode> schemas = new TreeMap<>();
    private final Map<String, TypeElement> named = new TreeMap<>();
    private final Set<String> requests = new HashSet<>();
    private final Set<Element> needed = new HashSet<>();
    private final Map<Element, Reached> reached = new LinkedHashMap<>();
    private final Deque<TypeElement> toDescribe = new ArrayDeque<>();

    private ManagementDocument(ControllerSource source) {
        this.source = source;
    }

    /** A route of a controller. */
    private record Route(String verb, String path, List<String> query, TypeElement controller, ExecutableElement method) {}

    static String render(ControllerSource source) {
        return new ManagementDocument(source).document();
    }

    private String document() {
        List<Route> routes = source.types().stream().flatMap(this::routesOf)
                .sorted(Comparator.comparing(Route::path).thenComparing(Route::verb)).toList();
        for (Route route : routes) {
            reached.put(route.method(), Reached.from(source, route.method(), needed));
        }
        ObjectNode document = MAPPER.createObjectNode().put("openapi", "3.1.1");
        info(document.putObject("info"));
        document.putArray("servers").addObject().put("url", "http://localhost:8080");
        ArrayNode tags = document.putArray("tags");
        routes.stream().map(Route::controller).distinct().sorted(Comparator.comparing(ManagementDocument::tag)).forEach(controller -> {
            ObjectNode tag = tags.addObject().put("name", tag(controller));
            Words words = source.wordsOf(controller);
            if (!words.whole().isEmpty()) {
                tag.put("description", words.whole());
            }
        });
        ObjectNode paths = document.putObject("paths");
        Set<String> ids = new HashSet<>();
        for (Route route : routes) {
            ObjectNode item = paths.withObjectProperty(route.path());
            item.set(route.verb(), operation(route, ids));
        }
        while (!toDescribe.isEmpty()) {
            TypeElement next = toDescribe.pop();
            schemas.put(nameOf(next), described(next));
        }
        ObjectNode components = document.putObject("components");
        ObjectNode all = components.putObject("schemas");
        problem().forEach(schemas::put);
        schemas.forEach(all::set);
        components.putObject("responses").putObject("Problem").put("description", "RFC 9457 问题描述 · RFC 9457 problem details")
                .putObject("content").putObject("application/problem+json").putObject("schema").put("$ref", "#/components/schemas/Problem");
        security(components.putObject("securitySchemes"));
        return pretty(document);
    }

    private static void info(ObjectNode info) {
        info.put("title", "荆数管理接口 · Jingshu management API").put("version", "1").put("description", """
                荆数的管理接口:账户、账单、账簿、结算、治理与数据目录。由控制器的源代码生成。人员以登录会话(Cookie)访问,程序以接口密钥访问其本订阅的用量与账单;\
                每个操作列出可用的角色。错误为 RFC 9457 问题描述,含中英文说明与稳定的错误码。以自选编号 PUT 的创建可安全重试:重复同样的内容得到同样的结果。\
                凡带 ETag 的事实,以 If-Match 声明所见版本后再作决定。

                The management API of Jingshu: accounts, statements, books, settlements, governance and the catalogue; made from the source of its \
                controllers. People come with a session's cookie; programs with an API key, for the usage and bills of its own subscription. Every \
                operation lists the roles it is open to. Errors are RFC 9457 problem details in Chinese and English with stable codes. What is put under an id of \
                the caller's own may be sent again: the same content is answered the same. Facts with an ETag are decided about under If-Match. \
                An answer has every member its schema lists; null says that there is none.""");
    }

    private static void security(ObjectNode schemes) {
        schemes.putObject("session").put("type", "apiKey").put("in", "cookie").put("name", Visitors.SESSION_COOKIE)
                .put("description", "人员登录后的会话;安全要求中的角色为所需角色之一 · The session of a person who signed in; the roles in a security requirement are "
                        + "those of whom any one is let on: " + Stream.of(Role.values()).map(Role::name).collect(Collectors.joining(", ")));
        schemes.putObject("bearerAuth").put("type", "http").put("scheme", "bearer").put("description", "接口密钥 · An API key");
        schemes.putObject("apiKey").put("type", "apiKey").put("in", "header").put("name", "X-API-Key").put("description", "接口密钥 · An API key");
    }

    /** Problems look the same wherever they come from: their schemas are those of the products' document. */
    private static Map<String, ObjectNode> problem() {
        try {
            ObjectNode products = (ObjectNode) MAPPER.readTree(
                    OpenApiDocument.render(Contracts.described(List.of()), OpenApiDocument.Dialect.V3_1, "http://localhost:8080"));
            Map<String, ObjectNode> found = new TreeMap<>();
            products.at("/components/schemas").properties().forEach(each -> {
                if (each.getKey().startsWith("Problem")) {
                    found.put(each.getKey(), (ObjectNode) each.getValue());
                }
            });
            return found;
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    // Routes ------------------------------------------------------------------------------------------------------------

    private Stream<Route> routesOf(TypeElement type) {
        AnnotationMirror controller = annotation(type, HTTP + "Controller");
        if (controller == null) {
            return Stream.of();
        }
        String base = text(controller, "value");
        return type.getEnclosedElements().stream().filter(ExecutableElement.class::isInstance).map(ExecutableElement.class::cast)
                .flatMap(method -> VERBS.entrySet().stream().flatMap(verb -> {
                    AnnotationMirror route = annotation(method, verb.getKey());
                    return route == null ? Stream.of() : Stream.of(route(verb.getValue(), base, text(route, "value"), type, method));
                })).filter(each -> each.path().startsWith("/api"));
    }

    private static Route route(String verb, String base, String written, TypeElement type, ExecutableElement method) {
        List<String> query = List.of();
        Matcher stated = QUERY.matcher(written);
        if (stated.find()) {
            query = List.of(stated.group(1).split(",", -1));
        }
        String path = base + (written.equals("/") ? "" : stated.replaceAll(""));
        if (VARIABLE.matcher(path).replaceAll("").contains("{")) {
            throw new IllegalStateException("a path of another form: " + path);
        }
        return new Route(verb, path, query, type, method);
    }

    private static String tag(TypeElement controller) {
        return controller.getSimpleName().toString().replaceFirst("(Controller|Pages)$", "");
    }

    private ObjectNode operation(Route route, Set<String> ids) {
        Reached what = Objects.requireNonNull(reached.get(route.method()));
        Words words = source.wordsOf(route.method());
        String tag = tag(route.controller());
        String id = tag.substring(0, 1).toLowerCase(Locale.ROOT) + tag.substring(1) + capital(route.method().getSimpleName().toString());
        if (!ids.add(id)) {
            id = id + "By" + VARIABLE.matcher(route.path()).results().map(each -> capital(each.group(1))).collect(Collectors.joining());
            if (!ids.add(id)) {
                throw new IllegalStateException("two operations are called " + id);
            }
        }
        ObjectNode operation = MAPPER.createObjectNode().put("operationId", id);
        operation.putArray("tags").add(tag);
        if (!words.first().isEmpty()) {
            operation.put("summary", words.first());
        }
        String said = Stream.of(words.whole(), who(what)).filter(each -> !each.isEmpty()).collect(Collectors.joining("\n\n"));
        operation.put("description", said);
        security(operation, what);
        ArrayNode parameters = MAPPER.createArrayNode();
        for (VariableElement parameter : route.method().getParameters()) {
            parameter(route, parameter, what, words, parameters, operation);
        }
        if (!parameters.isEmpty()) {
            operation.set("parameters", parameters);
        }
        answers(route, what, operation);
        return operation;
    }

    private static String who(Reached what) {
        return switch (what.access) {
            case ANYONE -> "无须登录 · Open to everybody.";
            case KEY_OR_PERSON -> "本单位的密钥或人员;账簿读者可读他人的 · A key or a person of the organisation; readers of the books see those of others.";
            case PERSON -> "任何已登录人员 · Anybody who is signed in.";
            case ROLES -> "角色(之一)· Roles (any of): " + String.join(", ", what.roles) + ".";
        };
    }

    private static void security(ObjectNode operation, Reached what) {
        ArrayNode security = operation.putArray("security");
        switch (what.access) {
            case ANYONE -> {}
            case KEY_OR_PERSON -> {
                security.addObject().putArray("session");
                security.addObject().putArray("bearerAuth");
                security.addObject().putArray("apiKey");
            }
            case PERSON -> security.addObject().putArray("session");
            case ROLES -> what.roles.forEach(role -> security.addObject().putArray("session").add(role)); // any one of them
        }
    }

    private void parameter(Route route, VariableElement parameter, Reached what, Words words, ArrayNode parameters, ObjectNode operation) {
        String name = parameter.getSimpleName().toString();
        String type = parameter.asType().toString().replaceFirst("^@\\S+ ", "");
        if (type.equals("cn.jingshu.marketplace.visitor.Visitor") || type.startsWith("io.micronaut.http.HttpRequest")) {
            return;
        }
        if (type.equals("cn.jingshu.marketplace.management.IfMatch")) {
            ObjectNode header = parameters.addObject().put("name", "If-Match").put("in", "header").put("required", what.versionNeeded)
                    .put("description", "所见版本的 ETag · The ETag of what the sender has seen, or *");
            header.putObject("schema").put("type", "string");
            return;
        }
        boolean nullable = nullable(parameter, parameter.asType());
        if (annotation(parameter, HTTP + "Body") != null) {
            body(route, parameter, nullable, operation);
            return;
        }
        boolean inPath = route.path().contains("{" + name + "}");
        AnnotationMirror query = annotation(parameter, HTTP + "QueryValue");
        AnnotationMirror header = annotation(parameter, HTTP + "Header");
        if (!inPath && query == null && header == null && !route.query().contains(name)) {
            throw new IllegalStateException("where does " + name + " of " + route + " come from?");
        }
        String called = header == null ? name : text(header, "value");
        String preset = query == null ? "" : text(query, "defaultValue");
        ObjectNode stated = parameters.addObject().put("name", called).put("in", inPath ? "path" : header == null ? "query" : "header")
                .put("required", inPath || (!nullable && preset.isEmpty()));
        if (words.parameters().containsKey(name)) {
            stated.put("description", words.parameters().get(name));
        } else if (name.equals("cursor")) {
            stated.put("description", "上一页的 nextCursor · Where the page before ended; opaque");
        }
        ObjectNode schema = schema(parameter.asType());
        read(called, schema, what);
        if (name.equals("limit") && what.limited) {
            schema.put("minimum", 1).put("maximum", 1000);
        }
        if (!preset.isEmpty()) {
            switch (schema.path("type").asText()) {
                case "integer" -> schema.put("default", Long.parseLong(preset));
                case "boolean" -> schema.put("default", Boolean.parseBoolean(preset));
                default -> schema.put("default", preset);
            }
        }
        stated.set("schema", schema);
    }

    /** What the method makes of a text: one of an enum's names, or a day. */
    private void read(String name, ObjectNode schema, Reached what) {
        if (what.constants.containsKey(name)) {
            constants(what.constants.get(name)).forEach(schema.putArray("enum")::add);
        } else if (what.days.contains(name)) {
            schema.put("format", "date");
        }
    }

    private void body(Route route, VariableElement parameter, boolean nullable, ObjectNode operation) {
        ObjectNode body = operation.putObject("requestBody").put("required", !nullable);
        AnnotationMirror consumes = annotation(route.method(), HTTP + "Consumes");
        String type = consumes == null ? JSON : text(consumes, "value");
        ObjectNode media = body.putObject("content").putObject(type);
        if (parameter.asType() instanceof ArrayType) {
            media.putObject("schema").put("type", "string").put("contentMediaType", "application/octet-stream");
        } else if (parameter.asType().toString().endsWith("java.lang.String") && type.equals(JSON)) {
            media.putObject("schema").put("type", "object"); // read by its own rules, which the operation's text names
        } else {
            asRequests(parameter.asType());
            media.set("schema", schema(parameter.asType()));
        }
    }

    /** Marks a type and all it is made of as sent, not answered. */
    private void asRequests(TypeMirror type) {
        if (type instanceof DeclaredType declared && declared.asElement() instanceof TypeElement element) {
            declared.getTypeArguments().forEach(this::asRequests);
            if (element.getKind() == ElementKind.RECORD && requests.add(element.getQualifiedName().toString())) {
                element.getRecordComponents().forEach(each -> asRequests(each.asType()));
            }
        }
    }

    private void answers(Route route, Reached what, ObjectNode operation) {
        ObjectNode responses = operation.putObject("responses");
        TypeMirror type = route.method().getReturnType();
        boolean wrapped = type.toString().contains("HttpResponse<");
        TypeMirror body = wrapped ? ((DeclaredType) type).getTypeArguments().getFirst() : type;
        Set<Integer> statuses = new TreeSet<>(what.statuses);
        statuses.removeIf(each -> each >= 400);
        if (!wrapped || statuses.isEmpty()) {
            statuses = Set.of(200);
        }
        AnnotationMirror produces = annotation(route.method(), HTTP + "Produces");
        String media = produces == null ? "" : text(produces, "value");
        for (String verb : VERBS.keySet()) {
            AnnotationMirror mapped = annotation(route.method(), verb);
            if (mapped != null && media.isEmpty()) {
                media = text(mapped, "produces");
            }
        }
        for (int status : statuses) {
            ObjectNode answer = responses.putObject(Integer.toString(status)).put("description", switch (status) {
                case 201 -> "新建 · Created";
                case 202 -> "已受理 · Accepted";
                case 204 -> "无内容 · No content";
                case 304 -> "未变化 · Not modified";
                default -> "成功 · Done";
            });
            if (what.etag && wrapped) {
                answer.putObject("headers").putObject("ETag").put("description", "该事实的版本 · The version of the fact").putObject("schema").put("type", "string");
            }
            if (status != 204 && status != 304 && body.getKind() != TypeKind.VOID) {
                content(route, body, media, answer.putObject("content"));
            }
        }
        Map<Integer, Set<String>> refused = new TreeMap<>();
        refusals(route, what).forEach(each -> refused.computeIfAbsent(each.httpStatus(), _ -> new TreeSet<>()).add(each.code()));
        ObjectNode codes = operation.putObject("x-jingshu-codes");
        refused.forEach((status, of) -> {
            of.forEach(codes.putArray(Integer.toString(status))::add);
            responses.putObject(Integer.toString(status)).put("$ref", PROBLEM).put("description", String.join(", ", of));
        });
        responses.putObject("default").put("$ref", PROBLEM).put("description", "其他拒绝或故障 · Any other refusal or failure");
    }

    private void content(Route route, TypeMirror body, String media, ObjectNode content) {
        String type = body.toString().replaceFirst("^@\\S+ ", "");
        if (type.endsWith("StreamedFile") || body instanceof ArrayType) {
            String binary = media.isEmpty() ? "application/octet-stream" : media;
            content.putObject(binary).putObject("schema").put("type", "string").put("contentMediaType", binary);
        } else if (type.equals("java.lang.String")) {
            String text = media.isEmpty() ? JSON : media;
            content.putObject(text).putObject("schema").put("type", text.endsWith("json") ? "object" : "string");
        } else if (type.equals("java.lang.Object")) {
            ArrayNode either = content.putObject(JSON).putObject("schema").putArray("anyOf");
            List<String> links = source.wordsOf(route.method()).links();
            route.controller().getEnclosedElements().stream()
                    .filter(each -> each.getKind() == ElementKind.RECORD && links.contains(each.getSimpleName().toString()))
                    .forEach(each -> either.add(schema(each.asType())));
            if (either.isEmpty()) {
                throw new IllegalStateException("what " + route + " answers has to be linked in its comment");
            }
        } else {
            content.putObject(JSON).set("schema", schema(body));
        }
    }

    /** What the method refuses itself, and what is refused before it is asked or beneath it. */
    private static Set<Refusal> refusals(Route route, Reached what) {
        Set<Refusal> all = what.refusals.stream().map(Refusal::valueOf).collect(Collectors.toCollection(TreeSet::new));
        boolean typed = route.method().getParameters().stream().anyMatch(each -> !each.asType().toString().endsWith("Visitor"));
        if (typed) {
            all.add(Refusal.INVALID_REQUEST);
        }
        boolean body = route.method().getParameters().stream().anyMatch(each -> annotation(each, HTTP + "Body") != null);
        if (body) {
            all.addAll(Set.of(Refusal.BODY_TOO_LARGE, Refusal.UNSUPPORTED_MEDIA_TYPE));
        }
        if (!route.verb().equals("get")) {
            all.addAll(Set.of(Refusal.FORBIDDEN, Refusal.RULE_BROKEN)); // a session from another site; a rule that the database holds
        }
        if (what.versionNeeded) {
            all.add(Refusal.VERSION_STALE);
        }
        all.add(Refusal.STORE_UNAVAILABLE);
        return all;
    }

    // Schemas -----------------------------------------------------------------------------------------------------------

    private ObjectNode schema(TypeMirror type) {
        ObjectNode schema = MAPPER.createObjectNode();
        switch (type.getKind()) {
            case INT -> schema.put("type", "integer").put("format", "int32");
            case LONG -> schema.put("type", "integer").put("format", "int64");
            case BOOLEAN -> schema.put("type", "boolean");
            case DOUBLE -> schema.put("type", "number").put("format", "double");
            case DECLARED -> declared((DeclaredType) type, schema);
            default -> throw new IllegalStateException("no schema for " + type);
        }
        return schema;
    }

    private void declared(DeclaredType type, ObjectNode schema) {
        TypeElement element = (TypeElement) type.asElement();
        switch (element.getQualifiedName().toString()) {
            case "java.lang.String", "java.time.YearMonth", "java.time.Duration" -> schema.put("type", "string");
            case "java.util.UUID" -> schema.put("type", "string").put("format", "uuid");
            case "java.time.Instant" -> schema.put("type", "string").put("format", "date-time");
            case "java.time.LocalDate" -> schema.put("type", "string").put("format", "date");
            case "java.lang.Integer" -> schema.put("type", "integer").put("format", "int32");
            case "java.lang.Long" -> schema.put("type", "integer").put("format", "int64");
            case "java.lang.Boolean" -> schema.put("type", "boolean");
            case "java.lang.Double", "java.math.BigDecimal" -> schema.put("type", "number");
            case "java.lang.Object" -> schema.put("description", "任意 JSON · any JSON");
            case "java.util.List", "java.util.Set", "java.util.Collection" -> {
                schema.put("type", "array");
                schema.set("items", schema(type.getTypeArguments().getFirst()));
            }
            case "java.util.Map" -> {
                schema.put("type", "object");
                schema.set("additionalProperties", schema(type.getTypeArguments().getLast()));
            }
            default -> {
                if (element.getKind() == ElementKind.ENUM) {
                    schema.put("type", "string");
                    constants(element).forEach(schema.putArray("enum")::add);
                } else if (element.getKind() == ElementKind.RECORD) {
                    schema.put("$ref", "#/components/schemas/" + nameOf(element));
                } else {
                    throw new IllegalStateException("no schema for " + type);
                }
            }
        }
    }

    private static List<String> constants(TypeElement type) {
        return type.getEnclosedElements().stream().filter(each -> each.getKind() == ElementKind.ENUM_CONSTANT)
                .map(each -> each.getSimpleName().toString()).toList();
    }

    /** The name of a record's schema, which is described later: its own, after its controller's unless that says it. */
    private String nameOf(TypeElement type) {
        String own = type.getSimpleName().toString();
        String top = type.getEnclosingElement() instanceof TypeElement outer ? outer.getSimpleName().toString() : "";
        String name = top.endsWith("Controller") ? top.replaceFirst("Controller$", "") + own : own;
        TypeElement before = named.putIfAbsent(name, type);
        if (before == null) {
            toDescribe.push(type);
        } else if (!before.equals(type)) {
            throw new IllegalStateException("two schemas are called " + name);
        }
        return name;
    }

    private ObjectNode described(TypeElement type) {
        boolean sent = requests.contains(type.getQualifiedName().toString());
        ObjectNode schema = MAPPER.createObjectNode().put("type", "object");
        Words words = source.wordsOf(type);
        if (!words.whole().isEmpty()) {
            schema.put("description", words.whole());
        }
        ObjectNode properties = schema.putObject("properties");
        Set<String> required = new TreeSet<>();
        components(type, properties, required, sent);
        if (!required.isEmpty()) {
            required.forEach(schema.putArray("required")::add);
        }
        return schema;
    }

    private void components(TypeElement type, ObjectNode properties, Set<String> required, boolean sent) {
        Words words = source.wordsOf(type);
        for (RecordComponentElement component : type.getRecordComponents()) {
            TypeMirror of = component.asType();
            Element field = type.getEnclosedElements().stream().map(Element.class::cast)
                    .filter(each -> each.getKind() == ElementKind.FIELD && each.getSimpleName().equals(component.getSimpleName())).findFirst().orElse(component);
            if (annotated(List.of(component, component.getAccessor(), field), "com.fasterxml.jackson.annotation.JsonUnwrapped") != null) {
                components((TypeElement) ((DeclaredType) of).asElement(), properties, required, sent);
                continue;
            }
            AnnotationMirror renamed = annotated(List.of(component, component.getAccessor(), field), "com.fasterxml.jackson.annotation.JsonProperty");
            String name = renamed == null || text(renamed, "value").isEmpty() ? component.getSimpleName().toString() : text(renamed, "value");
            boolean nullable = nullable(component, of) || nullable(component.getAccessor(), component.getAccessor().getReturnType()) || nullable(field, field.asType());
            ObjectNode schema = schema(of);
            if (nullable && !sent) {
                schema = orNull(schema);
            }
            String said = words.parameters().get(component.getSimpleName().toString());
            if (said != null) {
                schema.put("description", said);
            }
            properties.set(name, schema);
            if (sent ? !nullable || needed.contains(component.getAccessor()) : true) {
                required.add(name);
            }
        }
    }

    private static ObjectNode orNull(ObjectNode schema) {
        if (schema.has("type")) {
            String type = schema.path("type").asText();
            schema.putArray("type").add(type).add("null");
            if (schema.has("enum")) {
                ((ArrayNode) schema.get("enum")).addNull();
            }
            return schema;
        }
        if (!schema.has("$ref")) {
            return schema; // any JSON: null is one
        }
        ObjectNode either = MAPPER.createObjectNode();
        either.putArray("anyOf").add(schema).addObject().put("type", "null");
        return either;
    }

    // Annotations -------------------------------------------------------------------------------------------------------

    private static @Nullable AnnotationMirror annotation(Element element, String name) {
        return element.getAnnotationMirrors().stream().filter(each -> each.getAnnotationType().toString().equals(name)).findFirst().orElse(null);
    }

    private static @Nullable AnnotationMirror annotated(List<Element> elements, String name) {
        return elements.stream().map(each -> annotation(each, name)).filter(each -> each != null).findFirst().orElse(null);
    }

    private static boolean nullable(Element element, TypeMirror type) {
        return Stream.concat(element.getAnnotationMirrors().stream(), type.getAnnotationMirrors().stream())
                .anyMatch(each -> each.getAnnotationType().asElement().getSimpleName().contentEquals("Nullable"));
    }

    /** A value of an annotation as text, the first of several; empty: it is not stated. */
    private static String text(AnnotationMirror annotation, String name) {
        for (Map.Entry<? extends ExecutableElement, ? extends AnnotationValue> each : annotation.getElementValues().entrySet()) {
            boolean asked = each.getKey().getSimpleName().contentEquals(name)
                    || (name.equals("value") && each.getKey().getSimpleName().contentEquals("uri"));
            if (asked) {
                Object value = each.getValue().getValue();
                return value instanceof List<?> several ? ((AnnotationValue) several.getFirst()).getValue().toString() : value.toString();
            }
        }
        return "";
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private static String pretty(ObjectNode document) {
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(lines);
        printer.indentArraysWith(lines);
        try {
            return MAPPER.writer(printer).writeValueAsString(document) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
