package cn.jingshu.products.declared;

import cn.jingshu.products.domain.DeclaredTables;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import cn.jingshu.products.domain.ResourceTable.Protection;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.Members;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A table of the data domain as its provider declares it, so that a resource is loaded and read without a line of code:
 * {@code {"name": "r_building", "resource": "A2.5.2", "columns": [{"name": "building_code", "type": "TEXT", "keeping": "PLAIN", "protection":
 * "INTERNAL", "required": true, "zh": "幢编号", "en": "code of the building"}], "key": ["building_code"], "indexes": [["district"]], "reason": "…"}}.
 *
 * @param reason why it is declared, and what the columns rest on
 */
public record TableDeclaration(ResourceTable table, String reason) {
    /** Most columns of one table. */
    public static final int MOST_COLUMNS = 150;

    private static final int MOST_INDEXES = 8;
    private static final int MOST_INDEXED = 6;
    private static final int MOST_WORDS = 200;
    private static final int MOST_REASON = 1_000;
    private static final Pattern NAME = Pattern.compile(DeclaredTables.PREFIX + "[a-z][a-z0-9_]{1,39}");
    private static final Pattern COLUMN = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
    private static final Pattern RESOURCE = Pattern.compile("[A-Z][0-9]{1,3}(\\.[0-9]{1,4}){2}");

    /** What PostgreSQL calls columns of its own. */
    private static final Set<String> OF_POSTGRES = Set.of("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid");

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(10).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Reads a declaration; what is wrong is noted. Null: something is. */
    public static @Nullable TableDeclaration read(String json, Faults faults) {
        try {
            return read(JSON.readTree(json), faults);
        } catch (JsonProcessingException broken) {
            faults.add("", "不是合法的 JSON", "is no JSON");
            return null;
        }
    }

    private static @Nullable TableDeclaration read(JsonNode root, Faults faults) {
        Members members = new Members(root, "", faults);
        String name = members.text("name");
        faults.require(NAME.matcher(name).matches(), "name", "应以 r_ 开头,后接2至40个小写字母、数字或下划线",
                "r_ is expected, and 2 to 40 lower-case letters, digits and underscores behind it");
        // PostgreSQL keeps tables and indexes under one set of names, and ours are called so.
        faults.require(!name.contains("_by_") && !name.endsWith("_pkey"), "name", "表名不得含 _by_,也不得以 _pkey 结尾", "it neither has _by_ in it nor ends with _pkey");
        String resource = members.text("resource");
        faults.require(RESOURCE.matcher(resource).matches(), "resource", "不是数据资源编号", "is no id of a data resource");
        List<Column> columns = new ArrayList<>();
        members.items("columns", (item, at) -> column(item, at, faults).ifPresent(columns::add));
        Set<String> names = new HashSet<>();
        columns.forEach(column -> faults.require(names.add(column.name()), "columns", "列 " + column.name() + " 重复", "the column " + column.name() + " comes twice"));
        faults.require(!columns.isEmpty() && columns.size() <= MOST_COLUMNS, "columns", "应有1至" + MOST_COLUMNS + "列", "1 to " + MOST_COLUMNS + " are expected");
        List<String> key = members.texts("key");
        faults.require(!key.isEmpty(), "key", "须列出可唯一标识一行的列", "the columns that identify a row are missing");
        indexed(key, "key", columns, faults);
        key.forEach(each -> columns.stream().filter(column -> column.name().equals(each)).forEach(column ->
                faults.require(column.required(), "key", "列 " + each + " 须为必填", "the column " + each + " must be required")));
        List<List<String>> indexes = new ArrayList<>();
        members.items("indexes", (item, at) -> {
            List<String> index = new ArrayList<>();
            item.forEach(each -> index.add(each.asText()));
            faults.require(item.isArray() && !index.isEmpty(), at, "应为列名的列表", "a list of columns is expected");
            indexed(index, at, columns, faults);
            indexes.add(index);
        });
        faults.require(indexes.size() <= MOST_INDEXES, "indexes", "最多" + MOST_INDEXES + "个", "at most " + MOST_INDEXES + " are allowed");
        String reason = members.text("reason");
        faults.require(reason.length() <= MOST_REASON, "reason", "最多" + MOST_REASON + "字", "of " + MOST_REASON + " characters at most");
        members.end();
        return faults.isEmpty() ? new TableDeclaration(new ResourceTable(name, resource, columns, key, indexes), reason) : null;
    }

