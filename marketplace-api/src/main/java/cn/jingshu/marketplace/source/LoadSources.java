package cn.jingshu.marketplace.source;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.source.Schedule.Timing;
import cn.jingshu.marketplace.source.SourceRun.Outcome;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.domain.load.Continuation;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.SchemaDrift;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The sources there are, when each is loaded, and how its runs went. */
@Singleton
public final class LoadSources {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String ADD = """
            INSERT INTO market.load_source
                   (code, version, table_name, resource, kind, definition, secret_name, mode, drift, most_rejected, set_by, set_at)
            VALUES (?, ?, ?, ?, ?, CAST(? AS jsonb), ?, ?, ?, ?, ?, ?)
            """;
    private static final String NEWEST = """
            SELECT DISTINCT ON (code) code, version, table_name, resource, kind, CAST(definition AS text) AS definition, secret_name, mode, drift,
                   most_rejected
              FROM market.load_source
             WHERE CAST(? AS text) IS NULL OR code = ?
             ORDER BY code, version DESC
            """;
    /** A resource is one table or a few, each from a few places; every source is looked at every two seconds. */
    private static final int MOST_OF_A_RESOURCE = 20;
    private static final String ONE_AT_A_TIME = """
            SELECT pg_advisory_xact_lock(hashtextextended('market.load-source.' || ?, 0))
            """;
    private static final String OTHERS = """
            SELECT count(DISTINCT code) AS sources FROM market.load_source WHERE resource = ? AND code <> ?
            """;
    private static final String ADD_SCHEDULE = """
            INSERT INTO market.load_schedule (source_code, effective_from, every_seconds, daily_at, reason, set_by, set_at)
            VALUES (?, ?, ?, CAST(? AS time), ?, ?, ?)
            RETURNING number, source_code, effective_from, every_seconds, CAST(daily_at AS text) AS daily_at, reason, set_at
            """;
    private static final String IN_FORCE = """
            SELECT number, source_code, effective_from, every_seconds, CAST(daily_at AS text) AS daily_at, reason, set_at
              FROM market.load_schedule
             WHERE source_code = ? AND effective_from <= ?
             ORDER BY effective_from DESC, number DESC
             LIMIT 1
            """;
    private static final String SCHEDULES = """
            SELECT number, source_code, effective_from, every_seconds, CAST(daily_at AS text) AS daily_at, reason, set_at
              FROM market.load_schedule
             WHERE source_code = ?
             ORDER BY effective_from DESC, number DESC
             LIMIT ?
            """;
    private static final String KNOW = """
            INSERT INTO market.load_source_state (source_code) VALUES (?) ON CONFLICT DO NOTHING
            """;
    private static final String STATE = """
            SELECT due_at, planned_by, not_before, failures, succeeded_at, whole_asked FROM market.load_source_state WHERE source_code = ?
            """;
    private static final String LOCK_STATE = """
            SELECT due_at, planned_by, not_before, failures, succeeded_at, whole_asked FROM market.load_source_state WHERE source_code = ? FOR UPDATE
            """;
    private static final String PLAN = """
            UPDATE market.load_source_state SET due_at = ?, planned_by = ?, not_before = ?, failures = ? WHERE source_code = ?
            """;
    private static final String ASK_WHOLE = """
            UPDATE market.load_source_state SET whole_asked = true WHERE source_code = ? AND NOT whole_asked
            """;
    private static final String WAS_WHOLE = """
            UPDATE market.load_source_state SET whole_asked = false WHERE source_code = ?
            """;
    private static final String SUCCEED = """
            UPDATE market.load_source_state
               SET due_at = ?, planned_by = ?, not_before = NULL, failures = 0, succeeded_at = ?
             WHERE source_code = ?
            """;
    private static final String RUNS = """
            SELECT id, source_code, due_at, attempt, node, started_at, ended_at, outcome, records, sentence_zh, sentence_en, load_id, whole
              FROM market.load_run
             WHERE source_code = ?
             ORDER BY started_at DESC, attempt DESC
             LIMIT ?
            """;
    private static final String IS_HELD = """
            SELECT id FROM market.load_run WHERE source_code = ? AND ended_at IS NULL AND leased_until > ?
            """;
    private static final String BURY_RUNS = """
            UPDATE market.load_run
               SET ended_at = ?, outcome = 'DIED', sentence_zh = '运行该任务的节点中断,稍后将从中断处继续。',
                   sentence_en = 'The node that ran it died; after a pause the next run goes on where it was left.'
             WHERE source_code = ? AND ended_at IS NULL
            """;
    private static final String BEGIN_RUN = """
            INSERT INTO market.load_run (id, source_code, due_at, attempt, node, started_at, leased_until, whole)
            SELECT ?, ?, ?, coalesce(max(attempt), 0) + 1, ?, ?, ?, ? FROM market.load_run WHERE source_code = ? AND due_at = ?
            """;
    private static final String RENEW = """
            UPDATE market.load_run SET leased_until = ? WHERE id = ? AND ended_at IS NULL
            """;
    private static final String LEAVE_NONE = """
            DELETE FROM market.load_run WHERE id = ? AND ended_at IS NULL
            """;
    private static final String END_RUN = """
            UPDATE market.load_run
               SET ended_at = ?, outcome = ?, records = ?, sentence_zh = ?, sentence_en = ?, load_id = ?
             WHERE id = ? AND ended_at IS NULL
            """;

