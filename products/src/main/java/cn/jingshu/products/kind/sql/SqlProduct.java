package cn.jingshu.products.kind.sql;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.ExampleAnswers;
import cn.jingshu.products.contract.Payload;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.Freshness;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.FieldType;
import cn.jingshu.products.kind.SandboxSubjects;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.Retirement;
import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A product whose operations are queries. Every query runs under the product's own role, within its limits of rows, time and cost. */
public final class SqlProduct implements DataProduct {
    private static final int USUAL_PAGE = 100;

    /** Of a download; none is CSV. */
    private static final Set<String> FORMATS = Set.of("", "CSV", "JSON", "ARROW");

    /** Versions from here on are roles of the domain that only ever check a declaration. */
    private static final int ON_TRIAL = 5_000;

    /** How long a check at registration may wait for the database. */
    private static final Duration CHECK = Duration.ofSeconds(20);

    private static final Map<FieldType, Set<String>> FITTING = Map.of(
            FieldType.STRING, Set.of("text", "character varying", "character", "uuid"),
            FieldType.BOOL, Set.of("boolean"),
            FieldType.INT32, Set.of("integer", "smallint"),
            FieldType.INT64, Set.of("bigint", "integer", "smallint"),
            FieldType.DOUBLE, Set.of("double precision", "real", "numeric"),
            FieldType.DECIMAL, Set.of("numeric", "bigint", "integer", "smallint"),
            FieldType.DATE, Set.of("date"),
            FieldType.TIMESTAMP, Set.of("timestamp with time zone"));

    /** How many subjects there are says nothing of any. */
    private static final Pattern COUNT = Pattern.compile("count\\((?:DISTINCT )?[a-z0-9_.]+\\)");

    private final ServiceDescriptor contract;
    private final Declaration declaration;
    private final SqlDefinition definition;
    private final ProductData data;
    private final Cursors cursors;
    private final @Nullable Retirement retirement;
    private final Map<String, SqlStatements> statements = new HashMap<>();

    /**
     * A product made ready: its role and its sandbox twin are there.
     *
     * @param secret signs cursors; the same on every node
     * @param retirement null: this version is not on its way out
     * @throws DomainException if the domain cannot give it what it reads
     */
    public SqlProduct(ServiceDescriptor contract, Declaration declaration, SqlDefinition definition, DataDomain domain, byte[] secret,
            @Nullable Retirement retirement) {
        this(contract, declaration, definition, domain, secret, retirement, declaration.version());
    }

    /**
     * Makes the same only to be checked, under a role of its own beside the one that may be serving, and takes that away again: however
     * often a declaration is looked at, no role and no twin is left behind.
     *
     * @throws DomainException if the domain cannot give it what it reads
     */
    public static void checkOnTrial(ServiceDescriptor contract, Declaration declaration, SqlDefinition definition, DataDomain domain,
            Instant now, Faults faults) {
        int version = ON_TRIAL + declaration.version();
        try {
            new SqlProduct(contract, declaration, definition, domain, new byte[32], null, version).check(now, faults);
        } finally {
            domain.giveUp(needs(declaration, definition, version));
        }
    }

    private SqlProduct(ServiceDescriptor contract, Declaration declaration, SqlDefinition definition, DataDomain domain, byte[] secret,
            @Nullable Retirement retirement, int version) {
        this.contract = contract;
        this.declaration = declaration;
        this.definition = definition;
        this.data = domain.reopen(needs(declaration, definition, version));
        this.cursors = new Cursors(secret);
        this.retirement = retirement;
        definition.queries().forEach((name, query) -> statements.put(name, SqlStatements.of(query)));
    }

