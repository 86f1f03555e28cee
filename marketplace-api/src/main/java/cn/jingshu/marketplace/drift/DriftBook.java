package cn.jingshu.marketplace.drift;

import cn.jingshu.marketplace.drift.InputDrift.Origin;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.contract.Contracts.Watched;
import cn.jingshu.products.spi.WatchedModel;
import cn.jingshu.products.spi.WatchedModel.Count;
import cn.jingshu.products.spi.WatchedModel.Input;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The stored side of drift: counts by day, what they are compared with, and what came of it. */
@Singleton
public final class DriftBook {
    /** One statement in one order, so that two nodes that add the same counts do not wait for each other crosswise. */
    private static final String ADD = """
            INSERT INTO market.model_input_count (product_code, model, input, bin, counted_on, cases)
            SELECT ?, ?, c.input, c.bin, ?, c.cases
              FROM unnest(CAST(? AS text[]), CAST(? AS text[]), CAST(CAST(? AS text[]) AS bigint[])) AS c (input, bin, cases)
             ORDER BY c.input, c.bin
                ON CONFLICT ON CONSTRAINT model_input_count_pk DO UPDATE SET cases = model_input_count.cases + excluded.cases
            """;
    /** A look that is still to come was written by a clock that runs ahead, and holds nobody up. */
    private static final String TAKE_THE_HOUR = """
            UPDATE market.drift_look SET looked_at = ?, node = ? WHERE looked_at <= ? OR looked_at > ?
            """;
    private static final String LOOKED_AT = "SELECT looked_at FROM market.drift_look";
    private static final String REFERENCES = """
            SELECT DISTINCT ON (input) input, bins, CAST(shares AS text[]) AS shares, origin, until
              FROM market.model_reference
             WHERE product_code = ? AND model = ?
             ORDER BY input, stored_at DESC
            """;
    private static final String ADD_REFERENCE = """
            INSERT INTO market.model_reference (product_code, model, input, bins, shares, origin, source, cases, until, stored_at)
            VALUES (?, ?, ?, ?, CAST(CAST(? AS text[]) AS double precision[]), ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT model_reference_pk DO NOTHING
            """;
    private static final String COUNTS = """
            SELECT bin, CAST(sum(cases) AS bigint) AS cases
              FROM market.model_input_count
             WHERE product_code = ? AND model = ? AND input = ? AND counted_on > ? AND counted_on <= ?
             GROUP BY bin
            """;
    private static final String SET_DRIFT = """
            INSERT INTO market.model_drift (product_code, model, input, day, cases, stability_index, reckoned_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT ON CONSTRAINT model_drift_pk
                DO UPDATE SET cases = excluded.cases, stability_index = excluded.stability_index, reckoned_at = excluded.reckoned_at
            """;
    private static final String FORGET_COUNTS = "DELETE FROM market.model_input_count WHERE counted_on <= ?";
    private static final String FORGET_DRIFT = "DELETE FROM market.model_drift WHERE day <= ?";
    /** What was reckoned longer ago than its window says nothing of now. */
    private static final String NEWEST = """
            SELECT r.product_code, r.model, r.input, r.origin, r.source, r.cases AS reference, d.day, d.cases, d.stability_index
              FROM (SELECT DISTINCT ON (product_code, model, input) product_code, model, input, origin, source, cases
                      FROM market.model_reference
                     ORDER BY product_code, model, input, stored_at DESC) AS r
              LEFT JOIN LATERAL (SELECT m.day, m.cases, m.stability_index
                                   FROM market.model_drift m
                                  WHERE m.product_code = r.product_code AND m.model = r.model AND m.input = r.input AND m.day > ?
                                  ORDER BY m.day DESC
                                  LIMIT 1) AS d ON true
             ORDER BY r.product_code, r.model, d.stability_index DESC NULLS LAST, r.input
            """;
    private static final String OWN_PRODUCTS = """
            SELECT DISTINCT product_code FROM market.registration WHERE merchant_id = ? AND approved_at IS NOT NULL AND status <> 'CANCELLED'
            """;