    private final Database database;
    private final Clock clock;
    private final PlanClock planned;
    private final SourceSettings settings;

    @Inject
    LoadSources(Database database, Clock clock, SourceSettings settings) {
        this(database, clock, PlanClock.ofDatabase(), settings);
    }

    /** @param clock this node's, for the audit log and for how long its own runs take; what is due and who holds it go by {@code planned} */
    LoadSources(Database database, Clock clock, PlanClock planned, SourceSettings settings) {
        this.database = database;
        this.clock = clock;
        this.planned = planned;
        this.settings = settings;
    }

    Clock clock() {
        return clock;
    }

    /** A source with the version of what it is. */
    public record Versioned(LoadSource source, int version) {}

    private record State(@Nullable Instant dueAt, @Nullable Long plannedBy, @Nullable Instant notBefore, int failures,
            @Nullable Instant succeededAt, boolean wholeAsked) {}

    /**
     * A run that was begun.
     *
     * @param whole a source that is read on behind its last load is read from its beginning
     */
    record Begun(UUID id, Versioned versioned, Instant dueAt, boolean whole) {
        LoadSource source() {
            return versioned.source();
        }
    }

    /** A source that is due, and the provider of its resource. */
    record Due(LoadSource source) {
        String code() {
            return source.code();
        }

        String provider() {
            return source.provider();
        }
    }

    /** What a run came to. */
    record Result(Outcome outcome, @Nullable Long records, @Nullable String zh, @Nullable String en, @Nullable UUID loadId) {}

    /**
     * Sets what a source is, from its next run on.
     *
     * @param seen the version that was read, 0: none; another one meanwhile refuses it
     * @return empty: somebody else has set it meanwhile, or its table is another one
     * @throws IllegalArgumentException if the operator does not allow its provider that host or knows no such database, or its resource has as many sources as it may
     */
    public Optional<Versioned> define(LoadSource source, int seen, UUID by) {
        if (!settings.allows(source)) {
            throw new IllegalArgumentException("the operator does not allow sources of " + source.provider() + " at " + source.from().place());
        }
        if (source.from() instanceof LoadSource.From.Table table) {
            settings.requireEngine(source.provider(), table);
        }
        return database.inTransaction(t -> {
            t.find(ONE_AT_A_TIME, _ -> true, source.resource());
            if (seen == 0 && t.find(OTHERS, row -> row.number("sources"), source.resource(), source.code()).orElse(0L) >= MOST_OF_A_RESOURCE) {
                throw new IllegalArgumentException("a data resource has at most " + MOST_OF_A_RESOURCE + " sources");
            }
            t.change(KNOW, source.code());
            t.find(LOCK_STATE, LoadSources::state, source.code());
            Optional<Versioned> before = t.find(NEWEST, LoadSources::source, source.code(), source.code());
            if (before.map(Versioned::version).orElse(0) != seen
                    || before.filter(each -> !each.source().table().equals(source.table())).isPresent()) {
                return Optional.empty();
            }
            if (before.filter(each -> each.source().equals(source)).isPresent()) {
                return before;
            }
            int version = seen + 1;
            t.change(ADD, source.code(), version, source.table(), source.resource(), kindOf(source.from()), text(source.from()), source.secret(),
                    source.mode(), source.drift(), source.mostRejected(), by, clock.instant());
            AuditLog.append(t, clock, by, "load-source.define", "load-source", source.code(), Map.of("version", Integer.toString(version),
                    "table", source.table(), "host", source.from().place(),
                    "secret", source.secret() == null ? "" : source.secret()));
            return Optional.of(new Versioned(source, version));
        });
    }