    private static DomainNeeds needs(Declaration declaration, SqlDefinition definition, int version) {
        return new DomainNeeds(declaration.code(), version, definition.reads(), null,
                new SampleRows(List.copyOf(definition.reads().keySet()), definition.sampleRows()), List.of(), true);
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
        Map<String, ContractMethod> methods = Contract.of(contract).methods().stream().collect(Collectors.toMap(ContractMethod::name, Function.identity()));
        for (MethodDescriptor method : contract.getMethods()) {
            DynamicMessage empty = DynamicMessage.getDefaultInstance(method.getInputType());
            SqlDefinition.Query query = definition.queries().get(method.getName());
            if (query != null) {
                ContractMethod page = Objects.requireNonNull(methods.get(method.getName()));
                operations.add(new Operation.Unary<>(method.getName(), empty, (facts, request) -> SandboxSubjects.of(facts, request,
                        () -> made(facts, request, query, page, rows -> page(page, query, rows)).orElseGet(() -> page(facts, method, query, request)))));
            } else {
                SqlDefinition.Query whole =
                        Objects.requireNonNull(definition.queries().get(method.getName().substring("Download".length())));
                ContractMethod page = Objects.requireNonNull(methods.get(whole.op().name()));
                operations.add(new Operation.Unary<>(method.getName(), empty, (facts, request) -> SandboxSubjects.of(facts, request,
                        () -> made(facts, request, whole, page, rows -> file(whole, page, format(request), rows, false))
                                .orElseGet(() -> download(facts, whole, page, request)))));
            }
        }
        return operations;
    }

    /**
     * What the sandbox answers of its documented test subjects without asking the database: of NOT_FOUND that nothing is known, of REFER the example the
     * contract gives where a person has to look, if it gives one. Empty: the query is asked.
     */
    private static Optional<CompletionStage<Answer<Message>>> made(CallFacts facts, Message request, SqlDefinition.Query query, ContractMethod page,
            Shaping shaping) {
        TestSubject subject = facts.sandbox() ? SandboxSubjects.subjectOf(request).orElse(TestSubject.APPROVE) : TestSubject.APPROVE;
        if (subject == TestSubject.NOT_FOUND) {
            return Optional.of(CompletableFuture.completedFuture(Answer.notFound("没有找到", "there is no such thing")));
        }
        if (subject != TestSubject.REFER || query.op().columns().stream().allMatch(column -> column.referExample().isEmpty())) {
            return Optional.empty();
        }
        Message example = ExampleAnswers.whereReferred(page);
        List<List<@Nullable Object>> rows = new ArrayList<>();
        ((List<?>) example.getField(page.response().findFieldByName(DeclaredContract.ROWS)))
                .forEach(row -> rows.add(SqlValues.rowOf((Message) row, query.op().columns())));
        return Optional.of(CompletableFuture.completedFuture(shaping.of(rows)));
    }

    /** A page that is the last one, of fresh data. */
    private static Answer<Message> page(ContractMethod page, SqlDefinition.Query query, List<List<@Nullable Object>> rows) {
        return new Answer.Found<>(pageOf(page.response(), query, rows).build(), rows.size(), !rows.isEmpty(), false, null);
    }

    private static DynamicMessage.Builder pageOf(Descriptor type, SqlDefinition.Query query, List<List<@Nullable Object>> rows) {
        DynamicMessage.Builder answer = DynamicMessage.newBuilder(type);
        FieldDescriptor list = type.findFieldByName(DeclaredContract.ROWS);
        for (List<@Nullable Object> values : rows) {
            DynamicMessage.Builder row = DynamicMessage.newBuilder(list.getMessageType());
            SqlValues.fill(row, query.op().columns(), values);
            answer.addRepeatedField(list, row.build());
        }
        return answer;
    }

    /** Holds the queries against the database, under the product's role: that each is one SELECT, what it gives, reads and costs. */
    private void check(Instant now, Faults faults) {
        CallFacts facts = new CallFacts(now, "registration", false, CallerRef.MARKET);
        definition.queries().forEach((name, query) -> {
            String place = "operations." + name + ".sql.query";
            try {
                data.within(facts, session -> {
                    check(session, query, place, faults);
                    return true;
                }).toCompletableFuture().orTimeout(CHECK.toMillis(), TimeUnit.MILLISECONDS).join();
            } catch (CompletionException failed) {
                Throwable cause = failed.getCause();
                if (cause instanceof DomainException domain) {
                    faults.add(place, zh(domain), domain.reason() + ": " + domain.getMessage());
                } else {
                    throw failed;
                }
            }
        });
    }

