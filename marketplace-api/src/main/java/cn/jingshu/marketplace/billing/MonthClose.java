package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.JournalWriter;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.period.CloseResult;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.Rule;
import cn.jingshu.ledger.settlement.SettleResult;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementInputs;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.TariffJson;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.usage.NodePosition;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Closes a month: usage is rated, charges are booked, the net profit is settled, the books are shut. Each step is
 * recorded before the next and repeats to the same result, so a close that dies half-way is finished by closing again.
 */
@Singleton
public final class MonthClose {
    private static final String STATE = """
            SELECT period, status, rated_at, closed_at FROM market.billing_period WHERE period = ?
            """;
    private static final String STATES = """
            SELECT period, status, rated_at FROM market.billing_period ORDER BY period DESC
            """;
    private static final String CLOSED_MONTHS = """
            SELECT period FROM market.billing_period WHERE period < ? ORDER BY period
            """;
    private static final String LATER_MONTH = """
            SELECT period FROM market.billing_period WHERE period > ? ORDER BY period LIMIT 1
            """;
    private static final String UNFINISHED_MONTH = """
            SELECT period FROM market.billing_period WHERE period < ? AND status <> 'CLOSED' ORDER BY period LIMIT 1
            """;
    private static final String LOCK = "LOCK TABLE market.billing_period IN SHARE ROW EXCLUSIVE MODE";
    private static final String BEGIN = """
            INSERT INTO market.billing_period (period, status, rated_at, closed_at) VALUES (?, 'RATED', ?, NULL)
            """;
    private static final String ADD_POSITION = """
            INSERT INTO market.rated_position (period, node_id, next_sequence) VALUES (?, ?, ?)
            """;
    /** Months rated when an event of a node's journal was stored already, the oldest first. */
    private static final String RATED_WITH = """
            SELECT b.period, b.status, b.rated_at
              FROM market.billing_period b
              JOIN market.rated_position p ON p.period = b.period
             WHERE b.period >= ? AND p.node_id = ? AND p.next_sequence > ?
             ORDER BY b.period
             LIMIT 1
            """;
    private static final String NEXT_RATED = """
            SELECT period, status, rated_at FROM market.billing_period WHERE period > ? ORDER BY period LIMIT 1
            """;
    private static final String ADVANCE = "UPDATE market.billing_period SET status = ? WHERE period = ? AND status = ?";
    private static final String FINISH = """
            UPDATE market.billing_period SET status = 'CLOSED', closed_at = ? WHERE period = ?
            """;

    /** How far the close of a month has come. */
    public enum Status {
        RATED,
        POSTED,
        SETTLED,
        CLOSED
    }

    /** The state of a month whose close has begun. */
    public record State(YearMonth month, Status status, Instant ratedAt) {}

    /** What became of a wish to close a month. */
    public sealed interface Outcome {
        /**
         * The month is closed.
         *
         * @param before true: it had been closed before, and nothing was changed
         */
        record Closed(YearMonth month, List<Charge> charges, StoredSettlement settlement, boolean before)
                implements Outcome {}

        /** The month stays open; {@code reason} is a sentence for the person who asked. */
        record Refused(YearMonth month, String reason) implements Outcome {}
    }

    private final Database database;
    private final MonthUsage monthUsage;
    private final Charges charges;
    private final Settling settling;
    private final JournalWriter writer;
    private final SettlementBook settlements;
    private final Periods periods;
    private final Provider<PolicyRates> rates;
    private final MonthBills bills;
    private final Clock clock;

    MonthClose(
            Database database,
            MonthUsage monthUsage,
            Charges charges,
            Settling settling,
            JournalWriter writer,
            SettlementBook settlements,
            Periods periods,
            Provider<PolicyRates> rates,
            MonthBills bills,
            Clock clock) {
        this.database = database;
        this.monthUsage = monthUsage;
        this.charges = charges;
        this.settling = settling;
        this.writer = writer;
        this.settlements = settlements;
        this.periods = periods;
        this.rates = rates;
        this.bills = bills;
        this.clock = clock;
    }