    /**
     * Sets when a source is loaded, from a moment on that is not past.
     *
     * @param from null: now
     * @throws IllegalArgumentException if it is past
     */
    public Schedule schedule(String code, @Nullable Instant from, Timing timing, String reason, UUID by) {
        Long every = timing instanceof Timing.Every(var interval) ? interval.toSeconds() : null;
        String daily = timing instanceof Timing.DailyAt(var time) ? time.toString() : null;
        return database.inTransaction(t -> {
            Instant now = planned.now(t);
            Instant effectiveFrom = from == null ? now : from;
            if (effectiveFrom.isBefore(now.minus(SourceStanding.GRACE))) {
                throw new IllegalArgumentException("a schedule applies from now on or later");
            }
            t.change(KNOW, code);
            Schedule set = t.find(ADD_SCHEDULE, LoadSources::readSchedule, code, effectiveFrom, every, daily, reason, by, now).orElseThrow();
            AuditLog.append(t, clock, by, "load-source.schedule", "load-source", code, Map.of("from", effectiveFrom.toString(),
                    "every", every == null ? "" : every.toString(), "daily", daily == null ? "" : daily, "reason", reason));
            return set;
        });
    }

    /**
     * Asks for a run now, whatever the schedule says.
     *
     * @param whole a source that is read on behind its last load is to be read from its beginning, by this run or the next that succeeds
     * @return false: one waits already, and was to read the whole if this one is, or there is no such source
     */
    public boolean ask(String code, boolean whole, UUID by) {
        return database.inTransaction(t -> {
            State known = t.find(LOCK_STATE, LoadSources::state, code).orElse(null);
            if (known == null) {
                return false;
            }
            Instant now = planned.now(t);
            boolean newlyWhole = whole && t.change(ASK_WHOLE, code) == 1;
            State state = planned(known, t.find(IN_FORCE, LoadSources::readSchedule, code, now).orElse(null));
            Instant due = state.dueAt();
            Instant waits = state.notBefore();
            boolean waiting = due != null && !due.isAfter(now) && (waits == null || !waits.isAfter(now));
            if (waiting && !newlyWhole) {
                return false;
            }
            if (!waiting) {
                t.change(PLAN, due != null && due.isBefore(now) ? due : now, state.plannedBy(), null, state.failures(), code);
            }
            AuditLog.append(t, clock, by, "load-source.run", "load-source", code, whole ? Map.of("whole", "true") : Map.of());
            return true;
        });
    }

    /** Every source and where it stands. */
    public List<SourceStanding> list() {
        return database.inTransaction(t -> {
            List<SourceStanding> all = new ArrayList<>();
            for (Versioned each : t.list(NEWEST, LoadSources::source, null, null)) {
                all.add(standing(t, each));
            }
            return List.copyOf(all);
        });
    }

    public Optional<SourceStanding> find(String code) {
        return database.inTransaction(t -> {
            Optional<Versioned> found = t.find(NEWEST, LoadSources::source, code, code);
            return found.isEmpty() ? Optional.empty() : Optional.of(standing(t, found.get()));
        });
    }