    private static String zh(DomainException failure) {
        return switch (failure.reason()) {
            case NOT_GRANTED -> "所读的列尚未获得数据提供单位授权,或查询读了未声明的列";
            case TOO_SLOW -> "查询超过时限";
            case CONFLICT, UNAVAILABLE -> "数据域暂不可用,请稍后再试";
            case BROKEN_STATEMENT -> "查询语句不能执行";
        };
    }

    private void check(DataSession session, SqlDefinition.Query query, String place, Faults faults) {
        limit(session);
        SqlStatements of = statementsOf(query);
        // With values, not with nulls: what compares with null is planned as finding nothing, and costs nothing.
        List<@Nullable Object> unknown = new ArrayList<>();
        query.template().uses().forEach(use -> {
            Object value = use.subject() && use.type() == FieldType.STRING ? data.token((String) SqlValues.sample(use)) : SqlValues.sample(use);
            unknown.add(use.repeated() ? List.of(value) : value);
        });
        session.about(subjects(query, unknown));
        List<Field> columns = query.op().columns();
        Map<String, String> types = session.find(of.types(), row -> columns.stream()
                .collect(Collectors.toMap(Field::name, column -> row.text(column.name()))), unknown.toArray()).orElseThrow();
        for (Field column : columns) {
            String type = types.getOrDefault(column.name(), "");
            faults.require(FITTING.getOrDefault(column.type(), Set.of()).contains(type), place,
                    "列 " + column.name() + " 的类型是 " + type + ",不是 " + column.type(), "the column " + column.name() + " is of type " + type
                            + ", which is no " + column.type());
        }
        unknown.add((long) USUAL_PAGE);
        SqlPlan plan = SqlPlan.of(session, of.firstPage(), unknown.toArray());
        Set<String> tables = definition.reads().keySet().stream().map(ResourceTable::name).collect(Collectors.toSet());
        for (String relation : plan.relations()) {
            faults.require(tables.contains(relation), place, "读了未声明的表 " + relation, "reads the table " + relation + ", which is not declared");
        }
        // SubjectColumns has held the query's own words against this; here the plan is, which knows what the words came to mean.
        for (ResourceTable table : definition.reads().keySet()) {
            for (Column column : table.columns()) {
                faults.require(column.keeping() != Keeping.TOKEN || plan.output().stream().noneMatch(each -> mentions(each, column.name())), place,
                        "结果列不得取自标识列 " + column.name(), "what is answered must not be taken from the subject's column " + column.name());
            }
        }
        faults.require(plan.cost() <= definition.limits().maxCost(), place, "预计代价 " + plan.cost() + " 超过上限 " + definition.limits().maxCost(),
                "the planner expects a cost of " + plan.cost() + ", above the limit of " + definition.limits().maxCost());
    }

    private static boolean mentions(String expression, String column) {
        return List.of(COUNT.matcher(expression).replaceAll("").split("[^a-z0-9_]+", -1)).contains(column);
    }

    private SqlStatements statementsOf(SqlDefinition.Query query) {
        return Objects.requireNonNull(statements.get(query.op().name()));
    }

    private void limit(DataSession session) {
        session.limit(definition.limits().time());
    }

