package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.PermittedRevenue.Kept;
import cn.jingshu.marketplace.pricing.PermittedRevenue.Status;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The permitted revenues (最高准许收入) of the years: one authority writes one, a person of the other signs it. What breaks
 * the formula or the rate is refused when it is written; what is signed is never changed.
 */
@Singleton
public final class PermittedRevenues {
    private static final String ADD = """
            INSERT INTO market.permitted_revenue
                   (id, year, cycle_first, cycle_last, platform_fen, processing_fen, staff_fen, acquisition_fen,
                    period_fen, subsidies_fen, survey_year, bond_year, bond_yield, margin_points, rate, taxes_fen,
                    vat_in_taxes, carried_fen, smoothing, highest_fen, citation, proposed_by, proposed_role, proposed_at,
                    status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN')
            ON CONFLICT ON CONSTRAINT permitted_revenue_pk DO NOTHING
            """;
    private static final String DECIDE = """
            UPDATE market.permitted_revenue
               SET status = ?, decided_by = ?, decided_role = ?, decided_at = ?, ground = ?
             WHERE id = ?
            """;
    private static final String ALL = """
            SELECT id, year, cycle_first, cycle_last, platform_fen, processing_fen, staff_fen, acquisition_fen, period_fen,
                   subsidies_fen, survey_year, bond_year, bond_yield, rate, taxes_fen, vat_in_taxes, carried_fen, smoothing,
                   highest_fen, citation, proposed_by, proposed_role, proposed_at, status, decided_by, decided_at, ground
              FROM market.permitted_revenue
             ORDER BY year, proposed_at, id
            """;
    private static final String LOCK = """
            SELECT id, year, cycle_first, cycle_last, platform_fen, processing_fen, staff_fen, acquisition_fen, period_fen,
                   subsidies_fen, survey_year, bond_year, bond_yield, rate, taxes_fen, vat_in_taxes, carried_fen, smoothing,
                   highest_fen, citation, proposed_by, proposed_role, proposed_at, status, decided_by, decided_at, ground
              FROM market.permitted_revenue
             WHERE id = ?
               FOR UPDATE
            """;

    /** One signature at a time: what it is judged by are the others. */
    private static final String LOCK_SIGNED = """
            SELECT pg_advisory_xact_lock(hashtextextended('permitted-revenue', 0))
            """;

    /** What earlier cycles earned too much, as far as no signed year deducts it. */
    @FunctionalInterface
    public interface OverRecovery {
        /** What is still to be deducted when a cycle begins with {@code year}; asked again under the lock of a signature. */
        Left leftBefore(int year);

        /** That the permitted revenue of {@code year} is signed now, which may have been closed before. */
        default void signed(int year) {}
    }

    /**
     * What is left to deduct. While the last year of a cycle runs nobody knows what it will have earned too much: it is between two figures.
     *
     * @param least what the books say already; at least zero
     * @param most what it is with the forecast of the running year, at least {@code least}; the same: nothing is forecast
     */
    public record Left(Money least, Money most) {
        public Left {
            if (least.isNegative() || most.compareTo(least) < 0) {
                throw new IllegalArgumentException("left to deduct from " + least + " to " + most);
            }
        }

        /** Of cycles that are over. */
        public static Left of(Money exactly) {
            return new Left(exactly, exactly);
        }

        boolean isForecast() {
            return !least.equals(most);
        }

        @Override
        public String toString() {
            return isForecast() ? least.toYuan() + " to " + most.toYuan() + " yuan (forecast)" : least.toYuan() + " yuan";
        }
    }

    private final Database database;
    private final PolicyParameters policy;
    private final Clock clock;

    public PermittedRevenues(Database database, PolicyParameters policy, Clock clock) {
        this.database = database;
        this.policy = policy;
        this.clock = clock;
    }

    /** The answer to a permitted revenue that is written, or to a decision about one. */
    public sealed interface Outcome {
        /** It stands as asked for; {@code already}: it did before. */
        record Done(boolean already) implements Outcome {}

        record Refused(Change.Fault fault) implements Outcome {}

        /** @param detail the values that break the rule */
        record Unlawful(RevenueFault fault, String detail) implements Outcome {}
    }

