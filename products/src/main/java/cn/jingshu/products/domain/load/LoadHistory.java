package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.LoadStore;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.quality.Dimension;
import cn.jingshu.products.domain.quality.QualityRule;
import cn.jingshu.products.domain.quality.QualityRules;
import cn.jingshu.products.domain.quality.QualityScore;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The loads there were and are, what each was rejected for, and how good it was; and the quality rules somebody declared. */
public final class LoadHistory {
    /** Of readings of interfaces, what is listed among the loads of all tables. */
    private static final Duration READINGS_LISTED = Duration.ofHours(1);

    /** How long nothing is written of an hour of readings before its node counts as gone. */
    private static final Duration READINGS_ABANDONED = Duration.ofMinutes(10);

    /** Lines kept of each reason a record is rejected for. */
    static final int MOST_LINES = 100;

    private static final List<String> OWN_TABLES = List.of("""
            CREATE TABLE IF NOT EXISTS domain_keeping.load (
                id             uuid        CONSTRAINT load_pk PRIMARY KEY,
                number         bigint      GENERATED ALWAYS AS IDENTITY,
                run            uuid        NOT NULL,
                table_name     text        NOT NULL,
                resource       text        NOT NULL,
                mode           text        NOT NULL,
                source         text        NOT NULL,
                digest         text,
                state          text        NOT NULL,
                started_at     timestamptz NOT NULL,
                touched_at     timestamptz NOT NULL,
                ended_at       timestamptz,
                rows_in        bigint      NOT NULL,
                rows_accepted  bigint      NOT NULL,
                rows_rejected  bigint      NOT NULL,
                bytes_read     bigint      NOT NULL,
                bytes_total    bigint      NOT NULL,
                position       text        NOT NULL,
                last_line      bigint      NOT NULL,
                counts         bigint[]    NOT NULL,
                drift_missing  text[]      NOT NULL,
                drift_added    text[]      NOT NULL,
                drift_retyped  text[]      NOT NULL,
                sentence_zh    text,
                sentence_en    text,
                quality_score  double precision,
                started_by     text,
                entity_tag     text,
                CONSTRAINT load_mode_known CHECK (mode IN ('REPLACE', 'UPSERT')),
                CONSTRAINT load_state_known CHECK (state IN ('RUNNING', 'LOADED', 'UNCHANGED', 'REFUSED', 'FAILED')),
                CONSTRAINT load_ended CHECK ((state = 'RUNNING') = (ended_at IS NULL)),
                CONSTRAINT load_rows_add_up CHECK (rows_in = rows_accepted + rows_rejected),
                CONSTRAINT load_said_why CHECK (state NOT IN ('REFUSED', 'FAILED') OR (sentence_zh IS NOT NULL AND sentence_en IS NOT NULL))
            )
            """, """
            CREATE TABLE IF NOT EXISTS domain_keeping.load_reject (
                load_id     uuid     NOT NULL,
                column_name text     NOT NULL,
                reason      text     NOT NULL,
                records     bigint   NOT NULL,
                lines       bigint[] NOT NULL,
                CONSTRAINT load_reject_pk PRIMARY KEY (load_id, column_name, reason),
                CONSTRAINT load_reject_load_fk FOREIGN KEY (load_id) REFERENCES domain_keeping.load (id)
            )
            """, """
            CREATE TABLE IF NOT EXISTS domain_keeping.quality_result (
                load_id   uuid   NOT NULL,
                rule      text   NOT NULL,
                dimension text   NOT NULL,
                checked   bigint NOT NULL,
                failed    bigint NOT NULL,
                score     double precision,
                CONSTRAINT quality_result_pk PRIMARY KEY (load_id, rule),
                CONSTRAINT quality_result_load_fk FOREIGN KEY (load_id) REFERENCES domain_keeping.load (id),
                CONSTRAINT quality_result_counts CHECK (failed BETWEEN 0 AND checked)
            )
            """, """
            CREATE TABLE IF NOT EXISTS domain_keeping.quality_rules (
                table_name text        NOT NULL,
                version    integer     NOT NULL,
                rules      text        NOT NULL,
                set_by     text        NOT NULL,
                set_at     timestamptz NOT NULL,
                CONSTRAINT quality_rules_pk PRIMARY KEY (table_name, version)
            )
            """, """
            DO $$
            BEGIN -- asked first: what adds a column or an index waits for loads under way, and holds up whoever comes after it, whether it is there or not
                IF to_regclass('domain_keeping.load_by_table') IS NULL THEN
                    CREATE INDEX IF NOT EXISTS load_by_table ON domain_keeping.load (table_name, number DESC);
                END IF;
                IF (SELECT count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = to_regclass('domain_keeping.load')
                       AND a.attname IN ('columns_came', 'columns_went', 'records_came', 'records_went', 'readings', 'readings_changed', 'readings_failed',
                                         'header_at', 'definition', 'bookmark', 'began_behind')) < 11 THEN
                    ALTER TABLE domain_keeping.load
                        ADD COLUMN IF NOT EXISTS columns_came text[],
                        ADD COLUMN IF NOT EXISTS columns_went text[],
                        ADD COLUMN IF NOT EXISTS records_came bigint,
                        ADD COLUMN IF NOT EXISTS records_went bigint,
                        ADD COLUMN IF NOT EXISTS readings bigint,
                        ADD COLUMN IF NOT EXISTS readings_changed bigint,
                        ADD COLUMN IF NOT EXISTS readings_failed bigint,
                        ADD COLUMN IF NOT EXISTS header_at timestamptz,
                        ADD COLUMN IF NOT EXISTS definition text,
                        ADD COLUMN IF NOT EXISTS bookmark bytea,
                        ADD COLUMN IF NOT EXISTS began_behind uuid;
                END IF;
                IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a
                                WHERE a.attrelid = to_regclass('domain_keeping.newest_load') AND a.attname = 'confirmed_at') THEN
                    ALTER TABLE domain_keeping.newest_load ADD COLUMN IF NOT EXISTS confirmed_at timestamptz;
                END IF;
            END
            $$
            """);
    private static final List<String> TABLES = Stream.concat(OWN_TABLES.stream(), KeptArchives.TABLES.stream()).toList();

