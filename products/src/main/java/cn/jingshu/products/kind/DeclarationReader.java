package cn.jingshu.products.kind;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.contract.v1.Sensitivity;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.Declaration.NamedFields;
import cn.jingshu.products.kind.Declaration.Op;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a declaration from its JSON and checks its form; whether it can be served is checked by its contract and its kind. */
public final class DeclarationReader {
    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9-]{1,39}");
    private static final Pattern OPERATION = Pattern.compile("[A-Z][A-Za-z0-9]{1,59}");
    private static final Pattern FIELD = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
    private static final Pattern RESOURCE = Pattern.compile("[A-Z][0-9]{1,3}(\\.[0-9]{1,4}){2}");
    private static final Pattern PATH = Pattern.compile("[a-z0-9{][a-z0-9_{}/-]{0,199}");
    private static final int MAX_FIELDS = 100;
    private static final int MAX_OPERATIONS = 40;
    private static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(40).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Faults faults;
    private final boolean kept;

    /** @param kept whether it was approved before, so that what it says of stale answers and failed calls binds nobody any more */
    private DeclarationReader(Faults faults, boolean kept) {
        this.faults = faults;
        this.kept = kept;
    }

    /**
     * Reads {@code json}. What is wrong is noted in {@code faults}; the declaration then is of no use but to look for further faults.
     */
    public static Declaration read(String json, Faults faults) {
        return read(json, faults, false);
    }

    /** The same of a declaration that was approved: one that billed stale answers or failed calls, which could be said once, is read as if it had not. */
    public static Declaration readKept(String json, Faults faults) {
        return read(json, faults, true);
    }

    private static Declaration read(String json, Faults faults, boolean kept) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException broken) {
            String at = broken.getLocation() == null ? "" : " " + broken.getLocation().getLineNr() + ":" + broken.getLocation().getColumnNr();
            faults.add("", "不是合法的 JSON" + at, "is no JSON" + at);
            root = JSON.createObjectNode();
        }
        return new DeclarationReader(faults, kept).read(root);
    }

    private Declaration read(JsonNode root) {
        Members members = new Members(root, "", faults);
        String code = members.text("code");
        faults.require(CODE.matcher(code).matches(), "code", "应为2至40个小写字母、数字或连字符,以字母开头",
                "2 to 40 lower-case letters, digits and hyphens are expected, a letter first");
        int version = members.count("version", 1, 1, 999);
        Kind kind = members.choice("kind", Kind.class, Kind.SQL, EnumSet.allOf(Kind.class));
        faults.require(!members.node("kind").isMissingNode(), "kind", "不可缺少", "is missing");
        List<String> resources = members.texts("resources");
        resources.forEach(id -> faults.require(RESOURCE.matcher(id).matches(), "resources", id + " 不是数据资源编号", id + " is no id of a data resource"));
        List<NamedFields> messages = new ArrayList<>();
        Set<String> names = new HashSet<>();
        members.items("messages", (item, at) -> messages.add(message(item, at, names)));
        JsonNode how = members.node(kind.part());
        boolean ownDescriptor = kind == Kind.UPSTREAM && how.path("grpc").has("descriptorSet");
        List<Op> operations = new ArrayList<>();
        members.items("operations", (item, at) -> operations.add(operation(item, at, kind, names)));
        faults.require(ownDescriptor == operations.isEmpty(), "operations", ownDescriptor ? "契约来自描述符集时不得另列操作" : "至少须有一个操作",
                ownDescriptor ? "the contract comes from the descriptor set; operations are not said twice" : "at least one is needed");
        faults.require(operations.size() <= MAX_OPERATIONS, "operations", "最多40个操作", "at most 40 are allowed");
        Declaration read = new Declaration(code, version, kind, members.text("nameZh"), members.text("nameEn"), members.text("summaryZh"),
                members.text("summaryEn"), resources, members.textOr("annexId", ""), messages, operations, how);
        members.end();
        requireMessagesThere(read, names);
        requireLineage(read);
        return read;
    }

    private NamedFields message(JsonNode item, String at, Set<String> names) {
        Members members = new Members(item, at, faults);
        String name = members.text("name");
        faults.require(OPERATION.matcher(name).matches() && names.add(name), members.placeOf("name"), "应为未用过的大写字母开头的名称",
                "a new name that begins with a capital is expected");
        List<Field> fields = fields(members, "fields", false);
        faults.require(!fields.isEmpty(), members.placeOf("fields"), "至少须有一个字段", "at least one is needed");
        members.end();
        return new NamedFields(name, fields);
    }

    private Op operation(JsonNode item, String at, Kind kind, Set<String> names) {
        Members members = new Members(item, at, faults);
        String name = members.text("name");
        List<String> made = List.of(name, name + "Request", name + "Response", name + "Row", "Download" + name, "Download" + name + "Request");
        boolean taken = made.stream().anyMatch(names::contains);
        names.addAll(made);
        faults.require(OPERATION.matcher(name).matches() && !taken, members.placeOf("name"), "应为未用过的大写字母开头的名称",
                "a new name that begins with a capital is expected");
        String verb = members.textOr("verb", "GET");
        faults.require(verb.equals("GET") || verb.equals("POST"), members.placeOf("verb"), "应为 GET 或 POST", "GET or POST is expected");
        String path = members.text("path");
        faults.require(PATH.matcher(path).matches(), members.placeOf("path"), "应为相对路径,例如 lots/{lot_id}", "a relative path is expected, such as lots/{lot_id}");
        MeterUnit meter = members.choice("meter", MeterUnit.class, MeterUnit.CALL,
                EnumSet.of(MeterUnit.CALL, MeterUnit.HIT, MeterUnit.ROW, MeterUnit.KILOBYTE));
        List<Field> parameters = fields(members, "parameters", true);
        List<Field> columns = fields(members, "columns", false);
        faults.require(!columns.isEmpty(), members.placeOf("columns"), "至少须有一列", "at least one is needed");
        boolean personal = members.flag("personal");
        boolean staleIsFree = members.node("staleIsFree").isMissingNode() || members.flag("staleIsFree");
        faults.require(kept || staleIsFree, members.placeOf("staleIsFree"),
                "依合约,过期或不完整的应答不计费,不得关闭", "by contract a stale or incomplete answer is not billed: that is not switched off");
        int failedUnits = members.count("failedUnits", 0, 0, Contract.MAX_UNITS_WITHOUT_ANSWER);
        faults.require(kept || failedUnits == 0, members.placeOf("failedUnits"), "调用失败一律不计费,须为0", "a call that failed is never billed: 0 is expected");
        Op operation = new Op(name, verb, path, meter, personal,
                members.count("notModifiedUnits", 0, 0, Contract.MAX_UNITS_WITHOUT_ANSWER),
                members.count("refusedUnits", 0, 0, Contract.MAX_UNITS_WITHOUT_ANSWER),
                members.count("maxAnswerBytes", 0, 1, MAX_ANSWER_BYTES), members.text("summaryZh"), members.text("summaryEn"),
                parameters, columns, members.node(kind.part()));
        members.end();
        return operation;
    }

    private List<Field> fields(Members above, String member, boolean asked) {
        List<Field> fields = new ArrayList<>();
        Set<String> names = new HashSet<>();
        above.items(member, (item, at) -> {
            Field field = field(item, at, asked);
            faults.require(names.add(field.name()), at + ".name", "名称重复", "the name stands twice");
            fields.add(field);
        });
        faults.require(fields.size() <= MAX_FIELDS, above.placeOf(member), "最多" + MAX_FIELDS + "个", "at most " + MAX_FIELDS + " are allowed");
        return fields;
    }

    private Field field(JsonNode item, String at, boolean asked) {
        Members members = new Members(item, at, faults);
        String name = members.text("name");
        faults.require(FIELD.matcher(name).matches() && name.length() <= 60, members.placeOf("name"), "应为小写字母与下划线组成的名称",
                "a name in lower_snake_case is expected");
        FieldType type = members.choice("type", FieldType.class, FieldType.STRING, EnumSet.allOf(FieldType.class));
        String message = members.textOr("message", "");
        faults.require((type == FieldType.MESSAGE) == !message.isEmpty(), members.placeOf("message"), "类型为 MESSAGE 时(且仅此时)须给出消息名",
                "a field of type MESSAGE, and no other, names a message");
        Sensitivity sensitivity = members.choice("sensitivity", Sensitivity.class, Sensitivity.INTERNAL, EnumSet.of(Sensitivity.PUBLIC,
                Sensitivity.INTERNAL, Sensitivity.PERSONAL, Sensitivity.SENSITIVE_PERSONAL));
        faults.require(type == FieldType.MESSAGE || !members.node("sensitivity").isMissingNode(), members.placeOf("sensitivity"), "不可缺少", "is missing");
        Double minimum = members.number("minimum");
        Double maximum = members.number("maximum");
        faults.require(type.isNumber() || (minimum == null && maximum == null), at, "只有数值字段可有上下限", "only a number can have bounds");
        Field field = new Field(name, type, message, members.flag("repeated"), members.flag("nullable"), members.flag("required"),
                members.flag("subject"), sensitivity, members.text("docZh"), members.text("docEn"), members.textOr("unit", ""),
                members.textOr("example", ""), members.textOr("referExample", ""), minimum, maximum, members.count("maxLength", 0, 1, 1_000_000), members.texts("resources"));
        faults.require(asked || !(field.required() || field.subject()), at, "required 与 subject 只用于参数", "required and subject are for parameters");
        faults.require(!asked || field.referExample().isEmpty(), members.placeOf("referExample"), "只用于应答列", "is for columns of an answer");
        faults.require(!asked || field.resources().isEmpty(), members.placeOf("resources"), "参数没有数据来源", "a parameter is fed by no resource");
        faults.require(!asked || type != FieldType.MESSAGE, members.placeOf("type"), "参数须为单值", "a parameter is a single value");
        members.end();
        return field;
    }

    private void requireMessagesThere(Declaration read, Set<String> names) {
        Set<String> messages = new HashSet<>();
        read.messages().forEach(message -> messages.add(message.name()));
        List<Field> all = new ArrayList<>();
        read.messages().forEach(message -> all.addAll(message.fields()));
        read.operations().forEach(op -> all.addAll(op.columns()));
        for (Field field : all) {
            faults.require(field.message().isEmpty() || messages.contains(field.message()), field.name(), "没有消息 " + field.message(),
                    "there is no message " + field.message());
        }
        if (names.isEmpty()) {
            faults.require(read.messages().isEmpty(), "messages", "无操作使用", "no operation uses them");
        }
    }

    /** What a column shows of a resource is what its provider grants, so each column says which one feeds it. */
    private void requireLineage(Declaration read) {
        for (Op op : read.operations()) {
            for (Field column : op.columns()) {
                String place = "operations." + op.name() + "." + column.name() + ".resources";
                faults.require(read.resources().containsAll(column.resources()), place, "不在产品的数据资源之内", "is none of the product's resources");
                faults.require(read.kind() != Kind.SQL || !column.resources().isEmpty(), place, "须说明由哪项数据资源供数",
                        "the resource that feeds it is missing");
            }
        }
    }
}