    /** Told which step begins, for whoever watches. */
    @FunctionalInterface
    public interface Progress {
        void step(String what);
    }

    /** How far the close of {@code month} has come; empty: it has not begun. */
    public Optional<State> findState(YearMonth month) {
        return database.inTransaction(t -> findState(t, month));
    }

    private static Optional<State> findState(Transaction t, YearMonth month) throws SQLException {
        return t.find(STATE, MonthClose::state, month.atDay(1));
    }

    private static State state(Row row) throws SQLException {
        return new State(
                YearMonth.from(row.day("period")), row.constant("status", Status.class), row.instant("rated_at"));
    }

    /** The month whose bill an event of {@code usageMonth} was rated for, by its place in its node's journal; empty: none yet. */
    Optional<State> findRatedWith(YearMonth usageMonth, String nodeId, long sequence) {
        return database.inTransaction(t -> t.find(RATED_WITH, MonthClose::state, usageMonth.atDay(1), nodeId, sequence));
    }

    /** The first month rated after {@code month}; empty: none yet. */
    Optional<State> findNextRated(YearMonth month) {
        return database.inTransaction(t -> t.find(NEXT_RATED, MonthClose::state, month.atDay(1)));
    }

    /**
     * What would be charged for {@code month} if it were closed now, or what was charged when it was: the same function
     * over the same facts.
     */
    public List<Charge> preview(YearMonth month) {
        return database.inTransaction(t -> findState(t, month).isPresent() ? charges.listOf(month) : rate(t, month));
    }

    /** One consumer's part of {@link #preview}; the usage of others is not looked at. */
    public List<Charge> preview(YearMonth month, UUID organisationId) {
        return database.inTransaction(t -> {
            if (findState(t, month).isPresent()) {
                return charges.listOf(month, organisationId);
            }
            return rate(t, month, each -> monthUsage.of(each, organisationId), key -> key.organisationId().equals(organisationId));
        });
    }

    /**
     * Everything one consumer owes that no rated month has a line for, whichever month it was used in: of months nobody has closed, of this month so far,
     * and what reached closed months since. Zero only when nothing of all that costs anything, or is owed back.
     *
     * @return the lines' amounts without their signs, tax included
     * @throws UnratedUsageException if a part of it has no lawful price
     */
    public Money unrated(Transaction t, UUID organisationId) throws SQLException {
        Set<YearMonth> months = new TreeSet<>();
        YearMonth now = BillingPeriod.of(clock.instant()).month();
        for (YearMonth each = monthUsage.findFirst(organisationId).orElse(now); !each.isAfter(now); each = each.plusMonths(1)) {
            months.add(each);
        }
        t.list(STATES, MonthClose::state).forEach(begun -> months.add(begun.month()));
        YearMonth next = now.plusMonths(1); // after all that has lines
        List<PricedUsage> usage = new ArrayList<>();
        for (YearMonth each : months) {
            usage.addAll(monthUsage.of(each, organisationId));
            next = each.isBefore(next) ? next : each.plusMonths(1);
        }
        Map<ChargeKey, Rating.Billed> billed = new HashMap<>(charges.billedBefore(next));
        billed.keySet().removeIf(key -> !key.organisationId().equals(organisationId));
        if (usage.isEmpty() && billed.isEmpty()) {
            return Money.ZERO;
        }
        return Money.sum(Rating.rate(next, usage, billed, rates.get().rateAt(Rule.VAT, next.atEndOfMonth()).rate()).stream()
                .map(line -> line.amount().isNegative() ? line.amount().negated() : line.amount())
                .toList());
    }

    /** Months whose close has begun, the youngest first. */
    public List<State> listStates() {
        return database.inTransaction(t -> t.list(STATES, MonthClose::state));
    }