    private CompletionStage<Answer<Message>> page(CallFacts facts, MethodDescriptor method, SqlDefinition.Query query, Message request) {
        Descriptor asked = request.getDescriptorForType();
        int size = (Integer) request.getField(asked.findFieldByName(DeclaredContract.PAGE_SIZE));
        int wanted = size == 0 ? USUAL_PAGE : size;
        String token = (String) request.getField(asked.findFieldByName(DeclaredContract.PAGE_TOKEN));
        List<@Nullable Object> parameters;
        try {
            parameters = parameters(query, request);
        } catch (SqlValues.BadParameter wrong) {
            return CompletableFuture.completedFuture(refuse(wrong));
        }
        String question = question(facts, query, parameters);
        SqlStatements of = statementsOf(query);
        String statement = of.firstPage();
        if (!token.isEmpty()) {
            Optional<List<String>> position = cursors.read(question, token);
            if (position.isEmpty() || position.get().size() != query.key().size()) {
                return CompletableFuture.completedFuture(Answer.invalid("pageToken", "不是本查询给出的续页标记", "is no token this query has given"));
            }
            statement = of.laterPage();
            for (int i = 0; i < query.key().size(); i++) {
                parameters.add(SqlValues.keyValue(query.key().get(i), position.get().get(i)));
            }
        }
        parameters.add((long) wanted + 1);
        return rows(facts, query, statement, parameters, rows -> {
            int count = Math.min(wanted, rows.size());
            DynamicMessage.Builder answer = pageOf(method.getOutputType(), query, rows.subList(0, count));
            if (rows.size() > wanted) {
                List<String> last = keyOf(query, rows.get(wanted - 1));
                if (last.equals(keyOf(query, rows.get(wanted)))) {
                    throw new IllegalStateException("the key of " + query.op().name() + " does not identify a row: pages would lose some");
                }
                answer.setField(method.getOutputType().findFieldByName(DeclaredContract.NEXT_PAGE_TOKEN), cursors.write(question, last));
            }
            boolean stale = stale(facts);
            answer.setField(method.getOutputType().findFieldByName(DeclaredContract.STALE), stale);
            return new Answer.Found<>(answer.build(), count, count > 0, stale, null);
        });
    }

    private static String format(Message request) {
        return ((String) request.getField(request.getDescriptorForType().findFieldByName(DeclaredContract.FORMAT))).toUpperCase(Locale.ROOT);
    }

    /** The whole as a file; JSON is a page that holds all rows. */
    private static Answer<Message> file(SqlDefinition.Query query, ContractMethod page, String format, List<List<@Nullable Object>> rows, boolean stale) {
        List<Field> columns = query.op().columns();
        Payload payload;
        switch (format) {
            case "", "CSV" -> payload = new Payload(CsvText.CONTENT_TYPE, CsvText.write(columns, rows));
            case "ARROW" -> payload = new Payload(ArrowStream.CONTENT_TYPE, ArrowStream.write(columns, rows));
            case "JSON" -> {
                DynamicMessage.Builder whole = pageOf(page.response(), query, rows);
                payload = Transcoder.write(page, whole.setField(page.response().findFieldByName(DeclaredContract.STALE), stale).build());
            }
            default -> {
                return Answer.invalid("format", "应为 CSV、JSON 或 ARROW", "CSV, JSON or ARROW is expected");
            }
        }
        HttpBody body = HttpBody.newBuilder().setContentType(payload.contentType()).setData(ByteString.copyFrom(payload.bytes())).build();
        return new Answer.Found<>(body, rows.size(), !rows.isEmpty(), stale, null);
    }

    private CompletionStage<Answer<Message>> download(CallFacts facts, SqlDefinition.Query query, ContractMethod page, Message request) {
        String format = format(request);
        if (!FORMATS.contains(format)) {
            return CompletableFuture.completedFuture(file(query, page, format, List.of(), false)); // which says what is expected
        }
        List<@Nullable Object> parameters;
        try {
            parameters = parameters(query, request);
        } catch (SqlValues.BadParameter wrong) {
            return CompletableFuture.completedFuture(refuse(wrong));
        }
        int most = definition.limits().maxRows();
        parameters.add((long) most + 1);
        return rows(facts, query, statementsOf(query).all(), parameters, rows -> {
            if (rows.size() > most) {
                return Answer.invalid("", "结果超过" + most + "行,请缩小范围或逐页取用", "there are more than " + most + " rows: ask for less, or page by page");
            }
            return file(query, page, format, rows, stale(facts));
        });
    }

    /** What is done with the rows of an answer. */
    @FunctionalInterface
    private interface Shaping {
        Answer<Message> of(List<List<@Nullable Object>> rows);
    }

