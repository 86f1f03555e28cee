package cn.jingshu.products.domain;

import cn.jingshu.products.domain.TwinRecord.Kind;
import cn.jingshu.products.domain.TwinRecord.Terms;
import cn.jingshu.products.domain.masking.KAnonymity;
import cn.jingshu.products.domain.masking.MaskedColumn;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The fillings of sandbox twins on record. */
final class TwinHistory {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ADD = """
            INSERT INTO domain_keeping.twin_history
                   (product, version, kind, made_at, rows_asked, k, least_k, most_unique, by_whom, approval, sentence_zh, sentence_en, report, digest)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            RETURNING number, kind, rows_asked, k, least_k, most_unique, by_whom, approval, sentence_zh, sentence_en, report, digest
            """;
    private static final String LIST = """
            SELECT number, kind, rows_asked, k, least_k, most_unique, by_whom, approval, sentence_zh, sentence_en, report, digest
              FROM domain_keeping.twin_history
             WHERE product = ? AND (CAST(? AS integer) IS NULL OR version = ?)
             ORDER BY number DESC
             LIMIT ?
            """;
    private static final String CURRENT = """
            SELECT number, kind, rows_asked, k, least_k, most_unique, by_whom, approval, sentence_zh, sentence_en, report, digest
              FROM domain_keeping.twin_history
             WHERE product = ? AND version = ? AND kind <> 'WITHHELD'
             ORDER BY number DESC
             LIMIT 1
            """;

    private TwinHistory() {}

    static TwinRecord add(OwnerConnection owner, Kind kind, TwinReport report, @Nullable Terms terms, String by, @Nullable String approval,
            @Nullable String zh, @Nullable String en) throws SQLException {
        String text = text(report);
        return owner.list(ADD, TwinHistory::read, report.product(), report.version(), kind.name(), report.madeAt(),
                terms == null ? null : terms.rows(), terms == null ? null : terms.k(), terms == null ? null : terms.leastK(),
                terms == null ? null : java.math.BigDecimal.valueOf(terms.mostUnique()), by, approval, zh, en, text,
                TwinRecord.digestOf(text)).getFirst();
    }

    /** @param version null: of every version */
    static List<TwinRecord> list(OwnerConnection owner, String product, @Nullable Integer version, int most) throws SQLException {
        return owner.list(LIST, TwinHistory::read, product, version, version, most);
    }

    /** What the twin holds. */
    static Optional<TwinRecord> current(OwnerConnection owner, String product, int version) throws SQLException {
        return owner.list(CURRENT, TwinHistory::read, product, version).stream().findFirst();
    }

    private static TwinRecord read(ResultSet row) throws SQLException {
        String text = row.getString("report");
        long rows = row.getLong("rows_asked");
        Terms terms = row.wasNull() ? null : new Terms(rows, row.getInt("k"), row.getInt("least_k"), row.getDouble("most_unique"));
        return new TwinRecord(row.getLong("number"), Kind.valueOf(row.getString("kind")), report(text), terms, row.getString("by_whom"),
                row.getString("approval"), row.getString("sentence_zh"), row.getString("sentence_en"), text, row.getString("digest"));
    }

    static String text(TwinReport report) {
        ObjectNode json = JSON.createObjectNode();
        json.put("product", report.product());
        json.put("version", report.version());
        json.put("synthetic", report.synthetic());
        json.put("madeAt", report.madeAt().toString());
        json.set("tables", JSON.valueToTree(report.tables()));
        json.put("uniqueTogether", report.uniqueTogether());
        return json.toString();
    }

    private static TwinReport report(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            List<TwinReport.Table> tables = new ArrayList<>();
            for (JsonNode each : json.path("tables")) {
                tables.add(new TwinReport.Table(each.path("table").asText(), each.path("rows").asLong(), each.path("leftOut").asLong(),
                        each.hasNonNull("levels") ? JSON.convertValue(each.get("levels"), new TypeReference<Map<String, Integer>>() {}) : Map.of(),
                        each.hasNonNull("risk") ? JSON.convertValue(each.get("risk"), KAnonymity.class) : null,
                        each.hasNonNull("columns") ? JSON.convertValue(each.get("columns"), new TypeReference<List<MaskedColumn>>() {}) : List.of(),
                        each.hasNonNull("classes") ? JSON.convertValue(each.get("classes"), new TypeReference<List<KAnonymity.ClassSize>>() {})
                                : List.of()));
            }
            return new TwinReport(json.path("product").asText(), json.path("version").asInt(), json.path("synthetic").asBoolean(),
                    Instant.parse(json.path("madeAt").asText()), tables, json.path("uniqueTogether").asDouble());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored report of a twin cannot be read", e);
        }
    }
}
