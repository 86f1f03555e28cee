package cn.jingshu.products.domain;

import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Keeping;
import cn.jingshu.products.domain.ResourceTable.Protection;
import cn.jingshu.products.domain.masking.Histories;
import cn.jingshu.products.domain.masking.Masking;
import cn.jingshu.products.domain.masking.TableRow;
import cn.jingshu.products.sandbox.TestSubject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Fills a sandbox twin with a masked sample of the live rows. Subjects are drawn once for all tables, so their rows fit together; their names in the sample
 * come from a key that is drawn for it and forgotten. The documented test subjects are in it as made up.
 *
 * <p>Tables about nobody are copied as they are. A code that leads to few people has a pseudonym in the tables about people alone: beside the address of a
 * dwelling it would lead back to who lives there.
 */
final class TwinSampling {
    private static final int KEY_BYTES = 32;

    /** Shares are drawn in so many parts. */
    private static final int PARTS = 1 << 20;

    private final OwnerConnection owner;
    private final DomainKeys keys;
    private final String twin;
    private final int k;
    private final double share;
    private final byte[] forgotten = new byte[KEY_BYTES];
    private final Random random = new SecureRandom();
    private final Map<String, Set<String>> rare = new HashMap<>();
    private final Histories histories = new Histories();

    /**
     * @param twin schema of the twin
     * @param share of the subjects, above 0, at most 1
     * @param k fewest subjects of a class
     */
    TwinSampling(OwnerConnection owner, DomainKeys keys, String twin, double share, int k) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("a share of " + share + " of the subjects");
        }
        this.owner = owner;
        this.keys = keys;
        this.twin = twin;
        this.k = k;
        this.share = share;
        random.nextBytes(forgotten);
    }

    /** Learns from all tables of the twin which codes lead to few people in one of them: these have one pseudonym in all. */
    void learn(Collection<ResourceTable> tables) throws SQLException {
        Set<String> joins = codes(tables, false);
        joins.retainAll(codes(tables, true));
        histories.joinBy(joins);
        for (ResourceTable table : tables) {
            if (!isAboutNobody(table)) {
                for (Column column : Masking.codesOf(table)) {
                    Set<String> values = rare.computeIfAbsent(column.name(), _ -> new HashSet<>());
                    owner.each(rareOf(table, column), row -> values.add(row.getString("code")), k);
                }
            }
        }
    }

    /** Names of the codes of tables about people that name them, or do not. */
    private static Set<String> codes(Collection<ResourceTable> tables, boolean naming) {
        return tables.stream().filter(table -> !isAboutNobody(table) && Masking.subjectsOf(table).isEmpty() != naming)
                .flatMap(table -> Masking.codesOf(table).stream()).map(Column::name).collect(Collectors.toCollection(HashSet::new));
    }

    private static String rareOf(ResourceTable table, Column column) {
        String name = OwnerConnection.quoted(column.name());
        List<Column> subjects = Masking.subjectsOf(table);
        String people = subjects.isEmpty() ? "count(*)" : subjects.stream()
                .map(subject -> "count(DISTINCT " + OwnerConnection.quoted(subject.name()) + ")")
                .collect(Collectors.joining(", ", "least(", ")"));
        return "SELECT " + name + " AS code FROM " + DomainTables.qualified(ProductRole.LIVE, table) + " WHERE " + name + " IS NOT NULL GROUP BY " + name
                + " HAVING " + people + " < ?";
    }

    /** Share, 0 to 1, of the subjects of all tables filled so far whose rows together nobody else has. */
    double uniqueTogether() {
        return histories.unique();
    }

    /** Empties the twin's table and fills it anew. */
    TwinReport.Table fill(ResourceTable table, TwinProgress progress) throws SQLException {
        owner.execute("DELETE FROM " + DomainTables.qualified(twin, table));
        List<TableRow> live = read(table);
        progress.at(table.name(), TwinProgress.Step.READING, live.size());
        RowWriter writer = new RowWriter(owner, twin, keys, false);
        TwinReport.Table report;
        if (isAboutNobody(table)) {
            live.forEach(row -> writer.row(table, row.values()));
            report = TwinReport.Table.plain(table.name(), live.size());
        } else {
            progress.at(table.name(), TwinProgress.Step.MASKING, live.size());
            Masking.Sample sample = new Masking(table, k, random, this::pseudonym, this::isRare).mask(live, this::isDrawn, histories);
            sample.rows().forEach(row -> writer.row(table, row.values()));
            report = new TwinReport.Table(table.name(), sample.rows().size(), sample.leftOut(), sample.levels(), sample.measure(),
                    sample.columns(), sample.classes());
        }
        writer.flush();
        progress.at(table.name(), TwinProgress.Step.WRITTEN, report.rows());
        return report;
    }

    /** Adds what is made up about the test subjects. */
    void addTestSubjects(DomainNeeds needs, long seed) {
        RowWriter writer = new RowWriter(owner, twin, keys, true);
        needs.synthetic().write((table, values) -> {
            boolean ofTestSubject = table.columns().stream()
                    .filter(column -> column.keeping() == Keeping.TOKEN)
                    .map(column -> values.get(column.name()))
                    .anyMatch(subject -> subject != null && TestSubject.of(subject).isPresent());
            if (ofTestSubject || isAboutNobody(table)) {
                writer.row(table, values);
            }
        }, seed);
        writer.flush();
    }

    static boolean isAboutNobody(ResourceTable table) {
        return table.columns().stream().allMatch(TwinSampling::isAboutNobody);
    }

    private static boolean isAboutNobody(Column column) {
        return column.keeping() == Keeping.PLAIN
                && (column.protection() == Protection.PUBLIC || column.protection() == Protection.INTERNAL);
    }

    /** The same subjects in every table, whoever is asked first. */
    private boolean isDrawn(String subject) {
        return Math.floorMod(ByteBuffer.wrap(hash("drawn " + subject)).getInt(), PARTS) < share * PARTS;
    }

    private boolean isRare(String column, String value) {
        return rare.getOrDefault(column, Set.of()).contains(value);
    }

    private String pseudonym(String identifier) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash("named " + identifier));
    }

    private byte[] hash(String text) {
        return SubjectTokens.hmacSm3(forgotten, text.getBytes(StandardCharsets.UTF_8));
    }

    private List<TableRow> read(ResourceTable table) throws SQLException {
        String columns = table.columns().stream().map(TwinSampling::asText).collect(Collectors.joining(", "));
        List<TableRow> rows = new ArrayList<>();
        owner.each("SELECT " + columns + " FROM " + DomainTables.qualified(ProductRole.LIVE, table), row -> {
            Map<String, @Nullable String> values = new HashMap<>();
            for (Column column : table.columns()) {
                values.put(column.name(), value(table, column, row));
            }
            rows.add(TableRow.of(values));
        });
        return rows;
    }

    private @Nullable String value(ResourceTable table, Column column, ResultSet row) throws SQLException {
        if (column.keeping() != Keeping.SEALED) {
            return row.getString(column.name());
        }
        byte[] sealed = row.getBytes(column.name());
        return sealed == null ? null : keys.seals().open(table.name() + "." + column.name(), sealed);
    }

    /** Each value as {@link DomainNeeds.RowSink} takes it. */
    private static String asText(Column column) {
        String name = OwnerConnection.quoted(column.name());
        if (column.keeping() == Keeping.SEALED) {
            return name;
        }
        return switch (column.type()) {
            case TEXT -> name;
            case INTEGER, DECIMAL, BOOLEAN, DATE -> "CAST(" + name + " AS text) AS " + name;
            case TIMESTAMP -> "pg_catalog.to_char(" + name + " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS " + name;
        };
    }
}