    private CompletionStage<Answer<Message>> rows(CallFacts facts, SqlDefinition.Query query, String statement, List<@Nullable Object> parameters,
            Shaping shaping) {
        return data.within(facts, session -> {
            limit(session);
            session.about(subjects(query, parameters));
            double cost = SqlPlan.of(session, statement, parameters.toArray()).cost();
            if (cost > definition.limits().maxCost()) {
                return Answer.<Message>invalid("", "所问范围过大,请缩小条件", "asks for too much at once: narrow it down");
            }
            return shaping.of(session.select(statement, row -> SqlValues.row(row, query.op().columns()), parameters.toArray()));
        }).exceptionallyCompose(failed -> {
            Throwable cause = failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
            return cause instanceof DomainException domain ? refused(domain) : CompletableFuture.failedFuture(cause);
        });
    }

    /** What the caller can mend or wait for is said; a defect of the product stays a failure. */
    private static CompletionStage<Answer<Message>> refused(DomainException failure) {
        return switch (failure.reason()) {
            case TOO_SLOW -> CompletableFuture.completedFuture(Answer.invalid("", "查询超过时限,请缩小条件", "took longer than it may: narrow it down"));
            case UNAVAILABLE, NOT_GRANTED -> CompletableFuture.completedFuture(new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE, "数据暂不可用",
                    "the data are not available at the moment", List.of()));
            case CONFLICT, BROKEN_STATEMENT -> CompletableFuture.failedFuture(failure);
        };
    }

    private static Answer<Message> refuse(SqlValues.BadParameter wrong) {
        String field = jsonName(wrong.field());
        return Answer.invalid(field, "应为 " + wrong.type(), "a " + wrong.type() + " is expected");
    }

    private static String jsonName(String name) {
        StringBuilder out = new StringBuilder();
        for (String part : name.split("_", -1)) {
            out.append(out.isEmpty() || part.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return out.toString();
    }

    private List<@Nullable Object> parameters(SqlDefinition.Query query, Message request) {
        List<@Nullable Object> parameters = new ArrayList<>();
        for (Field use : query.template().uses()) {
            Object value = SqlValues.parameter(request, use);
            parameters.add(!use.subject() ? value : switch (value) {
                case String subject -> data.token(subject);
                case List<?> subjects -> subjects.stream().map(each -> data.token((String) each)).toList();
                case null, default -> value;
            });
        }
        return parameters;
    }

    /** The tokens among a query's parameters: whom the call is about, and for whom its consents were looked at. */
    private static Set<String> subjects(SqlDefinition.Query query, List<@Nullable Object> parameters) {
        Set<String> tokens = new HashSet<>();
        List<Field> uses = query.template().uses();
        for (int i = 0; i < uses.size(); i++) {
            if (uses.get(i).subject()) {
                switch (parameters.get(i)) {
                    case String token -> tokens.add(token);
                    case List<?> several -> several.forEach(token -> tokens.add((String) token));
                    case null, default -> { } // not given
                }
            }
        }
        return tokens;
    }

    private static List<String> keyOf(SqlDefinition.Query query, List<@Nullable Object> row) {
        List<String> key = new ArrayList<>();
        for (Field field : query.key()) {
            Object value = row.get(query.op().columns().indexOf(field));
            key.add(SqlValues.keyText(Objects.requireNonNull(value)));
        }
        return key;
    }

    private boolean stale(CallFacts facts) {
        return definition.reads().keySet().stream().anyMatch(table -> {
            Freshness freshness = data.freshness(facts, table.name());
            return freshness.stale() || freshness.degraded();
        });
    }

    /** What was asked, without the values themselves. */
    private String question(CallFacts facts, SqlDefinition.Query query, List<@Nullable Object> parameters) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Object parameter : parameters) {
                byte[] text = String.valueOf(parameter).getBytes(StandardCharsets.UTF_8);
                digest.update(java.nio.ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
                digest.update(text);
            }
            return declaration.code() + "/" + declaration.version() + "/" + query.op().name() + "/" + facts.sandbox() + "/"
                    + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