    private SourceStanding standing(Transaction t, Versioned of) throws SQLException {
        String code = of.source().code();
        Instant now = planned.now(t);
        State state = t.find(STATE, LoadSources::state, code).orElse(new State(null, null, null, 0, null, false));
        Schedule schedule = t.find(IN_FORCE, LoadSources::readSchedule, code, now).orElse(null);
        return new SourceStanding(of.source(), of.version(), schedule, planned(state, schedule).dueAt(), state.notBefore(), state.failures(),
                state.succeededAt(), state.wholeAsked(), now, t.list(RUNS, LoadSources::run, code, 1).stream().findFirst().orElse(null));
    }

    /** The schedules of a source, those that apply last first. */
    public List<Schedule> schedules(String code, int most) {
        return database.inTransaction(t -> t.list(SCHEDULES, LoadSources::readSchedule, code, most));
    }

    /** The runs of a source, the newest first. */
    public List<SourceRun> runs(String code, int most) {
        return database.inTransaction(t -> t.list(RUNS, LoadSources::run, code, most));
    }

    /* For whoever runs them */

    /** Sources that are due, those that have waited longest first. */
    List<Due> listDue() {
        List<SourceStanding> due = new ArrayList<>();
        for (SourceStanding each : list()) {
            Instant next = each.nextAt();
            if (next != null && !next.isAfter(each.asOf())) {
                due.add(each);
            }
        }
        due.sort(Comparator.comparing(SourceStanding::nextAt, Comparator.nullsLast(Comparator.naturalOrder())));
        return due.stream().map(each -> new Due(each.source())).toList();
    }

    /**
     * Begins the run of a source that is still due and that no node holds. A run whose lease has run out is of a node that died: perhaps of this very source,
     * so it counts as a failure, and the next node waits like after any other.
     *
     * @param pauseAfter how long a source is left alone after so many failures in a row
     * @return empty: it is not due any more, another node holds it, or it is left alone after a run whose node died
     */
    Optional<Begun> begin(String code, String node, Duration lease, IntFunction<Duration> pauseAfter) {
        return database.inTransaction(t -> {
            Optional<Versioned> source = t.find(NEWEST, LoadSources::source, code, code);
            t.change(KNOW, code);
            State known = t.find(LOCK_STATE, LoadSources::state, code).orElseThrow();
            Instant now = planned.now(t);
            State state = planned(known, t.find(IN_FORCE, LoadSources::readSchedule, code, now).orElse(null));
            Instant due = state.dueAt();
            Instant waits = state.notBefore();
            if (source.isEmpty() || due == null || due.isAfter(now) || (waits != null && waits.isAfter(now))
                    || t.find(IS_HELD, row -> row.uuid("id"), code, now).isPresent()) {
                return Optional.empty();
            }
            if (t.change(BURY_RUNS, now, code) > 0) {
                int failures = state.failures() + 1;
                t.change(PLAN, due, state.plannedBy(), now.plus(pauseAfter.apply(failures)), failures, code);
                return Optional.empty();
            }
            UUID id = UUID.randomUUID();
            t.change(BEGIN_RUN, id, code, due, node, now, now.plus(lease), state.wholeAsked(), code, due);
            t.change(PLAN, due, state.plannedBy(), state.notBefore(), state.failures(), code);
            return Optional.of(new Begun(id, source.get(), due, state.wholeAsked()));
        });
    }

    /** Holds a run for longer. False: another node thought this one dead and has ended the run. */
    boolean renew(Begun run, Duration lease) {
        return database.inTransaction(t -> t.change(RENEW, planned.now(t).plus(lease), run.id()) == 1);
    }

    /** The files of a watched folder, those seen last first. */
    public List<FolderFile> files(String code, int most) {
        return files().list(code, most);
    }

    SourceFiles files() {
        return new SourceFiles(database, planned);
    }

