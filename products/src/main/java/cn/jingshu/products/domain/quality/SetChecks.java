package cn.jingshu.products.domain.quality;

import cn.jingshu.products.domain.LoadStore;
import cn.jingshu.products.domain.ResourceTable;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds, in the staged rows as a whole, what the rules ask for that look at more than one record. */
public final class SetChecks {
    private static final String COLUMN_KNOWN = """
            SELECT count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = to_regclass(?) AND a.attname = ANY (?) AND a.attnum > 0 AND NOT a.attisdropped
            """;
    private static final String LAST_LOADS = """
            SELECT count(*) AS checked, count(*) FILTER (WHERE state NOT IN ('LOADED', 'UNCHANGED')) AS failed
              FROM (SELECT state FROM domain_keeping.load WHERE table_name = ? AND state <> 'RUNNING' ORDER BY number DESC LIMIT ?) AS l
            """;
    private static final String LOADED_BEFORE = """
            SELECT coalesce(confirmed_at, loaded_at) FROM domain_keeping.newest_load WHERE table_name = ? AND NOT synthetic
            """;

    private final LoadStore.Session session;
    private final ResourceTable table;
    private final Function<String, String> other;
    private final Instant now;
    private final long duplicates;

    /**
     * @param other where another table's rows are, by its name: staged with this load, or live
     * @param duplicates how many records were taken out because their key came before
     */
    public SetChecks(LoadStore.Session session, ResourceTable table, Function<String, String> other, Instant now, long duplicates) {
        this.session = session;
        this.table = table;
        this.other = other;
        this.now = now;
        this.duplicates = duplicates;
    }

    /** What the rules find that {@link RowChecks} does not look at. */
    public List<QualityScore.Result> results(QualityRules rules) throws SQLException {
        List<QualityScore.Result> results = new ArrayList<>();
        for (QualityRule rule : rules.rules()) {
            Optional<QualityScore.Result> result = switch (rule) {
                case QualityRule.Accepted _, QualityRule.Matches _, QualityRule.Filled _, QualityRule.Between _, QualityRule.Identifies _ -> Optional.empty();
                case QualityRule.Unique unique -> Optional.of(unique(unique));
                case QualityRule.Refers refers -> Optional.of(refers(refers));
                case QualityRule.Agrees agrees -> Optional.of(agrees(agrees));
                case QualityRule.InOrder order -> Optional.of(counted(order, "SELECT count(*), count(*) FILTER (WHERE s." + name(order.first())
                        + " > s." + name(order.second()) + ") FROM " + session.staging(table) + " AS s WHERE s." + name(order.first())
                        + " IS NOT NULL AND s." + name(order.second()) + " IS NOT NULL"));
                case QualityRule.Recent recent -> Optional.of(recent(recent));
                case QualityRule.OnSchedule schedule -> Optional.of(onSchedule(schedule, rules.soonEnough(schedule)));
                case QualityRule.LoadsSucceed loads -> Optional.of(loadsSucceed(loads));
            };
            result.ifPresent(results::add);
        }
        return results;
    }

    private String name(String column) {
        return session.names(List.of(column));
    }

    private QualityScore.Result unique(QualityRule.Unique rule) throws SQLException {
        QualityScore.Result staged = counted(rule, "SELECT coalesce(sum(n), 0), coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM "
                + session.staging(table) + " GROUP BY " + session.names(rule.columns()) + ") AS g");
        // Records with a key that came before are out of the staging already, and count all the same.
        return rule.columns().equals(table.key())
                ? QualityScore.Result.of(rule, staged.checked() + duplicates, staged.failed() + duplicates) : staged;
    }

    private QualityScore.Result refers(QualityRule.Refers rule) throws SQLException {
        String place = other.apply(rule.table());
        if (!isThere(place, List.of(rule.otherColumn()))) {
            return QualityScore.Result.of(rule, 0, 0);
        }
        return counted(rule, "SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM " + place + " AS o WHERE o."
                + name(rule.otherColumn()) + " = s." + name(rule.column()) + ")) FROM " + session.staging(table) + " AS s WHERE s."
                + name(rule.column()) + " IS NOT NULL");
    }

    private QualityScore.Result agrees(QualityRule.Agrees rule) throws SQLException {
        String place = other.apply(rule.table());
        List<String> needed = new ArrayList<>(rule.key());
        needed.add(rule.otherColumn());
        if (!isThere(place, needed.stream().distinct().toList())) {
            return QualityScore.Result.of(rule, 0, 0);
        }
        String joined = rule.key().stream().map(key -> "o." + name(key) + " = s." + name(key)).collect(Collectors.joining(" AND "));
        return counted(rule, "SELECT count(*), count(*) FILTER (WHERE o." + name(rule.otherColumn()) + " IS DISTINCT FROM s."
                + name(rule.column()) + ") FROM " + session.staging(table) + " AS s JOIN " + place + " AS o ON " + joined);
    }

    private QualityScore.Result recent(QualityRule.Recent rule) throws SQLException {
        return one("SELECT max(CAST(s." + name(rule.column()) + " AS timestamp with time zone)) FROM " + session.staging(table) + " AS s", null)
                .map(newest -> QualityScore.Result.of(rule, 1, Duration.between(newest, now).compareTo(rule.atMost()) > 0 ? 1 : 0))
                .orElseGet(() -> QualityScore.Result.of(rule, 0, 0));
    }

    private QualityScore.Result onSchedule(QualityRule.OnSchedule rule, @Nullable Duration atMost) throws SQLException {
        if (atMost == null) {
            return QualityScore.Result.of(rule, 0, 0);
        }
        return one(LOADED_BEFORE, table.name())
                .map(before -> QualityScore.Result.of(rule, 1, Duration.between(before, now).compareTo(atMost) > 0 ? 1 : 0))
                .orElseGet(() -> QualityScore.Result.of(rule, 0, 0));
    }

    private QualityScore.Result loadsSucceed(QualityRule.LoadsSucceed rule) throws SQLException {
        try (PreparedStatement statement = session.connection().prepareStatement(LAST_LOADS)) {
            statement.setString(1, table.name());
            statement.setInt(2, rule.loads() - 1);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return QualityScore.Result.of(rule, row.getLong("checked") + 1, row.getLong("failed")); // this one has come so far
            }
        }
    }

    private Optional<Instant> one(String sql, @Nullable String parameter) throws SQLException {
        try (PreparedStatement statement = session.connection().prepareStatement(sql)) {
            if (parameter != null) {
                statement.setString(1, parameter);
            }
            try (ResultSet row = statement.executeQuery()) {
                Timestamp moment = row.next() ? row.getTimestamp(1) : null;
                return Optional.ofNullable(moment).map(Timestamp::toInstant);
            }
        }
    }

    private boolean isThere(String place, List<String> columns) throws SQLException {
        try (PreparedStatement statement = session.connection().prepareStatement(COLUMN_KNOWN)) {
            statement.setString(1, place);
            statement.setArray(2, session.connection().createArrayOf("text", columns.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getLong(1) == columns.size();
            }
        }
    }

    private QualityScore.Result counted(QualityRule rule, String sql) throws SQLException {
        try (PreparedStatement statement = session.connection().prepareStatement(sql); ResultSet row = statement.executeQuery()) {
            row.next();
            return QualityScore.Result.of(rule, row.getLong(1), row.getLong(2));
        }
    }
}
