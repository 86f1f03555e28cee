package cn.jingshu.products.domain;

import cn.jingshu.products.domain.ResealRecord.Kept;
import cn.jingshu.products.domain.ResealRecord.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Seals anew what was sealed with another key or algorithm than those in use, wherever the domain keeps sealed values: live tables, sandbox twins and
 * what loads have staged, of whatever product. A table is looked through from its first block to its last, some blocks a transaction, and the count of
 * what was done is committed with it; so whatever dies, nothing is done twice or counted twice, and the next run goes on. Values tell by themselves which
 * key sealed them, so what was done is passed by at the cost of reading it.
 */
final class Resealing {
    /** Blocks of 8 KiB looked through in one transaction: some thousand rows, so that loads and products wait for none. */
    static final int BLOCKS = 64;

    /** Loads that run on other nodes may seal with the older key until these were started anew; beyond, somebody has to look. */
    private static final int MOST_ROUNDS = 3;

    private static final long LOCK = 7_226_413_017_312L;

    /** Whatever is kept as bytes in these schemas is sealed ({@code DomainTables.typeOf}); a product's state is its own. */
    private static final String PLACES = """
            SELECT n.nspname AS schema_name, c.relname AS table_name, a.attname AS column_name,
                   pg_catalog.pg_relation_size(c.oid) / CAST(pg_catalog.current_setting('block_size') AS bigint) AS blocks
              FROM pg_catalog.pg_attribute a
              JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
               AND a.atttypid = CAST('pg_catalog.bytea' AS pg_catalog.regtype)
               AND (n.nspname IN ('domain', 'domain_staging')
                    OR n.nspname IN (SELECT 'twin_' || r.product || '_v' || r.version FROM domain_keeping.product_role r WHERE r.sandbox))
             ORDER BY n.nspname, c.relname, a.attname
            """;
    private static final String UNDER_WAY = """
            SELECT id, key_id, algorithm, state, started_by, runs, sealed, broken, left_over, started_at, touched_at, ended_at
              FROM domain_keeping.resealing
             WHERE state = 'RUNNING'
             ORDER BY number
            """;
    private static final String BY_ID = """
            SELECT id, key_id, algorithm, state, started_by, runs, sealed, broken, left_over, started_at, touched_at, ended_at
              FROM domain_keeping.resealing
             WHERE id = ?
            """;
    private static final String NEWEST = """
            SELECT id, key_id, algorithm, state, started_by, runs, sealed, broken, left_over, started_at, touched_at, ended_at
              FROM domain_keeping.resealing
             ORDER BY number DESC
             LIMIT ?
            """;
    private static final String BEGIN = """
            INSERT INTO domain_keeping.resealing
                   (id, key_id, algorithm, state, started_by, runs, sealed, broken, left_over, started_at, touched_at)
            VALUES (?, ?, ?, 'RUNNING', ?, 1, 0, 0, 0, ?, ?)
            """;
    private static final String GO_ON = """
            UPDATE domain_keeping.resealing SET runs = runs + 1, touched_at = ? WHERE id = ?
            """;
    /** One that was begun for a key that is no longer in use ends where it was left. */
    private static final String GIVE_UP = """
            UPDATE domain_keeping.resealing SET state = 'INCOMPLETE', ended_at = ? WHERE id = ?
            """;
    private static final String COUNT = """
            UPDATE domain_keeping.resealing SET sealed = sealed + ?, touched_at = ? WHERE id = ?
            """;
    private static final String END = """
            UPDATE domain_keeping.resealing
               SET state = ?, broken = ?, left_over = ?, touched_at = ?, ended_at = ?
             WHERE id = ?
            """;

    private final DataSource owner;
    private final DomainKeys keys;
    private final Clock clock;
    private final int blocks;

    /** @param blocks looked through in one transaction */
    Resealing(DataSource owner, DomainKeys keys, Clock clock, int blocks) {
        this.owner = owner;
        this.keys = keys;
        this.clock = clock;
        this.blocks = blocks;
    }

