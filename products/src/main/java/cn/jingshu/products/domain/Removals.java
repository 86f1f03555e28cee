package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.OwnerConnection.quoted;

import cn.jingshu.products.domain.RetentionRules.Holds;
import cn.jingshu.products.domain.RetentionRules.Rule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what is kept beyond its time, batch by batch, each with its record in one transaction: whatever dies, what went is on record and what is
 * not on record is there. The frames below go around the SELECT of a {@link Kept}, which is a text of the code like everything here.
 */
final class Removals {
    /** Days begin where the city is: three years end at its midnight's distance, not at Greenwich's. */
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private static final Logger LOG = LoggerFactory.getLogger(Removals.class);

    /** A row that changed since the batch began fails it instead of going: the next round looks again. */
    private static final String AS_IT_STANDS = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";

    private static final String TRY_TURN = "SELECT pg_catalog.pg_try_advisory_xact_lock(7226413017312) AS mine";

    private static final String HELD = """
            coalesce(k.caller = ANY (CAST(? AS text[])), CAST(? AS boolean)) OR coalesce(k.subject = ANY (CAST(? AS text[])), false)
                OR k.key = ANY (CAST(? AS text[]))
            """;
    private static final String DUE = """
            ) AS k
             WHERE NOT k.open AND k.since <= ? AND NOT (""" + HELD + """
            )
             ORDER BY k.since, k.key
             LIMIT ?
            """;
    private static final String ASKED = """
            ) AS k
             WHERE k.subject = ? AND k.since <= ? AND NOT (""" + HELD + """
            )
             ORDER BY k.since, k.key
             LIMIT ?
            """;
    private static final String COUNT = """
            SELECT count(*) AS rows, count(*) FILTER (WHERE k.open) AS open, count(*) FILTER (WHERE NOT k.open AND k.since <= ?) AS due,
                   count(*) FILTER (WHERE NOT k.open AND k.since <= ? AND (CAST(? AS boolean) OR\s""" + HELD + """
            )) AS held, min(k.since) AS oldest
              FROM (
            """;
    private static final String RECORD = """
            INSERT INTO domain_keeping.removal (product, sandbox, kind, table_name, rows, cause, rule, rule_from, request, removed_at, removed_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String RECORDS = """
            SELECT number, product, sandbox, kind, table_name, rows, cause, rule, rule_from, request, removed_at, removed_by
              FROM domain_keeping.removal
             WHERE CAST(? AS bigint) IS NULL OR number < ?
             ORDER BY number DESC
             LIMIT ?
            """;
    private static final String REMEMBER = """
            INSERT INTO domain_keeping.kept_standing (product, sandbox, kind, rows, open, due, held, oldest, counted_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT kept_standing_pk DO UPDATE SET rows = excluded.rows, open = excluded.open, due = excluded.due,
                   held = excluded.held, oldest = excluded.oldest, counted_at = excluded.counted_at
            """;
    private static final String STANDINGS = """
            SELECT product, sandbox, kind, rows, open, due, held, oldest, counted_at FROM domain_keeping.kept_standing
             ORDER BY product, kind, sandbox
            """;

    /** Rows of one kind where they lie. */
    record Place(String product, boolean sandbox, String schema, Kept kept) {}

    /** What came of a batch. */
    private enum Batch {
        /** There may be more. */
        FULL,
        /** Nothing is left. */
        LAST,
        /** Another node is at it, or somebody places a hold. */
        TAKEN
    }

    /** Rows of one batch: few enough that nobody waits for it. */
    static final int BATCH = 500;

    private final DataSource owner;
    private final RetentionRules retention;
    private final Clock clock;
    private final String by;
    private final int batch;

    Removals(DataSource owner, RetentionRules retention, Clock clock, String by, int batch) {
        this.owner = owner;
        this.retention = retention;
        this.clock = clock;
        this.by = by;
        this.batch = batch;
    }

    /**
     * Goes through all places once; how many rows went. A place that fails is left for the next round, the others are gone through.
     *
     * @throws DomainException the first failure, after everything else was done
     */
    long run(List<Place> places) {
        long gone = 0;
        DomainException first = null;
        for (Place place : places) {
            try {
                gone += clear(place);
            } catch (DomainException failure) {
                LOG.warn("{} of {} wait for the next round: {}", place.kept().kind(), place.schema(), failure.getMessage());
                first = first == null ? failure : first;
            }
        }
        if (first != null) {
            throw first;
        }
        return gone;
    }

    private long clear(Place place) {
        long[] gone = {0};
        while (removeDue(place, gone) == Batch.FULL) { // each batch is a transaction of its own
            if (Thread.currentThread().isInterrupted()) {
                return gone[0];
            }
        }
        if (place.kept().erasable() && !place.sandbox()) {
            for (RetentionRules.Erasure each : retention.erasures(place.product(), place.kept().kind())) {
                while (removeAsked(place, each, gone) == Batch.FULL) {
                    if (Thread.currentThread().isInterrupted()) {
                        return gone[0];
                    }
                }
            }
        }
        count(place);
        return gone[0];
    }

    /** The moment up to which rows of a kind are over; a rule that says less than the law asks for at least does not hold. */
    private static Instant over(Kept kept, Period period, Instant now) {
        Instant byRule = now.atZone(ZONE).minus(period).toInstant();
        Instant byLaw = now.atZone(ZONE).minus(kept.least()).toInstant();
        return byRule.isBefore(byLaw) ? byRule : byLaw;
    }

    private Batch removeDue(Place place, long[] gone) {
        return inTurn(place, connection -> {
            Instant now = clock.instant();
            Kept kept = place.kept();
            Rule rule = retention.findRule(kept.rule(), now).orElse(null);
            Holds holds = holds(place);
            if (rule == null || holds.all()) {
                return Batch.LAST;
            }
            List<String> keys = connection.list("SELECT k.key FROM (" + kept.rows() + DUE, row -> row.getString("key"),
                    over(kept, rule.period(), now), holds.callers(), holds.unowned(), holds.subjects(), holds.keys(), batch);
            gone[0] += remove(connection, place, keys, RemovalRecord.Cause.TERM, rule, null, now);
            return keys.size() < batch ? Batch.LAST : Batch.FULL;
        });
    }

    private Batch removeAsked(Place place, RetentionRules.Erasure asked, long[] gone) {
        return inTurn(place, connection -> {
            Instant now = clock.instant();
            Kept kept = place.kept();
            Rule rule = retention.findRule(kept.rule(), now).orElse(null);
            Holds holds = holds(place);
            if (rule == null || holds.all()) {
                return Batch.LAST;
            }
            List<String> keys = connection.list("SELECT k.key FROM (" + kept.rows() + ASKED, row -> row.getString("key"), asked.subject(),
                    asked.grantedAt(), holds.callers(), holds.unowned(), holds.subjects(), holds.keys(), batch);
            gone[0] += remove(connection, place, keys, RemovalRecord.Cause.ERASURE, rule, asked.request(), now);
            return keys.size() < batch ? Batch.LAST : Batch.FULL;
        });
    }

    /** Made-up people of the sandbox object to nothing. */
    private Holds holds(Place place) {
        return place.sandbox() ? Holds.NONE : retention.holds(place.product(), place.kept());
    }

    private long remove(OwnerConnection connection, Place place, List<String> keys, RemovalRecord.Cause cause, Rule rule, @Nullable UUID request,
            Instant now) throws SQLException {
        if (keys.isEmpty()) {
            return 0;
        }
        long all = 0;
        for (Kept.Removal removal : place.kept().removals()) {
            int rows = connection.change(removal.sql(), keys);
            if (rows > 0) {
                connection.change(RECORD, place.product(), place.sandbox(), place.kept().kind(), removal.table(), rows, cause.name(),
                        rule.period().toString(), rule.from(), request, now, by);
            }
            all += rows;
        }
        return all;
    }

    private Batch inTurn(Place place, OwnerConnection.Work<Batch> work) {
        return OwnerConnection.run(owner, connection -> {
            connection.execute(AS_IT_STANDS);
            if (!connection.list(TRY_TURN, row -> row.getBoolean("mine")).getFirst()) {
                return Batch.TAKEN;
            }
            lookInto(connection, place);
            return work.in(connection);
        });
    }

    private static void lookInto(OwnerConnection connection, Place place) throws SQLException {
        connection.execute("SET LOCAL search_path TO " + quoted(place.schema()) + ", pg_catalog");
    }

    private void count(Place place) {
        Instant now = clock.instant();
        Kept kept = place.kept();
        Holds holds = holds(place);
        // Without a rule nothing is ever due.
        Instant over = retention.findRule(kept.rule(), now).map(rule -> over(kept, rule.period(), now)).orElse(Instant.EPOCH);
        OwnerConnection.run(owner, connection -> {
            lookInto(connection, place);
            KeptStanding standing = connection.list(COUNT + kept.rows() + ") AS k", row -> new KeptStanding(place.product(), place.sandbox(),
                    kept.kind(), row.getLong("rows"), row.getLong("open"), row.getLong("due"), row.getLong("held"), instantOrNull(row, "oldest"), now),
                    over, over, holds.all(), holds.callers(), holds.unowned(), holds.subjects(), holds.keys()).getFirst();
            return connection.change(REMEMBER, standing.product(), standing.sandbox(), standing.kind(), standing.rows(), standing.open(),
                    standing.due(), standing.held(), standing.oldest(), now);
        });
    }

    /** The newest records first; {@code before} null: from the newest. */
    static List<RemovalRecord> records(OwnerConnection owner, @Nullable Long before, int most) throws SQLException {
        return owner.list(RECORDS, row -> {
            String request = row.getString("request");
            return new RemovalRecord(row.getLong("number"), row.getString("product"), row.getBoolean("sandbox"), row.getString("kind"),
                    row.getString("table_name"), row.getLong("rows"), RemovalRecord.Cause.valueOf(row.getString("cause")), row.getString("rule"),
                    row.getTimestamp("rule_from").toInstant(), request == null ? null : UUID.fromString(request),
                    row.getTimestamp("removed_at").toInstant(), row.getString("removed_by"));
        }, before, before, most);
    }

    static List<KeptStanding> standings(OwnerConnection owner) throws SQLException {
        return owner.list(STANDINGS, row -> new KeptStanding(row.getString("product"), row.getBoolean("sandbox"), row.getString("kind"),
                row.getLong("rows"), row.getLong("open"), row.getLong("due"), row.getLong("held"), instantOrNull(row, "oldest"),
                row.getTimestamp("counted_at").toInstant()));
    }

    private static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }

    /** All places of what products keep. */
    static List<Place> places(List<DomainNeeds> open) {
        List<Place> places = new ArrayList<>();
        for (Kept kept : DomainKept.OWN) {
            places.add(new Place(DomainKept.PRODUCT, false, DomainTables.KEEPING, kept));
        }
        List<String> seen = new ArrayList<>();
        for (DomainNeeds needs : open) {
            if (needs.state() == null || seen.contains(needs.product())) {
                continue; // all versions of a product share its state
            }
            seen.add(needs.product());
            for (boolean sandbox : new boolean[] {false, true}) {
                String schema = new ProductRole(needs.product(), needs.version(), sandbox).state();
                needs.kept().forEach(kept -> places.add(new Place(needs.product(), sandbox, schema, kept)));
                DomainKept.GUARD.forEach(kept -> places.add(new Place(needs.product(), sandbox, schema, kept)));
            }
        }
        return places;
    }
}