    /** Notes what a run came to; after a failure the source is left alone for {@code pause}. */
    void end(Begun run, Result result, Duration pause) {
        String code = run.source().code();
        database.inTransaction(t -> {
            Instant now = planned.now(t);
            State state = t.find(LOCK_STATE, LoadSources::state, code).orElseThrow();
            // A folder is looked at every minute: where nothing new lay in it, no run is kept.
            boolean nothing = run.source().from() instanceof LoadSource.From.Folder && result.outcome() == Outcome.UNCHANGED && !run.whole();
            boolean mine = nothing ? t.change(LEAVE_NONE, run.id()) == 1
                    : t.change(END_RUN, now, result.outcome(), result.records(), result.zh(), result.en(), result.loadId(), run.id()) == 1;
            // Whoever thought this node dead has begun anew: what became of the source is then theirs to say.
            if (mine && run.dueAt().equals(state.dueAt())) {
                if (result.outcome().isSuccess()) {
                    if (run.whole()) {
                        t.change(WAS_WHOLE, code);
                    }
                    Schedule schedule = t.find(IN_FORCE, LoadSources::readSchedule, code, now).orElse(null);
                    t.change(SUCCEED, schedule == null ? null : schedule.after(now).orElse(null), schedule == null ? null : schedule.number(), now, code);
                } else {
                    t.change(PLAN, state.dueAt(), state.plannedBy(), now.plus(pause), state.failures() + 1, code);
                }
            }
            return true;
        });
    }

    /** How often in a row a source has failed. */
    int failures(String code) {
        return database.inTransaction(t -> t.find(STATE, LoadSources::state, code).map(State::failures).orElse(0));
    }

    /** A new schedule plans anew: at its first moment, or behind the newest success; what the one before it had planned is void. */
    private static State planned(State state, @Nullable Schedule schedule) {
        Long by = state.plannedBy();
        if (schedule == null || (by != null && by == schedule.number())) {
            return state;
        }
        Instant succeeded = state.succeededAt();
        Optional<Instant> first = succeeded == null || succeeded.isBefore(schedule.effectiveFrom()) ? schedule.first() : schedule.after(succeeded);
        return new State(first.orElse(null), schedule.number(), state.notBefore(), state.failures(), succeeded, state.wholeAsked());
    }

    /* Rows */

    private static State state(Row row) throws SQLException {
        String planned = row.textOrNull("planned_by");
        return new State(row.instantOrNull("due_at"), planned == null ? null : Long.valueOf(planned), row.instantOrNull("not_before"),
                row.integer("failures"), row.instantOrNull("succeeded_at"), row.flag("whole_asked"));
    }

    private static Schedule readSchedule(Row row) throws SQLException {
        String every = row.textOrNull("every_seconds");
        String daily = row.textOrNull("daily_at");
        Timing timing = every != null ? new Timing.Every(Duration.ofSeconds(Long.parseLong(every)))
                : daily != null ? new Timing.DailyAt(LocalTime.parse(daily)) : new Timing.Resting();
        return new Schedule(row.number("number"), row.text("source_code"), row.instant("effective_from"), timing, row.text("reason"),
                row.instant("set_at"));
    }

    private static SourceRun run(Row row) throws SQLException {
        String records = row.textOrNull("records");
        String outcome = row.textOrNull("outcome");
        return new SourceRun(row.uuid("id"), row.text("source_code"), row.instant("due_at"), row.integer("attempt"), row.text("node"),
                row.instant("started_at"), row.instantOrNull("ended_at"), outcome == null ? null : Outcome.valueOf(outcome),
                records == null ? null : Long.valueOf(records), row.textOrNull("sentence_zh"), row.textOrNull("sentence_en"),
                row.uuidOrNull("load_id"), row.flag("whole"));
    }

    private static Versioned source(Row row) throws SQLException {
        return new Versioned(new LoadSource(row.text("code"), row.text("table_name"), row.text("resource"),
                from(row.text("kind"), row.text("definition")), row.textOrNull("secret_name"), row.constant("mode", LoadRequest.Mode.class),
                row.constant("drift", SchemaDrift.Rule.class), row.decimal("most_rejected")), row.integer("version"));
    }