    private static final String COLUMNS = """
            SELECT id, run, table_name, resource, mode, source, digest, state, started_at, touched_at, ended_at, rows_in, rows_accepted,
                   rows_rejected, bytes_read, bytes_total, position, last_line, counts, drift_missing, drift_added, drift_retyped,
                   sentence_zh, sentence_en, quality_score, started_by, entity_tag, columns_came, columns_went, records_came, records_went,
                   readings, readings_changed, readings_failed, header_at, definition, bookmark, began_behind
              FROM domain_keeping.load
            """;
    private static final String NEWEST = COLUMNS + """
             WHERE (CAST(? AS text) IS NULL OR table_name = ?) AND (CAST(? AS text[]) IS NULL OR resource = ANY (?))
               AND (CAST(? AS text) IS NOT NULL OR readings IS NULL OR started_at > ?)
             ORDER BY number DESC
             LIMIT ?
            """;
    private static final String BY_ID = COLUMNS + """
             WHERE id = ?
            """;
    /** What the table holds now: the newest load that became its rows. */
    private static final String CURRENT = COLUMNS + """
             WHERE table_name = ? AND state = 'LOADED'
             ORDER BY ended_at DESC, number DESC
             LIMIT 1
            """;
    /**
     * Where a source is read on: what its newest load ended with, as long as the table's rows are of it: none other has replaced them since.
     */
    private static final String BOOKMARKED = COLUMNS + """
             AS l
             WHERE table_name = ? AND source = ? AND definition IS NOT DISTINCT FROM ? AND state IN ('LOADED', 'UNCHANGED') AND bookmark IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM domain_keeping.load AS o
                                WHERE o.table_name = l.table_name AND o.state = 'LOADED' AND o.mode = 'REPLACE' AND o.number > l.number)
             ORDER BY number DESC
             LIMIT 1
            """;
    private static final String STANDING = """
            SELECT DISTINCT ON (table_name) id, run, table_name, resource, mode, source, digest, state, started_at, touched_at, ended_at, rows_in,
                   rows_accepted, rows_rejected, bytes_read, bytes_total, position, last_line, counts, drift_missing, drift_added, drift_retyped,
                   sentence_zh, sentence_en, quality_score, started_by, entity_tag, columns_came, columns_went, records_came, records_went,
                   readings, readings_changed, readings_failed, header_at, definition, bookmark, began_behind
              FROM domain_keeping.load
             WHERE resource = ANY (?) AND state = 'LOADED'
             ORDER BY table_name, ended_at DESC, number DESC
            """;
    private static final String LOADED_BY = COLUMNS + """
             WHERE table_name = ? AND started_by = ? AND digest = ? AND state = 'LOADED'
             ORDER BY number DESC
             LIMIT 1
            """;
    /** Whose rows are staged: nothing else was begun since. */
    private static final String LAST = COLUMNS + """
             WHERE table_name = ?
             ORDER BY number DESC
             LIMIT 1
            """;
    private static final String REJECTS = """
            SELECT column_name, reason, records, lines FROM domain_keeping.load_reject WHERE load_id = ? ORDER BY records DESC, column_name, reason
            """;
    private static final String BEGIN = """
            INSERT INTO domain_keeping.load
                   (id, run, table_name, resource, mode, source, digest, state, started_at, touched_at, rows_in, rows_accepted, rows_rejected,
                    bytes_read, bytes_total, position, last_line, counts, drift_missing, drift_added, drift_retyped, started_by, definition, began_behind)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, 0, 0, 0, 0, -1, '', 0, '{}', '{}', '{}', '{}', ?, ?, ?)
            """;
    /** A position may hold the key of a row, an identity number among them: nothing goes on behind one when another load is begun. */
    private static final String FORGET_POSITIONS = """
            UPDATE domain_keeping.load SET position = '' WHERE table_name = ? AND position <> ''
            """;
    private static final String GO_ON = """
            UPDATE domain_keeping.load
               SET state = 'RUNNING', run = ?, ended_at = NULL, sentence_zh = NULL, sentence_en = NULL, touched_at = ?
             WHERE id = ?
            """;
    private static final String ADVANCE = """
            UPDATE domain_keeping.load
               SET rows_in = ?, rows_accepted = ?, rows_rejected = ?, bytes_read = ?, bytes_total = ?, position = ?, last_line = ?,
                   counts = ?, touched_at = ?
             WHERE id = ?
            """;
    private static final String END = """
            UPDATE domain_keeping.load
               SET state = ?, ended_at = ?, touched_at = ?, rows_in = ?, rows_accepted = ?, rows_rejected = ?, drift_missing = ?,
                   drift_added = ?, drift_retyped = ?, sentence_zh = ?, sentence_en = ?, quality_score = ?, digest = coalesce(?, digest),
                   entity_tag = coalesce(?, entity_tag), bookmark = ?, position = ''
             WHERE id = ?
            """;
    private static final String COMPARE = """
            UPDATE domain_keeping.load SET columns_came = ?, columns_went = ?, records_came = ?, records_went = ? WHERE id = ?
            """;
    private static final String OBSERVE = """
            INSERT INTO domain_keeping.load
                   (id, run, table_name, resource, mode, source, digest, state, started_at, touched_at, ended_at, rows_in, rows_accepted,
                    rows_rejected, bytes_read, bytes_total, position, last_line, counts, drift_missing, drift_added, drift_retyped,
                    sentence_zh, sentence_en, quality_score, started_by, readings, readings_changed, readings_failed, header_at)
            VALUES (?, ?, ?, ?, 'UPSERT', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, -1, '', 0, '{}', '{}', '{}', '{}', ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT load_pk DO UPDATE
               SET digest = excluded.digest, state = excluded.state, touched_at = excluded.touched_at, ended_at = excluded.ended_at,
                   rows_in = excluded.rows_in, rows_accepted = excluded.rows_accepted, rows_rejected = excluded.rows_rejected,
                   bytes_read = excluded.bytes_read, sentence_zh = excluded.sentence_zh, sentence_en = excluded.sentence_en,
                   quality_score = excluded.quality_score, readings = excluded.readings, readings_changed = excluded.readings_changed,
                   readings_failed = excluded.readings_failed, header_at = excluded.header_at
        """;
    private static final String REMEMBER_READINGS = """
            INSERT INTO domain_keeping.newest_load (table_name, loaded_at, synthetic, quality_score, degraded)
            VALUES (?, ?, false, ?, ?)
            ON CONFLICT ON CONSTRAINT newest_load_pk DO UPDATE
               SET loaded_at = excluded.loaded_at, synthetic = false, quality_score = excluded.quality_score, degraded = excluded.degraded
            """;
    private static final String END_ABANDONED = """
            UPDATE domain_keeping.load SET state = 'LOADED', ended_at = touched_at
             WHERE readings IS NOT NULL AND state = 'RUNNING' AND touched_at < ?
            """;
    private static final List<String> FORGET_READINGS = List.of("""
            DELETE FROM domain_keeping.load_reject AS r USING domain_keeping.load AS l
             WHERE l.id = r.load_id AND l.readings IS NOT NULL AND l.started_at < ?
            """, """
            DELETE FROM domain_keeping.quality_result AS q USING domain_keeping.load AS l
             WHERE l.id = q.load_id AND l.readings IS NOT NULL AND l.started_at < ?
            """, """
            DELETE FROM domain_keeping.load WHERE readings IS NOT NULL AND started_at < ?
            """);
    /** A load whose process has died is running for ever: whoever has the table's lock knows better. */
    private static final String BURY = """
            UPDATE domain_keeping.load
               SET state = 'FAILED', ended_at = touched_at, sentence_zh = '装载进程中断', sentence_en = 'the process that loaded has died'
             WHERE table_name = ? AND state = 'RUNNING'
            """;
    private static final String FAIL = """
            UPDATE domain_keeping.load
               SET state = 'FAILED', ended_at = ?, touched_at = ?, sentence_zh = ?, sentence_en = ?
             WHERE run = ? AND state = 'RUNNING'
            """;
    private static final String PUT_REJECT = """
            INSERT INTO domain_keeping.load_reject (load_id, column_name, reason, records, lines)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT load_reject_pk DO UPDATE SET records = excluded.records, lines = excluded.lines
            """;
    private static final String PUT_RESULT = """
            INSERT INTO domain_keeping.quality_result (load_id, rule, dimension, checked, failed, score)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT quality_result_pk DO UPDATE
               SET checked = excluded.checked, failed = excluded.failed, score = excluded.score
            """;
    private static final String RESULTS = """
            SELECT rule, dimension, checked, failed, score FROM domain_keeping.quality_result WHERE load_id = ? ORDER BY dimension, rule
            """;
    private static final String RULES = """
            SELECT rules FROM domain_keeping.quality_rules WHERE table_name = ? ORDER BY version DESC LIMIT 1
            """;
    private static final String DEGRADED = """
            SELECT table_name FROM domain_keeping.newest_load WHERE degraded AND table_name = ANY (?) ORDER BY table_name
            """;
    private static final String TURN = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('quality rules of ' || ?, 0))";
    private static final String PUT_RULES = """
            INSERT INTO domain_keeping.quality_rules (table_name, version, rules, set_by, set_at)
            SELECT ?, coalesce(max(version), 0) + 1, ?, ?, ? FROM domain_keeping.quality_rules WHERE table_name = ?
            """;

    private final LoadStore store;
    private final Clock clock;
    private final Function<ResourceTable, Optional<QualityRules>> usual;
    private final Function<ResourceTable, Optional<Duration>> cycle;
    private final LoadFreshness freshness;
    private final Set<ResourceTable> made = new HashSet<>();
    private volatile boolean prepared;

    public LoadHistory(LoadStore store, Clock clock) {
        this(store, clock, _ -> Optional.empty(), _ -> Optional.empty());
    }

    /**
     * @param usual the rules that come with a table nobody has declared others for; empty: they are derived from its definition
     * @param cycle how long a table stays fresh by its resource's update cycle, where its rules do not say it; empty: it does not grow stale
     */
    public LoadHistory(LoadStore store, Clock clock, Function<ResourceTable, Optional<QualityRules>> usual,
            Function<ResourceTable, Optional<Duration>> cycle) {
        this.store = store;
        this.clock = clock;
        this.usual = usual;
        this.cycle = cycle;
        this.freshness = new LoadFreshness(this, clock);
    }

    /**
     * Makes the tables of the domain, of these resources and of the history, where they are not there. What this process has made it does not make again: it
     * would wait for, and hold up, loads that run beside.
     */
    public synchronized void prepare(List<ResourceTable> tables) {
        if (!prepared || !made.containsAll(tables)) {
            store.prepare(tables, TABLES);
            made.addAll(tables);
            prepared = true;
        }
    }

    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    <T> T with(Work<T> work) {
        if (!prepared) {
            prepare(List.of()); // whoever asks first may ask before anything was loaded
        }
        try (Connection connection = store.connect()) {
            return work.on(connection);
        } catch (SQLException failure) {
            throw LoadStore.failed(failure);
        }
    }

    /** The same in one transaction. */
    <T> T inTransaction(Work<T> work) {
        return with(connection -> {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = work.on(connection);
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        });
    }

    /**
     * At most {@code most} loads, the newest first; of the readings of interfaces the newest hour alone, unless one table is asked for.
     *
     * @param table null: of every table
     * @param resources null: of every resource
     * @throws cn.jingshu.products.domain.DomainException if the database is away
     */
    public List<LoadRecord> list(@Nullable String table, @Nullable List<String> resources, int most) {
        return with(connection -> {
            Array many = resources == null ? null : connection.createArrayOf("text", resources.toArray());
            List<Kept> kept = query(connection, NEWEST, table, table, many, many, table, clock.instant().minus(READINGS_LISTED), most);
            List<LoadRecord> loads = new ArrayList<>();
            for (Kept each : kept) {
                loads.add(each.record(rejects(connection, each.id)));
            }
            return List.copyOf(loads);
        });
    }

    /**
     * What stands now in the tables of these resources: of each table the newest load that became its rows, however many others there were since.
     *
     * @throws cn.jingshu.products.domain.DomainException if the database is away
     */
    public List<LoadRecord> listStanding(List<String> resources) {
        return with(connection -> query(connection, STANDING, connection.createArrayOf("text", resources.toArray())).stream().map(Kept::record).toList());
    }

    /** The newest load of just that content that became the table's rows, if the same asked for it; empty: there was none. */
    public Optional<LoadRecord> findLoadedBy(String table, String by, String digest) {
        return with(connection -> query(connection, LOADED_BY, table, by, digest).stream().findFirst().map(Kept::record));
    }

    public Optional<LoadRecord> find(UUID id) {
        return with(connection -> {
            Optional<Kept> kept = query(connection, BY_ID, id).stream().findFirst();
            return kept.isEmpty() ? Optional.empty() : Optional.of(kept.get().record(rejects(connection, id)));
        });
    }

    /**
     * What a rule found in one load.
     *
     * @param score null: it could not be measured
     */
    public record RuleResult(String rule, Dimension dimension, long checked, long failed, @Nullable Double score) {}

    public List<RuleResult> qualityOf(UUID id) {
        return with(connection -> {
            List<RuleResult> results = new ArrayList<>();
            try (PreparedStatement statement = prepared(connection, RESULTS, id); ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    double score = row.getDouble("score");
                    Double known = row.wasNull() ? null : score;
                    results.add(new RuleResult(row.getString("rule"), Dimension.valueOf(row.getString("dimension")), row.getLong("checked"),
                            row.getLong("failed"), known));
                }
            }
            return List.copyOf(results);
        });
    }

    /** How good a load is in each dimension of which its rules could measure something. */
    public static Map<Dimension, Double> dimensions(List<RuleResult> results) {
        return QualityScore.means(results, RuleResult::dimension, RuleResult::score);
    }

    /** The rules somebody declared last for a table; empty: nobody did. */
    public Optional<QualityRules> findDeclared(ResourceTable table) {
        return with(connection -> findDeclared(connection, table));
    }

    private static Optional<QualityRules> findDeclared(Connection connection, ResourceTable table) throws SQLException {
        try (PreparedStatement statement = prepared(connection, RULES, table.name()); ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(QualityRules.fromJson(row.getString("rules"))) : Optional.empty();
        }
    }

    /** The rules that are stated for a table: those declared last, or else what its definition asks for by itself. */
    public QualityRules statedRulesOf(ResourceTable table) {
        return stated(findDeclared(table), table);
    }

    private QualityRules stated(Optional<QualityRules> declared, ResourceTable table) {
        return declared.or(() -> GtfsZip.rules(table)).or(() -> usual.apply(table)).orElseGet(() -> QualityRules.derived(table));
    }

    /** The rules a table is held against: those stated for it, and where they say no freshness, that of its resource's update cycle. */
    public QualityRules rulesOf(ResourceTable table) {
        QualityRules stated = statedRulesOf(table);
        return stated.freshFor() != null ? stated : stated.withFreshFor(cycle.apply(table).orElse(null));
    }

    /** How long what was loaded is fresh. */
    public LoadFreshness freshness() {
        return freshness;
    }

    /** Whether a load ever became the table's rows. */
    public boolean wasLoaded(ResourceTable table) {
        return with(connection -> current(connection, table.name()).isPresent());
    }

    /** Those of these tables whose newest load is below its threshold. */
    public List<String> degraded(List<String> tables) {
        return with(connection -> {
            List<String> names = new ArrayList<>();
            try (PreparedStatement statement = prepared(connection, DEGRADED, connection.createArrayOf("text", tables.toArray()));
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString("table_name"));
                }
            }
            return List.copyOf(names);
        });
    }

    /** Declares rules, from the next load on; its freshness from now on. @throws IllegalArgumentException if they do not fit the table */
    public void declare(ResourceTable table, QualityRules rules, String by) {
        rules.requireFits(table);
        Duration usually = cycle.apply(table).orElse(null);
        inTransaction(connection -> {
            takeTurn(connection, table);
            return put(connection, table, rules, usually, by);
        });
    }

    /** Declares the rules that are stated for a table with another freshness, so that nothing somebody else declares meanwhile is lost. */
    void declareFreshFor(ResourceTable table, @Nullable Duration freshFor, String by) {
        Duration usually = cycle.apply(table).orElse(null);
        inTransaction(connection -> {
            takeTurn(connection, table);
            QualityRules rules = stated(findDeclared(connection, table), table).withFreshFor(freshFor);
            rules.requireFits(table);
            return put(connection, table, rules, usually, by);
        });
    }

    /** Until the transaction ends, nobody else declares rules of the table. */
    private static void takeTurn(Connection connection, ResourceTable table) throws SQLException {
        try (PreparedStatement turn = prepared(connection, TURN, table.name())) {
            turn.execute();
        }
    }

    /** @param usually how long the table is fresh where its rules do not say it; null: always */
    private int put(Connection connection, ResourceTable table, QualityRules rules, @Nullable Duration usually, String by) throws SQLException {
        change(connection, PUT_RULES, table.name(), rules.toJson(), by, clock.instant(), table.name());
        Duration stated = rules.freshFor();
        return LoadFreshness.reckon(connection, table, stated == null ? usually : stated);
    }

    /* Readings of interfaces whose rows are not kept */

    /**
     * Writes how the readings of interfaces were, all of them or none; what was written before under the same id is replaced.
     *
     * @throws cn.jingshu.products.domain.DomainException if the database is away
     */
    public void observe(List<ObservedReadings> observed, @Nullable String by) {
        with(connection -> {
            connection.setAutoCommit(false);
            try {
                for (ObservedReadings each : observed) {
                    observe(connection, each, by);
                }
                connection.commit();
                return observed.size();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        });
    }

    private static void observe(Connection connection, ObservedReadings o, @Nullable String by) throws SQLException {
        String failure = o.failure();
        String state = !o.over() ? "RUNNING" : failure != null ? "FAILED" : "LOADED";
        change(connection, OBSERVE, o.id(), o.run(), o.table().name(), o.table().resource(), o.source(), o.digest(), state, o.startedAt(),
                o.touchedAt(), o.over() ? o.touchedAt() : null, o.rowsIn(), o.rowsIn() - o.rejected(), o.rejected(), o.bytes(),
                failure == null ? null : "这段时间内数据接口均未能读取:" + failure, failure, o.score().total(), by, o.readings(), o.changed(), o.failed(),
                o.headerAt());
        for (Map.Entry<RejectReason, Long> each : o.rejects().entrySet()) {
            change(connection, PUT_REJECT, o.id(), "", each.getKey(), each.getValue(), connection.createArrayOf("bigint", new Long[0]));
        }
        for (QualityScore.Result each : o.score().results()) {
            change(connection, PUT_RESULT, o.id(), each.rule().code(), each.rule().dimension(), each.checked(), each.failed(), each.score());
        }
        change(connection, REMEMBER_READINGS, o.table().name(), o.touchedAt(), o.score().total(), o.degraded());
    }

    /** Ends the hours of readings whose node is gone, and forgets those that began before a moment. How many were forgotten. */
    public int sweepReadings(Instant before) {
        return with(connection -> {
            change(connection, END_ABANDONED, clock.instant().minus(READINGS_ABANDONED));
            int forgotten = 0;
            for (String sql : FORGET_READINGS) {
                forgotten = change(connection, sql, before);
            }
            return forgotten;
        });
    }

    /* What the loader writes */

    /** A load as it is kept, with what is needed to go on with it. */
    static final class Kept {
        private final UUID id;
        private final LoadRecord record;
        private final String position;
        private final long lastLine;
        private final List<Long> counts;
        private final @Nullable String entityTag;
        private final @Nullable String definition;
        private final byte @Nullable [] bookmark;
        private final @Nullable UUID beganBehind;

        private Kept(ResultSet row) throws SQLException {
            double score = row.getDouble("quality_score");
            Double known = row.wasNull() ? null : score;
            Timestamp ended = row.getTimestamp("ended_at");
            this.id = row.getObject("id", UUID.class);
            this.record = new LoadRecord(id, row.getObject("run", UUID.class), row.getString("table_name"), row.getString("resource"),
                    LoadRequest.Mode.valueOf(row.getString("mode")), row.getString("source"), row.getString("digest"),
                    LoadRecord.State.valueOf(row.getString("state")), row.getTimestamp("started_at").toInstant(),
                    row.getTimestamp("touched_at").toInstant(), ended == null ? null : ended.toInstant(), row.getLong("rows_in"),
                    row.getLong("rows_accepted"), row.getLong("rows_rejected"), row.getLong("bytes_read"), row.getLong("bytes_total"),
                    new SchemaDrift(texts(row, "drift_missing"), texts(row, "drift_added"), texts(row, "drift_retyped")),
                    row.getString("sentence_zh"), row.getString("sentence_en"), known, row.getString("started_by"), since(row), readings(row), List.of());
            this.position = row.getString("position");
            this.lastLine = row.getLong("last_line");
            this.counts = numbers(row, "counts");
            this.entityTag = row.getString("entity_tag");
            this.definition = row.getString("definition");
            this.bookmark = row.getBytes("bookmark");
            this.beganBehind = row.getObject("began_behind", UUID.class);
        }

        /** Where the source is read on behind this load, sealed: it may hold the key of a row; null: nowhere. */
        byte @Nullable [] bookmark() {
            return bookmark == null ? null : bookmark.clone();
        }

        /** The load whose bookmark this one began behind; null: it read the whole. */
        @Nullable UUID beganBehind() {
            return beganBehind;
        }

        @Nullable String entityTag() {
            return entityTag;
        }

        @Nullable String definition() {
            return definition;
        }

        UUID id() {
            return id;
        }

        LoadRecord record() {
            return record;
        }

        String position() {
            return position;
        }

        long lastLine() {
            return lastLine;
        }

        List<Long> counts() {
            return counts;
        }

        private LoadRecord record(List<LoadRecord.Rejects> rejects) {
            LoadRecord r = record;
            return new LoadRecord(r.id(), r.run(), r.table(), r.resource(), r.mode(), r.source(), r.digest(), r.state(), r.startedAt(),
                    r.touchedAt(), r.endedAt(), r.rowsIn(), r.accepted(), r.rejected(), r.bytesRead(), r.bytesTotal(), r.drift(),
                    r.sentenceZh(), r.sentenceEn(), r.score(), r.by(), r.since(), r.readings(), rejects);
        }
    }

    private static LoadRecord.@Nullable Readings readings(ResultSet row) throws SQLException {
        long asked = row.getLong("readings");
        if (row.wasNull()) {
            return null;
        }
        Timestamp header = row.getTimestamp("header_at");
        return new LoadRecord.Readings(asked, row.getLong("readings_changed"), row.getLong("readings_failed"), header == null ? null : header.toInstant());
    }

    private static @Nullable SinceBefore since(ResultSet row) throws SQLException {
        return row.getArray("columns_came") == null ? null : new SinceBefore(texts(row, "columns_came"), texts(row, "columns_went"),
                row.getLong("records_came"), row.getLong("records_went"));
    }

    static void compare(Connection connection, UUID load, SinceBefore since) throws SQLException {
        change(connection, COMPARE, texts(connection, since.columnsCame()), texts(connection, since.columnsWent()), since.recordsCame(),
                since.recordsWent(), load);
    }

    static Optional<Kept> current(Connection connection, String table) throws SQLException {
        return query(connection, CURRENT, table).stream().findFirst();
    }

    static Optional<Kept> bookmarked(Connection connection, LoadRequest.Part part) throws SQLException {
        return query(connection, BOOKMARKED, part.table().name(), part.source().description(), part.source().definition()).stream().findFirst();
    }

    static Optional<Kept> last(Connection connection, String table) throws SQLException {
        return query(connection, LAST, table).stream().findFirst();
    }

    static List<LoadRecord.Rejects> rejects(Connection connection, UUID load) throws SQLException {
        List<LoadRecord.Rejects> rejects = new ArrayList<>();
        try (PreparedStatement statement = prepared(connection, REJECTS, load); ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                String column = row.getString("column_name");
                rejects.add(new LoadRecord.Rejects(column.isEmpty() ? null : column, RejectReason.valueOf(row.getString("reason")),
                        row.getLong("records"), numbers(row, "lines")));
            }
        }
        return rejects;
    }

    void begin(Connection connection, UUID id, UUID run, LoadRequest request, LoadRequest.Part part, @Nullable UUID behind) throws SQLException {
        Instant now = clock.instant();
        change(connection, FORGET_POSITIONS, part.table().name());
        change(connection, BEGIN, id, run, part.table().name(), part.table().resource(), request.mode(), part.source().description(),
                part.source().digest(), now, now, request.by(), part.source().definition(), behind);
    }

    void goOn(Connection connection, UUID id, UUID run) throws SQLException {
        change(connection, GO_ON, run, clock.instant(), id);
    }

    static void bury(Connection connection, String table) throws SQLException {
        change(connection, BURY, table);
    }

    void advance(Connection connection, UUID id, Tally tally, RecordSource source) throws SQLException {
        change(connection, ADVANCE, tally.rowsIn(), tally.accepted(), tally.rejected(), source.bytesRead(), source.bytesTotal(),
                source.position(), tally.lastLine(), connection.createArrayOf("bigint", tally.counts().toArray()), clock.instant(), id);
        writeRejects(connection, id, tally);
    }

    void end(Connection connection, UUID id, LoadRecord.State state, Tally tally, SchemaDrift drift, @Nullable String zh, @Nullable String en,
            @Nullable QualityScore score, @Nullable String digest, @Nullable String entityTag, byte @Nullable [] bookmark) throws SQLException {
        Instant now = clock.instant();
        change(connection, END, state, now, now, tally.rowsIn(), tally.accepted(), tally.rejected(), texts(connection, drift.missing()),
                texts(connection, drift.added()), texts(connection, drift.retyped()), zh, en, score == null ? null : score.total(), digest, entityTag, bookmark, id);
        writeRejects(connection, id, tally);
        if (score != null) {
            for (QualityScore.Result each : score.results()) {
                QualityRule rule = each.rule();
                change(connection, PUT_RESULT, id, rule.code(), rule.dimension(), each.checked(), each.failed(), each.score());
            }
        }
    }

    private static void writeRejects(Connection connection, UUID id, Tally tally) throws SQLException {
        for (LoadRecord.Rejects each : tally.rejects()) {
            change(connection, PUT_REJECT, id, each.column() == null ? "" : each.column(), each.reason(), each.records(),
                    connection.createArrayOf("bigint", each.lines().toArray()));
        }
    }

    /** Says on a connection of its own that a run has broken off: its own connection may be gone. */
    void fail(UUID run, String zh, String en) {
        with(connection -> change(connection, FAIL, clock.instant(), clock.instant(), zh, en, run));
    }

    /* JDBC */

    private static List<Kept> query(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        List<Kept> kept = new ArrayList<>();
        try (PreparedStatement statement = prepared(connection, sql, parameters); ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                kept.add(new Kept(row));
            }
        }
        return kept;
    }

    static int change(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    static PreparedStatement prepared(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        boolean done = false;
        try {
            for (int i = 0; i < parameters.length; i++) {
                switch (parameters[i]) {
                    case Instant moment -> statement.setObject(i + 1, moment.atOffset(ZoneOffset.UTC));
                    case Enum<?> constant -> statement.setString(i + 1, constant.name());
                    case Array many -> statement.setArray(i + 1, many);
                    case null, default -> statement.setObject(i + 1, parameters[i]);
                }
            }
            done = true;
            return statement;
        } finally {
            if (!done) {
                statement.close();
            }
        }
    }

    private static Array texts(Connection connection, List<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    private static List<Long> numbers(ResultSet row, String column) throws SQLException {
        return Arrays.stream((Long[]) row.getArray(column).getArray()).collect(Collectors.toList());
    }

    /** The tables of all parts of a run. */
    static List<ResourceTable> tables(LoadRequest request) {
        return Stream.of(request).flatMap(each -> each.parts().stream()).map(LoadRequest.Part::table).toList();
    }
}