    /** Closes {@code month}, or finishes a close that was interrupted. Usage must have been shipped before. */
    public Outcome close(YearMonth month, Progress progress) {
        Optional<State> state = findState(month);
        boolean before = state.filter(s -> s.status() == Status.CLOSED).isPresent();
        if (state.isEmpty()) {
            progress.step("rating usage");
            try {
                Optional<String> refusal = beginWithCharges(month);
                if (refusal.isPresent()) {
                    return new Outcome.Refused(month, refusal.get());
                }
            } catch (UnratedUsageException unrated) {
                return new Outcome.Refused(month, Objects.requireNonNullElse(unrated.getMessage(), "usage cannot be rated"));
            }
        }
        List<Charge> billed = charges.listOf(month);
        if (!before) {
            progress.step("booking " + billed.size() + " charges");
            Optional<String> refusal = book(billed);
            if (refusal.isPresent()) {
                return new Outcome.Refused(month, refusal.get());
            }
            advance(month, Status.RATED, Status.POSTED);
            progress.step("issuing statements");
            bills.issueUntil(month);
            progress.step("settling the net profit");
            refusal = settle(month);
            if (refusal.isPresent()) {
                return new Outcome.Refused(month, refusal.get());
            }
            advance(month, Status.POSTED, Status.SETTLED);
            progress.step("closing the books");
            if (periods.close(month) instanceof CloseResult.Refused(var obstacle, var detail)) {
                return new Outcome.Refused(month, obstacle + ": " + detail);
            }
            database.inTransaction(t -> t.change(FINISH, clock.instant(), month.atDay(1)));
        }
        StoredSettlement settlement = settlements
                .findSettlement(SettlementPeriod.month(month), Dimensions.AUTHORISED_OPERATION)
                .orElseThrow(() -> new IllegalStateException(month + " is closed without a settlement"));
        return new Outcome.Closed(month, billed, settlement, before);
    }

    /** Rates the month and stores its charges in one transaction; months are closed in their order. */
    private Optional<String> beginWithCharges(YearMonth month) {
        return database.inTransaction(t -> {
            t.change(LOCK);
            if (findState(t, month).isPresent()) {
                return Optional.empty(); // another process began it meanwhile: go on from its charges
            }
            Optional<YearMonth> later = t.find(LATER_MONTH, row -> YearMonth.from(row.day("period")), month.atDay(1));
            if (later.isPresent()) {
                return Optional.of(later.get() + " has been closed: usage of " + month
                        + " is billed as a correction in the month that is closed next.");
            }
            Optional<YearMonth> unfinished =
                    t.find(UNFINISHED_MONTH, row -> YearMonth.from(row.day("period")), month.atDay(1));
            if (unfinished.isPresent()) {
                return Optional.of("The close of " + unfinished.get() + " is not finished: close that month first.");
            }
            Optional<YearMonth> unbilled = firstUnbilledBefore(t, month);
            if (unbilled.isPresent()) {
                return Optional.of("Usage of " + unbilled.get() + " is not billed yet: close that month first.");
            }
            List<NodePosition> positions = monthUsage.listPositions(); // before the usage is read: all up to here is in it
            List<Charge> rated = rate(t, month);
            t.change(BEGIN, month.atDay(1), clock.instant());
            for (NodePosition position : positions) {
                t.change(ADD_POSITION, month.atDay(1), position.nodeId(), position.nextSequence());
            }
            for (Charge charge : rated) {
                charges.add(t, charge);
            }
            return Optional.empty();
        });
    }