    private static Optional<Column> column(JsonNode item, String at, Faults faults) {
        int before = faults.list().size();
        Members members = new Members(item, at, faults);
        String name = members.text("name");
        faults.require(COLUMN.matcher(name).matches() && name.length() <= 58 && !OF_POSTGRES.contains(name), members.placeOf("name"),
                "应为小写字母、数字和下划线组成的列名", "a name of lower-case letters, digits and single underscores is expected");
        Type type = members.choice("type", Type.class, Type.TEXT, EnumSet.allOf(Type.class));
        Keeping keeping = members.choice("keeping", Keeping.class, Keeping.PLAIN, EnumSet.allOf(Keeping.class));
        Protection protection = members.choice("protection", Protection.class, Protection.INTERNAL, EnumSet.allOf(Protection.class));
        boolean required = members.flag("required");
        String zh = members.textOr("zh", "", MOST_WORDS);
        String en = members.textOr("en", "", MOST_WORDS);
        faults.require(!zh.isEmpty(), members.placeOf("zh"), "须用中文说明该列的含义与单位", "what it holds, and its unit, is missing in Chinese");
        faults.require(!en.isEmpty(), members.placeOf("en"), "须用英文说明该列的含义与单位", "what it holds, and its unit, is missing in English");
        faults.require(keeping == Keeping.PLAIN || type == Type.TEXT, members.placeOf("keeping"), "令牌化或加密保存的列须为 TEXT",
                "what is kept as a token or sealed is of type TEXT");
        faults.require(keeping != Keeping.TOKEN || protection == Protection.PERSONAL || protection == Protection.SENSITIVE_PERSONAL,
                members.placeOf("protection"), "主体标识的保护级别至少为 PERSONAL", "an identifier of a subject is PERSONAL at least");
        faults.require(keeping != Keeping.SEALED || protection == Protection.SENSITIVE_PERSONAL, members.placeOf("protection"),
                "加密保存的列保护级别为 SENSITIVE_PERSONAL", "what is sealed is SENSITIVE_PERSONAL");
        // PIPL Art. 28 and 51: what is sensitive is not kept in the clear. A number or a date cannot be sealed and is refused as such.
        faults.require(protection != Protection.SENSITIVE_PERSONAL || keeping != Keeping.PLAIN, members.placeOf("keeping"),
                "敏感个人信息须令牌化或加密保存(《个人信息保护法》第五十一条)", "what is sensitive is kept as a token or sealed (PIPL Art. 51)");
        members.end();
        return faults.list().size() == before ? Optional.of(new Column(name, type, keeping, protection, required, zh, en)) : Optional.empty();
    }

    private static void indexed(List<String> names, String place, List<Column> columns, Faults faults) {
        faults.require(names.size() <= MOST_INDEXED && new HashSet<>(names).size() == names.size(), place, "最多" + MOST_INDEXED + "个不同的列",
                "at most " + MOST_INDEXED + " different columns");
        for (String name : names) {
            Optional<Column> column = columns.stream().filter(each -> each.name().equals(name)).findFirst();
            if (faults.require(column.isPresent(), place, "没有列 " + name, "there is no column " + name)) {
                faults.require(column.get().keeping() != Keeping.SEALED, place, "列 " + name + " 加密保存,不能作键或索引",
                        "the column " + name + " is sealed and neither key nor index");
            }
        }
    }

    /**
     * Whether {@code after} may take the place of {@code before} with rows there: nothing that is kept changes its meaning, and what is new may be
     * empty in rows that were loaded before.
     */
    public static void checkFollows(ResourceTable before, ResourceTable after, Faults faults) {
        faults.require(before.resource().equals(after.resource()), "resource", "该表名已用于数据资源 " + before.resource(),
                "a table of that name belongs to the data resource " + before.resource());
        faults.require(before.key().equals(after.key()), "key", "键不能改变", "the key does not change");
        for (Column kept : before.columns()) {
            boolean same = after.columns().stream().anyMatch(each -> each.name().equals(kept.name()) && each.type() == kept.type()
                    && each.keeping() == kept.keeping() && each.protection() == kept.protection() && each.required() == kept.required());
            faults.require(same, "columns", "列 " + kept.name() + " 须原样保留", "the column " + kept.name() + " stays as it is");
        }
        after.columns().stream().filter(each -> before.columns().stream().noneMatch(kept -> kept.name().equals(each.name())))
                .forEach(each -> faults.require(!each.required(), "columns", "新增列 " + each.name() + " 须可为空", "the new column " + each.name() + " may be empty"));
    }

    /** The declaration as JSON, which {@link #read} takes back. */
    public String toJson() {
        ObjectNode root = JSON.createObjectNode().put("name", table.name()).put("resource", table.resource());
        ArrayNode columns = root.putArray("columns");
        table.columns().forEach(each -> columns.addObject().put("name", each.name()).put("type", each.type().name()).put("keeping", each.keeping().name())
                .put("protection", each.protection().name()).put("required", each.required()).put("zh", each.zh()).put("en", each.en()));
        ArrayNode key = root.putArray("key");
        table.key().forEach(key::add);
        ArrayNode indexes = root.putArray("indexes");
        table.indexes().forEach(each -> each.forEach(indexes.addArray()::add));
        return root.put("reason", reason).toString();
    }
}