    /** Writes one under an id of the caller's own, for the other authority to sign. */
    public Outcome propose(PermittedRevenue revenue, UUID proposedBy, OverRecovery over) {
        Left left = over.leftBefore(revenue.cycleFirst());
        BigDecimal margin = policy.getAt("price.margin-points", clock.instant()).decimal();
        int longest = policy.getAt("price.review-years", clock.instant()).decimal().intValueExact();
        return database.inTransaction(t -> {
            Person proposer = People.getIn(t, proposedBy);
            Optional<Role> role = authorityOf(proposer);
            if (role.isEmpty()) {
                return new Outcome.Unlawful(RevenueFault.NOT_AN_AUTHORITY, "proposed by " + proposedBy);
            }
            Optional<Outcome> broken = brokenRule(revenue, margin, longest, left).or(() -> againstOthers(t, revenue));
            if (broken.isPresent()) {
                return broken.get();
            }
            int added = t.change(ADD, revenue.id(), revenue.year(), revenue.cycleFirst(), revenue.cycleLast(),
                    revenue.platform().fen(), revenue.processing().fen(), revenue.staff().fen(),
                    revenue.acquisition().fen(), revenue.period().fen(), revenue.subsidies().fen(), revenue.surveyYear(),
                    revenue.bondYear(), revenue.bondYield(), margin, revenue.rate(), revenue.taxes().fen(),
                    revenue.vatInTaxes(), revenue.carried().fen(), revenue.smoothing(), revenue.highest().fen(),
                    revenue.citation(), proposedBy, role.get(), clock.instant());
            if (added == 0) {
                boolean same = t.find(LOCK, PermittedRevenues::read, revenue.id())
                        .filter(before -> before.revenue().equals(revenue)).isPresent();
                return same ? new Outcome.Done(true) : new Outcome.Refused(Change.Fault.ID_TAKEN);
            }
            AuditLog.append(t, clock, proposedBy, "revenue.propose", "permitted_revenue", revenue.id(),
                    Map.of("year", Integer.toString(revenue.year()), "highestYuan", revenue.highest().toYuan(), "rate",
                            revenue.rate().toPlainString(), "citation", revenue.citation()));
            return new Outcome.Done(false);
        });
    }

    private Optional<Outcome> brokenRule(PermittedRevenue revenue, BigDecimal margin, int longest, Left left) {
        boolean negative = Stream.of(revenue.platform(), revenue.processing(), revenue.staff(), revenue.acquisition(),
                        revenue.period(), revenue.subsidies(), revenue.taxes(), revenue.carried(), revenue.cost(),
                        revenue.highest())
                .anyMatch(Money::isNegative);
        if (negative) {
            return unlawful(RevenueFault.COST_BELOW_ZERO, "cost " + revenue.cost().toYuan() + " yuan");
        }
        if (revenue.bondYear() != revenue.surveyYear() - 1) {
            return unlawful(RevenueFault.WRONG_BOND_YEAR,
                    "yield of " + revenue.bondYear() + ", survey in " + revenue.surveyYear());
        }
        if (revenue.rate().signum() < 0 || revenue.rate().compareTo(revenue.bondYield().add(margin)) > 0) {
            return unlawful(RevenueFault.RATE_TOO_HIGH, "rate " + plain(revenue.rate()) + ", yield "
                    + plain(revenue.bondYield()) + " + " + plain(margin));
        }
        if (!revenue.reckoned().equals(revenue.highest())) {
            return unlawful(RevenueFault.FORMULA_BROKEN,
                    "stated " + revenue.highest().toYuan() + " yuan, reckoned " + revenue.reckoned().toYuan() + " yuan");
        }
        if (revenue.year() < revenue.cycleFirst() || revenue.year() > revenue.cycleLast()
                || revenue.cycleLast() - revenue.cycleFirst() >= longest) {
            return unlawful(RevenueFault.CYCLE_TOO_LONG,
                    revenue.year() + " in a cycle from " + revenue.cycleFirst() + " to " + revenue.cycleLast());
        }
        if (revenue.year() < LocalDate.now(clock.withZone(PriceBook.CITY)).getYear()) {
            return unlawful(RevenueFault.YEAR_IS_OVER, "year " + revenue.year());
        }
        return brokenCarry(revenue, left);
    }

    /**
     * All that is left is deducted, or by a plan a part of it in every year. Of a forecast the first year of a cycle deducts something between what is booked and what is forecast,
     * and a later year is planned: what it will be asked for is not known yet.
     */
    private static Optional<Outcome> brokenCarry(PermittedRevenue revenue, Left left) {
        Money carried = revenue.carried();
        boolean first = revenue.year() == revenue.cycleFirst();
        boolean something = carried.isPositive() || left.most().isZero();
        boolean all = carried.compareTo(left.least()) >= 0 && carried.compareTo(left.most()) <= 0 && something && (first || !left.isForecast());
        boolean planned = revenue.smoothing() != null && carried.compareTo(left.most()) <= 0 && (something || (!first && left.isForecast()));
        return all || planned ? Optional.empty() : unlawful(RevenueFault.NOT_CARRIED,
                "carried " + carried.toYuan() + " yuan, still to be deducted " + left);
    }

    private Optional<Outcome> againstOthers(Transaction t, PermittedRevenue revenue) {
        for (Kept other : listIn(t)) {
            PermittedRevenue one = other.revenue();
            if (other.status() != Status.SIGNED || one.id().equals(revenue.id())) {
                continue;
            }
            if (one.year() == revenue.year()) {
                return unlawful(RevenueFault.YEAR_TAKEN, "signed as " + one.id());
            }
            boolean same = one.cycleFirst() == revenue.cycleFirst() && one.cycleLast() == revenue.cycleLast();
            if (!same && one.cycleFirst() <= revenue.cycleLast() && revenue.cycleFirst() <= one.cycleLast()) {
                return unlawful(RevenueFault.CYCLES_OVERLAP, "a cycle from " + one.cycleFirst() + " to " + one.cycleLast());
            }
        }
        return Optional.empty();
    }