    private Optional<YearMonth> firstUnbilledBefore(Transaction t, YearMonth month) throws SQLException {
        List<YearMonth> closed = t.list(CLOSED_MONTHS, row -> YearMonth.from(row.day("period")), month.atDay(1));
        Optional<YearMonth> first = monthUsage.findFirst();
        if (first.isEmpty()) {
            return Optional.empty();
        }
        for (YearMonth each = first.get(); each.isBefore(month); each = each.plusMonths(1)) {
            if (!closed.contains(each) && !monthUsage.of(each).isEmpty()) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** This month's usage, and what reached the months closed before it since they were closed. */
    private List<Charge> rate(Transaction t, YearMonth month) throws SQLException {
        return rate(t, month, monthUsage::of, _ -> true);
    }

    private List<Charge> rate(Transaction t, YearMonth month, Function<YearMonth, List<PricedUsage>> counted,
            Predicate<ChargeKey> whose) throws SQLException {
        List<PricedUsage> usage = new ArrayList<>(counted.apply(month));
        for (YearMonth closed : t.list(CLOSED_MONTHS, row -> YearMonth.from(row.day("period")), month.atDay(1))) {
            usage.addAll(counted.apply(closed));
        }
        Map<ChargeKey, Rating.Billed> billed = new HashMap<>(charges.billedBefore(month));
        billed.keySet().removeIf(whose.negate());
        if (usage.isEmpty() && billed.isEmpty()) {
            return List.of(); // also of a month before the first rate of the tax
        }
        Portion vat = rates.get().rateAt(Rule.VAT, month.atEndOfMonth()).rate();
        return Rating.rate(month, usage, billed, vat);
    }

    private Optional<String> book(List<Charge> billed) {
        List<JournalEntry> entries = billed.stream()
                .filter(charge -> !charge.amount().isZero())
                .map(MonthClose::entryOf)
                .toList();
        for (PostResult result : writer.bookAll(entries)) {
            if (result instanceof PostResult.Rejected(var code, var detail)) {
                return Optional.of("A charge cannot be booked: " + code + ": " + detail);
            }
        }
        return Optional.empty();
    }

    /** 借 应收账款, 贷 主营业务收入 and 销项税额; a charge below zero books the other way round. */
    static JournalEntry entryOf(Charge charge) {
        ChargeKey key = charge.key();
        UUID tariff = key.tariffId();
        Dimensions about = Dimensions.authorisedOperation()
                .withProduct(key.product())
                .withConsumer(key.organisationId().toString())
                .withPurposeClass(key.purpose())
                .withPriceVersion(tariff == null ? null : tariff.toString());
        boolean owed = charge.amount().isPositive();
        Money gross = owed ? charge.amount() : charge.amount().negated();
        Money vat = owed ? charge.vat() : charge.vat().negated();
        Money net = gross.minus(vat);
        List<Posting> postings = new ArrayList<>();
        postings.add(owed ? Posting.debit(Chart.RECEIVABLES, gross, about) : Posting.credit(Chart.RECEIVABLES, gross, about));
        if (net.isPositive()) {
            postings.add(owed ? Posting.credit(Chart.REVENUE, net, about) : Posting.debit(Chart.REVENUE, net, about));
        }
        if (vat.isPositive()) {
            postings.add(owed ? Posting.credit(Chart.OUTPUT_VAT, vat, about) : Posting.debit(Chart.OUTPUT_VAT, vat, about));
        }
        String price = charge.price().fenPerUnit().stripTrailingZeros().toPlainString() + " fen";
        String description = key.product() + "/" + key.operation() + " " + key.usageMonth() + ": " + charge.quantity()
                + " " + key.unit() + (charge.basis().tariff() instanceof Tariff.PerUnit ? " × " + price
                        : ", " + TariffJson.kindOf(charge.basis().tariff()) + ", on average " + price);
        return new JournalEntry(charge.id(), charge.month().atEndOfMonth(),
                charge.isCorrection() ? EntryReason.ADJUSTMENT : EntryReason.CHARGE, description, postings);
    }

    private Optional<String> settle(YearMonth month) {
        SettlementInputs inputs = settling.inputs(SettlementPeriod.month(month), month.atEndOfMonth());
        return settlements.settle(inputs) instanceof SettleResult.Refused(var fault, var detail)
                ? Optional.of("The net profit cannot be settled: " + fault + ": " + detail)
                : Optional.empty();
    }

    /** A close that is finished by closing again repeats its steps; its status never steps back. */
    private void advance(YearMonth month, Status from, Status to) {
        database.inTransaction(t -> t.change(ADVANCE, to, month.atDay(1), from));
    }
}
