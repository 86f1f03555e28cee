package cn.jingshu.products.kind.sql;

import cn.jingshu.products.contract.v1.Sensitivity;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.Declaration.Op;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.FieldType;
import cn.jingshu.products.kind.Members;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a product of kind sql is answered.
 *
 * @param reads the tables it reads and of each the columns
 * @param queries by the names of the operations
 * @param sampleRows rows of its sandbox that the merchant made up, by table
 * @param limits of each run
 */
public record SqlDefinition(Map<ResourceTable, List<String>> reads, Map<String, Query> queries,
        Map<String, List<Map<String, String>>> sampleRows, SqlLimits limits) {
    private static final int MAX_SAMPLES = 200;

    public SqlDefinition {
        reads = Map.copyOf(reads);
        queries = Map.copyOf(queries);
        sampleRows = Map.copyOf(sampleRows);
    }

    /**
     * One operation's query.
     *
     * @param key columns by which pages follow one another: together they identify a row of the answer
     */
    record Query(Op op, SqlTemplate template, List<Field> key) {
        Query {
            key = List.copyOf(key);
        }
    }

    /**
     * Reads the sql parts of a declaration; what is wrong is noted, and what is returned then is of no use but to look further.
     *
     * @param tables the tables of the domain by their names
     */
    public static SqlDefinition read(Declaration declaration, Function<String, Optional<ResourceTable>> tables, Faults faults) {
        Members members = new Members(declaration.how(), "sql", faults);
        Map<ResourceTable, List<String>> reads = new LinkedHashMap<>();
        JsonNode listed = members.node("tables");
        faults.require(listed.isObject() && !listed.isEmpty(), "sql.tables", "须列出所读的表及其列", "the tables it reads, and of each the columns, are missing");
        boolean personal = false;
        for (Map.Entry<String, JsonNode> each : listed.properties()) {
            String place = "sql.tables." + each.getKey();
            Optional<ResourceTable> table = tables.apply(each.getKey());
            if (!faults.require(table.isPresent(), place, "数据域中没有这张表", "the domain has no such table")) {
                continue;
            }
            faults.require(declaration.resources().contains(table.get().resource()), place,
                    "该表属于数据资源 " + table.get().resource() + ",未列入产品的 resources",
                    "the table belongs to the data resource " + table.get().resource() + ", which is not among the product's");
            List<String> columns = new ArrayList<>();
            for (JsonNode name : each.getValue()) {
                Optional<Column> column = table.get().columns().stream().filter(c -> c.name().equals(name.asText())).findFirst();
                if (faults.require(column.isPresent(), place, "没有列 " + name.asText(), "has no column " + name.asText())) {
                    faults.require(column.get().keeping() != Keeping.SEALED, place, "列 " + name.asText() + " 加密保存,查询类产品不得读取",
                            "the column " + name.asText() + " is kept sealed; no query reads it");
                    personal |= column.get().isAboutPeople();
                    columns.add(name.asText());
                }
            }
            faults.require(!columns.isEmpty(), place, "须列出所读的列", "the columns it reads are missing");
            List<Column> read = columns.stream().map(table.get()::column).toList();
            faults.require(read.stream().noneMatch(Column::isAboutPeople) || read.stream().anyMatch(c -> c.keeping() == Keeping.TOKEN), place,
                    "读取个人信息的表须同时列出其主体标识列:只有所查询的人的行可见", "a table that is read for personal columns needs its subject's column, too: only"
                            + " the rows of who is asked about are seen");
            reads.put(table.get(), columns);
        }
        Map<String, Query> queries = new HashMap<>();
        for (Op op : declaration.operations()) {
            faults.require(op.personal() || !personal, "operations." + op.name() + ".personal", "所读的表含个人信息,操作须标为涉及个人",
                    "the tables hold personal columns, so the operation must say that it is personal");
            Query query = query(op, faults);
            if (query != null) {
                SubjectColumns.check(query.template(), reads, "operations." + op.name() + ".sql.query", faults);
                queries.put(op.name(), query);
            }
        }
        SqlLimits limits = new SqlLimits(members.count("maxRows", SqlLimits.USUAL.maxRows(), 1, 200_000),
                Duration.ofSeconds(members.count("maxSeconds", (int) SqlLimits.USUAL.time().toSeconds(), 1, 14)), SqlLimits.USUAL.maxCost());
        Map<String, List<Map<String, String>>> samples = samples(members, reads, faults);
        members.end();
        return new SqlDefinition(reads, queries, samples, limits);
    }

    private static @Nullable Query query(Op op, Faults faults) {
        String place = "operations." + op.name() + ".sql";
        Members members = new Members(op.how(), place, faults);
        for (Field column : op.columns()) {
            faults.require(column.type() != FieldType.MESSAGE && !column.repeated(), place, "列 " + column.name() + " 须为单值",
                    "the column " + column.name() + " must be a single value");
        }
        List<Field> key = new ArrayList<>();
        for (String name : members.texts("key")) {
            Optional<Field> column = op.columns().stream().filter(c -> c.name().equals(name) && !c.nullable()).findFirst();
            if (faults.require(column.isPresent(), members.placeOf("key"), name + " 不是必有值的列", name + " is no column that is always filled")) {
                key.add(column.get());
            }
        }
        faults.require(!key.isEmpty(), members.placeOf("key"), "须列出可唯一标识一行的列,用于翻页", "the columns that identify a row, by which pages follow one another, are missing");
        members.flag("download");
        SqlTemplate template = SqlTemplate.read(members.textOr("query", "", 20_000), op.parameters(), members.placeOf("query"), faults);
        members.end();
        boolean free = op.columns().stream().allMatch(c -> c.sensitivity() != Sensitivity.SENSITIVITY_UNSPECIFIED);
        return template == null || key.isEmpty() || !free ? null : new Query(op, template, key);
    }

    private static Map<String, List<Map<String, String>>> samples(Members members, Map<ResourceTable, List<String>> reads, Faults faults) {
        Map<String, List<Map<String, String>>> samples = new HashMap<>();
        JsonNode rows = members.node("sandboxRows");
        for (Map.Entry<String, JsonNode> each : rows.properties()) {
            String place = "sql.sandboxRows." + each.getKey();
            Optional<ResourceTable> table = reads.keySet().stream().filter(t -> t.name().equals(each.getKey())).findFirst();
            if (!faults.require(table.isPresent(), place, "不在所读的表之内", "is none of the tables it reads")) {
                continue;
            }
            Set<String> known = table.get().columns().stream().map(Column::name).collect(Collectors.toSet());
            List<Map<String, String>> list = new ArrayList<>();
            for (JsonNode row : each.getValue()) {
                Map<String, String> values = new LinkedHashMap<>();
                row.properties().forEach(member -> {
                    faults.require(known.contains(member.getKey()), place, "没有列 " + member.getKey(), "has no column " + member.getKey());
                    values.put(member.getKey(), member.getValue().asText());
                });
                list.add(values);
            }
            faults.require(list.size() <= MAX_SAMPLES, place, "样例行过多", "more than " + MAX_SAMPLES + " rows");
            samples.put(each.getKey(), list);
        }
        return samples;
    }
}