    private static String kindOf(LoadSource.From from) {
        return switch (from) {
            case LoadSource.From.Table _ -> "TABLE";
            case LoadSource.From.Interface _ -> "INTERFACE";
            case LoadSource.From.Folder _ -> "FOLDER";
        };
    }

    private static String text(LoadSource.From from) {
        ObjectNode json = JSON.createObjectNode();
        switch (from) {
            case LoadSource.From.Table table -> {
                if (!table.engine().equals(LoadSource.From.Table.USUAL_ENGINE)) {
                    json.put("engine", table.engine()); // so that what was set before there were others stays what it is, to the letter
                }
                json.put("host", table.host()).put("port", table.port()).put("database", table.database()).put("user", table.user())
                        .put("schema", table.schema()).put("table", table.table());
                table.key().forEach(json.putArray("key")::add);
            }
            case LoadSource.From.Interface of -> json.put("address", of.address().toString()).put("cursor", of.cursor()).put("items", of.items())
                    .put("next", of.next()).put("keyHeader", of.keyHeader()).put("tagOfWhole", of.tagOfWhole());
            case LoadSource.From.Folder folder -> json.put("path", folder.path()).put("names", folder.names()).put("whole", folder.whole().name())
                    .put("stillSeconds", folder.stillFor().toSeconds());
        }
        if (from instanceof LoadSource.From.Interface of && of.continuation() != null) {
            put(json.putObject("continuation"), of.continuation());
        }
        return json.toString();
    }

    private static void put(ObjectNode json, Continuation continuation) {
        switch (continuation) {
            case Continuation.ByCursor(var field) -> json.put("by", "CURSOR").put("field", field);
            case Continuation.Since(var parameter, var field, var overlap) -> json.put("by", "SINCE").put("parameter", parameter).put("field", field)
                    .put("overlapSeconds", overlap.toSeconds());
        }
    }

    private static @Nullable Continuation continuation(JsonNode json) {
        if (!json.hasNonNull("continuation")) {
            return null;
        }
        JsonNode of = json.get("continuation");
        return of.path("by").asText().equals("CURSOR") ? new Continuation.ByCursor(textOrNull(of, "field"))
                : new Continuation.Since(of.path("parameter").asText(), of.path("field").asText(), Duration.ofSeconds(of.path("overlapSeconds").asLong()));
    }

    /** Digest of where a source lies and how it is read there: what was read by another definition is another source's. */
    static String definitionOf(LoadSource source) {
        String whole = kindOf(source.from()) + "\n" + text(source.from()) + "\n" + source.secret();
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(whole.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static LoadSource.From from(String kind, String definition) {
        try {
            JsonNode json = JSON.readTree(definition);
            if (kind.equals("TABLE")) {
                List<String> key = new ArrayList<>();
                json.path("key").forEach(each -> key.add(each.asText()));
                return new LoadSource.From.Table(json.path("engine").asText(LoadSource.From.Table.USUAL_ENGINE), json.path("host").asText(), json.path("port").asInt(), json.path("database").asText(),
                        json.path("user").asText(), textOrNull(json, "schema"), json.path("table").asText(), key);
            }
            if (kind.equals("FOLDER")) {
                return new LoadSource.From.Folder(json.path("path").asText(), json.path("names").asText(),
                        LoadSource.From.Folder.Whole.valueOf(json.path("whole").asText()), Duration.ofSeconds(json.path("stillSeconds").asLong()));
            }
            return new LoadSource.From.Interface(URI.create(json.path("address").asText()), json.path("cursor").asText(),
                    json.path("items").asText(), json.path("next").asText(), textOrNull(json, "keyHeader"), json.path("tagOfWhole").asBoolean(),
                    continuation(json));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored source cannot be read", e);
        }
    }

    private static @Nullable String textOrNull(JsonNode json, String field) {
        return json.hasNonNull(field) ? json.get(field).asText() : null;
    }
}