    private static Optional<Outcome> unlawful(RevenueFault fault, String detail) {
        return Optional.of(new Outcome.Unlawful(fault, detail));
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    /**
     * Signs one: a person of the other authority than wrote it. From now on it holds for its year. What was signed since it was written counts: what is
     * left to deduct and the cycles of others are judged again.
     */
    public Outcome sign(UUID id, UUID signedBy, String citation, OverRecovery over) {
        try {
            Outcome outcome = decide(id, signedBy, Status.SIGNED, citation, (t, revenue) ->
                    againstOthers(t, revenue).or(() -> brokenCarry(revenue, over.leftBefore(revenue.cycleFirst()))));
            if (outcome instanceof Outcome.Done) {
                over.signed(find(id).orElseThrow().revenue().year());
            }
            return outcome;
        } catch (DatabaseException e) {
            if (e.violates("permitted_revenue_one_a_year")) {
                return new Outcome.Unlawful(RevenueFault.YEAR_TAKEN, "permitted revenue " + id);
            }
            throw e;
        }
    }

    /** Turns one down; a person of the other authority does. */
    public Outcome refuse(UUID id, UUID decidedBy, String reason) {
        return decide(id, decidedBy, Status.REFUSED, reason, (_, _) -> Optional.empty());
    }

    @FunctionalInterface
    private interface Objection {
        Optional<Outcome> to(Transaction t, PermittedRevenue revenue);
    }

    private Outcome decide(UUID id, UUID decidedBy, Status status, String ground, Objection objection) {
        return database.inTransaction(t -> {
            t.list(LOCK_SIGNED, _ -> true);
            Optional<Kept> found = t.find(LOCK, PermittedRevenues::read, id);
            if (found.isEmpty()) {
                return new Outcome.Refused(Change.Fault.UNKNOWN);
            }
            if (found.get().status() != Status.OPEN) {
                return new Outcome.Refused(Change.Fault.OVER);
            }
            if (found.get().proposedBy().equals(decidedBy)) {
                return new Outcome.Refused(Change.Fault.SAME_PERSON);
            }
            Role written = t.find(LOCK, row -> row.constant("proposed_role", Role.class), id).orElseThrow();
            Optional<Role> role = authorityOf(People.getIn(t, decidedBy)).filter(each -> each != written);
            if (role.isEmpty()) {
                return new Outcome.Unlawful(RevenueFault.NOT_SIGNED_BY_BOTH, "written by a " + written);
            }
            Optional<Outcome> broken = objection.to(t, found.get().revenue());
            if (broken.isPresent()) {
                return broken.get();
            }
            t.change(DECIDE, status, decidedBy, role.get(), clock.instant(), ground, id);
            AuditLog.append(t, clock, decidedBy, status == Status.SIGNED ? "revenue.sign" : "revenue.refuse",
                    "permitted_revenue", id, Map.of("ground", ground));
            return new Outcome.Done(false);
        });
    }

    private static Optional<Role> authorityOf(Person person) {
        return Stream.of(Role.PRICE_OFFICER, Role.REGULATOR).filter(person.roles()::contains).findFirst();
    }

    /** Everything that was written, in the order of years. */
    public List<Kept> list() {
        return database.inTransaction(PermittedRevenues::listIn);
    }

    private static List<Kept> listIn(Transaction t) {
        try {
            return t.list(ALL, PermittedRevenues::read);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    public Optional<Kept> find(UUID id) {
        return list().stream().filter(kept -> kept.revenue().id().equals(id)).findFirst();
    }

    /** What holds for a year; empty: nothing is signed, and trial prices apply. */
    public Optional<PermittedRevenue> findSigned(int year) {
        return list().stream()
                .filter(kept -> kept.status() == Status.SIGNED && kept.revenue().year() == year)
                .map(Kept::revenue)
                .findFirst();
    }

    private static Kept read(Row row) throws SQLException {
        return new Kept(new PermittedRevenue(row.uuid("id"), row.integer("year"), row.integer("cycle_first"),
                        row.integer("cycle_last"), fen(row, "platform_fen"), fen(row, "processing_fen"),
                        fen(row, "staff_fen"), fen(row, "acquisition_fen"), fen(row, "period_fen"),
                        fen(row, "subsidies_fen"), row.integer("survey_year"), row.integer("bond_year"),
                        row.decimal("bond_yield"), row.decimal("rate"), fen(row, "taxes_fen"), row.flag("vat_in_taxes"),
                        fen(row, "carried_fen"), row.textOrNull("smoothing"), fen(row, "highest_fen"),
                        row.text("citation")),
                row.uuid("proposed_by"), row.instant("proposed_at"), row.constant("status", Status.class),
                row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"), row.textOrNull("ground"));
    }

    private static Money fen(Row row, String column) throws SQLException {
        return Money.ofFen(row.number(column));
    }
}