    /** A column of sealed values. */
    private record Place(String schema, String table, String column, long blocks) {
        /** What its values are bound to. */
        String bound() {
            return table + "." + column;
        }

        String from() {
            return OwnerConnection.quoted(schema) + "." + OwnerConnection.quoted(table);
        }

        @Override
        public String toString() {
            return schema + "." + table + "." + column;
        }
    }

    /** One row's place, and what it holds, for the length of a transaction. */
    private static final class Outdated {
        private final String place;
        private final byte[] value;

        private Outdated(String place, byte[] value) {
            this.place = place;
            this.value = value;
        }
    }

    /** What a step came to. */
    private record Step(long sealed, long broken) {}

    /** Does what is to be done. @throws DomainException if the database fails; what was done until then stands, and the next run goes on */
    ResealRecord.Outcome run(String by, ResealProgress progress) {
        try (Connection turn = owner.getConnection()) {
            if (!lock(turn)) {
                return new ResealRecord.Outcome.Busy();
            }
            try {
                return new ResealRecord.Outcome.Ended(all(begun(by), progress));
            } finally {
                unlock(turn);
            }
        } catch (SQLException failure) {
            throw SqlFaults.of(failure);
        }
    }

    private static boolean lock(Connection turn) throws SQLException {
        try (PreparedStatement lock = turn.prepareStatement("SELECT pg_catalog.pg_try_advisory_lock(?)")) {
            lock.setLong(1, LOCK);
            try (ResultSet row = lock.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** A lock that cannot be given back goes with its connection. */
    private static void unlock(Connection turn) throws SQLException {
        if (turn.isValid(5)) {
            try (Statement unlock = turn.createStatement()) {
                unlock.execute("SELECT pg_catalog.pg_advisory_unlock(" + LOCK + ")");
            }
        }
    }

    /** A new one, or the one of this key whose process died. */
    private UUID begun(String by) {
        return OwnerConnection.run(owner, connection -> {
            UUID found = null;
            for (ResealRecord each : connection.list(UNDER_WAY, Resealing::read)) {
                if (found == null && each.keyId() == keys.seals().current() && each.algorithm().equals(keys.seals().algorithm().name())) {
                    found = each.id();
                    connection.change(GO_ON, clock.instant(), found);
                } else {
                    connection.change(GIVE_UP, each.touchedAt(), each.id());
                }
            }
            if (found == null) {
                found = UUID.randomUUID();
                connection.change(BEGIN, found, keys.seals().current(), keys.seals().algorithm().name(), by, clock.instant(), clock.instant());
            }
            return found;
        });
    }

    private ResealRecord all(UUID id, ResealProgress progress) {
        long sealed = 0;
        List<Kept> kept = List.of();
        long broken = 0;
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            broken = 0;
            for (Place place : places()) {
                for (long at = 0; at < place.blocks(); at += blocks) {
                    Step step = step(id, place, at);
                    sealed += step.sealed();
                    broken += step.broken();
                    progress.at(place.toString(), Math.min(place.blocks(), at + blocks), place.blocks(), sealed);
                }
            }
            kept = kept();
            if (kept.stream().filter(each -> !each.current()).mapToLong(Kept::values).sum() <= broken) {
                break; // nothing is left that could be done
            }
        }
        State state = ResealRecord.isCurrent(kept) ? State.DONE : State.INCOMPLETE;
        long left = kept.stream().filter(each -> !each.current()).mapToLong(Kept::values).sum();
        long notOpened = broken;
        return OwnerConnection.run(owner, connection -> {
            connection.change(END, state.name(), notOpened, left, clock.instant(), clock.instant(), id);
            return connection.list(BY_ID, Resealing::read, id).getFirst();
        });
    }

    private List<Place> places() {
        return OwnerConnection.run(owner, connection -> connection.list(PLACES, row -> new Place(row.getString("schema_name"),
                row.getString("table_name"), row.getString("column_name"), row.getLong("blocks"))));
    }

    /** The blocks from {@code first} on, in one transaction with the count of what was done. */
    private Step step(UUID id, Place place, long first) {
        String name = OwnerConnection.quoted(place.column());
        return whileThere(place, new Step(0, 0), connection -> {
            List<Outdated> rows = connection.list("SELECT CAST(ctid AS text) AS place, " + name + " AS value FROM " + place.from()
                            + " WHERE ctid >= CAST(? AS tid) AND ctid < CAST(? AS tid) AND pg_catalog.substring(" + name + ", 1, ?) <> ? FOR UPDATE",
                    row -> new Outdated(row.getString("place"), row.getBytes("value")), "(" + first + ",0)", "(" + (first + blocks) + ",0)",
                    SealedValues.HEAD, keys.seals().head());
            List<String> places = new ArrayList<>();
            List<String> values = new ArrayList<>();
            for (Outdated row : rows) {
                byte[] anew = sealedAnew(place, row.value);
                if (anew != null) {
                    places.add(row.place);
                    values.add("\\x" + HexFormat.of().formatHex(anew));
                }
            }
            if (!places.isEmpty()) {
                connection.change("UPDATE " + place.from() + " AS t SET " + name + " = CAST(r.value AS bytea)"
                        + " FROM unnest(CAST(? AS text[]), CAST(? AS text[])) AS r (place, value) WHERE t.ctid = CAST(r.place AS tid)", places, values);
                connection.change(COUNT, (long) places.size(), clock.instant(), id);
            }
            return new Step(places.size(), rows.size() - places.size());
        });
    }

    /** Null: it does not open. Who reads the record learns how many there are; the value stays what it is. */
    private byte @Nullable [] sealedAnew(Place place, byte[] value) {
        try {
            return keys.seals().seal(place.bound(), keys.seals().open(place.bound(), value));
        } catch (SealedValues.SealBrokenException broken) {
            return null;
        }
    }

    /** How many values each key has sealed, place by place. */
    List<Kept> kept() {
        List<Kept> kept = new ArrayList<>();
        for (Place place : places()) {
            String head = "pg_catalog.substring(" + OwnerConnection.quoted(place.column()) + ", 1, " + SealedValues.HEAD + ")";
            kept.addAll(whileThere(place, List.of(), connection -> connection.list("SELECT " + head + " AS head, count(*) AS values FROM "
                    + place.from() + " WHERE " + OwnerConnection.quoted(place.column()) + " IS NOT NULL GROUP BY 1 ORDER BY 1",
                    row -> {
                        byte[] made = row.getBytes("head");
                        SealedValues.Maker maker = SealedValues.makerOf(made).orElse(null);
                        return new Kept(place.toString(), maker == null ? null : maker.keyId(), maker == null ? null : maker.algorithm().name(),
                                !keys.seals().isOutdated(made), row.getLong("values"));
                    })));
        }
        return kept;
    }

    /** What loads stage is dropped when they end: then nothing is left to be done there. */
    private <T> T whileThere(Place place, T gone, OwnerConnection.Work<T> work) {
        try {
            return OwnerConnection.run(owner, work);
        } catch (DomainException failed) {
            if (isThere(place)) {
                throw failed;
            }
            return gone;
        }
    }

    private boolean isThere(Place place) {
        return OwnerConnection.run(owner, connection -> connection.list("SELECT pg_catalog.to_regclass(?) IS NOT NULL AS there",
                row -> row.getBoolean("there"), place.from())).getFirst();
    }

    /** The newest of them first. */
    List<ResealRecord> list(int most) {
        return OwnerConnection.run(owner, connection -> connection.list(NEWEST, Resealing::read, most));
    }

    private static ResealRecord read(ResultSet row) throws SQLException {
        var ended = row.getTimestamp("ended_at");
        return new ResealRecord(row.getObject("id", UUID.class), row.getInt("key_id"), Objects.requireNonNull(row.getString("algorithm")),
                State.valueOf(row.getString("state")), row.getString("started_by"), row.getInt("runs"), row.getLong("sealed"),
                row.getLong("broken"), row.getLong("left_over"), row.getTimestamp("started_at").toInstant(),
                row.getTimestamp("touched_at").toInstant(), ended == null ? null : ended.toInstant());
    }
}