    /** So far the clocks of two nodes may lie apart before one is taken to be wrong. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final Database database;

    DriftBook(Database database) {
        this.database = database;
    }

    /**
     * What an input is compared with.
     *
     * @param until the last day of the first cases; null: they are the training data's
     */
    record Reference(List<String> bins, List<Double> shares, Origin origin, @Nullable LocalDate until) {
        Reference {
            bins = List.copyOf(bins);
            shares = List.copyOf(shares);
        }
    }

    /** Adds counts of a day. */
    void add(Watched watched, List<Count> counts, LocalDate on) {
        List<Input> inputs = watched.model().inputs();
        database.inTransaction(t -> t.change(ADD, watched.product(), watched.model().id(), on,
                counts.stream().map(each -> inputs.get(each.input()).name()).toList(),
                counts.stream().map(each -> inputs.get(each.input()).bins().get(each.bin())).toList(),
                counts.stream().map(Count::cases).toList()));
    }

    /** Whether this node is the one to look now: nobody did within the time before. */
    boolean takeTheHour(Instant now, Duration every, String node) {
        return database.inTransaction(t -> t.change(TAKE_THE_HOUR, now, node, now.minus(every), now.plus(SKEW)) == 1);
    }

    Instant lookedAt() {
        return database.inTransaction(t -> t.find(LOOKED_AT, row -> row.instant("looked_at"))).orElseThrow();
    }

    /** How often each input of a model fell into each of its bins on the days behind {@code after} up to {@code until}, in the order of the bins. */
    static long[] counts(Transaction t, Watched watched, Input input, LocalDate after, LocalDate until) throws SQLException {
        record Cell(String bin, long cases) {}
        long[] counts = new long[input.bins().size()];
        for (Cell cell : t.list(COUNTS, row -> new Cell(row.text("bin"), row.number("cases")), watched.product(), watched.model().id(), input.name(),
                after, until)) {
            int bin = input.bins().indexOf(cell.bin());
            if (bin >= 0) { // else the model had other bins then
                counts[bin] = cell.cases();
            }
        }
        return counts;
    }

    /** What inputs of a model are compared with, by their names. */
    static Map<String, Reference> references(Transaction t, Watched watched) throws SQLException {
        Map<String, Reference> references = new HashMap<>();
        record Named(String input, Reference reference) {}
        for (Named each : t.list(REFERENCES, row -> new Named(row.text("input"), new Reference(row.texts("bins"),
                row.texts("shares").stream().map(Double::valueOf).toList(), row.constant("origin", Origin.class), row.dayOrNull("until"))),
                watched.product(), watched.model().id())) {
            references.put(each.input(), each.reference());
        }
        return references;
    }

    /** @param cases how many the shares are of; 0: not known */
    static void addReference(Transaction t, Watched watched, Input input, Reference reference, long cases, Instant now) throws SQLException {
        WatchedModel model = watched.model();
        t.change(ADD_REFERENCE, watched.product(), model.id(), input.name(), reference.bins(), reference.shares(), reference.origin(),
                model.source(), cases, reference.until(), now);
    }

    static void setDrift(Transaction t, Watched watched, String input, LocalDate day, long cases, double index, Instant now) throws SQLException {
        t.change(SET_DRIFT, watched.product(), watched.model().id(), input, day, cases, index, now);
    }

    /** Removes counts and indices up to a day; rows removed. */
    int forget(LocalDate until) {
        return database.inTransaction(t -> t.change(FORGET_COUNTS, until) + t.change(FORGET_DRIFT, until));
    }

    /** The products of which a merchant has a registration that was approved and is not cancelled. */
    List<String> productsOf(UUID merchant) {
        return database.inTransaction(t -> t.list(OWN_PRODUCTS, row -> row.text("product_code"), merchant));
    }

    /** Every input that is compared with anything, by product and model, what moved most first; {@code after}: older indices are left out. */
    List<InputDrift> listNewest(LocalDate after) {
        return database.inTransaction(t -> t.list(NEWEST, DriftBook::read, after));
    }

    private static InputDrift read(Row row) throws SQLException {
        LocalDate day = row.dayOrNull("day");
        return new InputDrift(row.text("product_code"), row.text("model"), row.text("input"), row.constant("origin", Origin.class),
                row.text("source"), row.number("reference"), day == null ? 0 : row.number("cases"),
                day == null ? 0 : row.decimal("stability_index").doubleValue(), day);
    }
}
