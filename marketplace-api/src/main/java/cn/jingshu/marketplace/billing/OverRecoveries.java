package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.period.PeriodState;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.marketplace.pricing.PermittedRevenue;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was earned too much on memo accounts (超额收入, 表外备查): found once a cycle's last year is closed, deducted with the close of
 * each year whose permitted revenue deducts it. What the books lack of that is booked with the close of a year, and with a signature about a closed one,
 * so a repetition books nothing.
 *
 * @see "POLICY §9.2, §10.3: a memo account, netted in the next year"
 */
@Singleton
public final class OverRecoveries implements PermittedRevenues.OverRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(OverRecoveries.class);

    /**
     * One at a time, and what has to stand is reckoned behind it: what is booked is the difference to what stands, and who reckoned before another close
     * was booked would book that away.
     */
    private static final String ONE_AT_A_TIME = """
            SELECT pg_advisory_xact_lock(hashtextextended('over-recovery', 0))
            """;
    /** Credits minus debits of a memo account by year. */
    private static final String BOOKED = """
            SELECT CAST(extract(year FROM p.service_period) AS integer) AS year,
                   CAST(sum(CASE p.side WHEN 'CREDIT' THEN p.amount_fen ELSE -p.amount_fen END) AS bigint) AS fen
              FROM ledger.posting p
             WHERE p.account_code = ?
             GROUP BY p.service_period
            """;
    private static final String COUNT = """
            SELECT count(*) AS entries FROM ledger.entry WHERE reason = 'OVER_RECOVERY'
            """;

    private final Database database;
    private final Journal journal;
    private final Supplier<List<PermittedRevenue.Kept>> permitted;
    private final IntFunction<Money> revenue;
    private final IntFunction<PermittedRevenues.Left> left;
    private final Supplier<Optional<Year>> closed;
    private final Supplier<Optional<YearMonth>> shut;

    @Inject
    OverRecoveries(Database database, Journal journal, PermittedRevenues permitted, RevenueGauge gauge, SettlementBook settlements, Periods periods) {
        this(database, journal, permitted::list, year -> gauge.of(year).revenue(), gauge::leftToCarry, () -> lastClosed(settlements), () -> lastShut(periods));
    }

    /**
     * @param revenue of a year, as its permitted revenue counts it
     * @param left to deduct when a cycle begins with a year
     * @param closed the last year that is closed
     * @param shut the last month that is closed in the books
     */
    OverRecoveries(Database database, Journal journal, Supplier<List<PermittedRevenue.Kept>> permitted, IntFunction<Money> revenue,
            IntFunction<PermittedRevenues.Left> left, Supplier<Optional<Year>> closed, Supplier<Optional<YearMonth>> shut) {
        this.database = database;
        this.journal = journal;
        this.permitted = permitted;
        this.revenue = revenue;
        this.left = left;
        this.closed = closed;
        this.shut = shut;
    }

    /**
     * What the memo accounts have to hold.
     *
     * @param found by year of a cycle that earned too much as a whole: its revenue above (below zero: beneath) the permitted one
     * @param deducted by the year whose permitted revenue deducts it; above zero, together never more than was found until then
     */
    record Kept(NavigableMap<Integer, Money> found, NavigableMap<Integer, Money> deducted) {
        /** What later prices still have to give back; at least zero. */
        Money left() {
            return Money.sum(found.values()).minus(Money.sum(deducted.values()));
        }
    }

    /**
     * Reckons it once {@code closed} and all years before it are closed.
     *
     * @param revenue of a year, as its permitted revenue counts it
     */
    static Kept reckon(List<PermittedRevenue.Kept> revenues, int closed, IntFunction<Money> revenue) {
        NavigableMap<Integer, NavigableMap<Integer, Money>> cycles = new TreeMap<>(); // by last year
        NavigableMap<Integer, Money> carried = new TreeMap<>();
        for (PermittedRevenue.Kept each : revenues) {
            PermittedRevenue one = each.revenue();
            if (each.status() != PermittedRevenue.Status.SIGNED) {
                continue;
            }
            if (one.cycleLast() <= closed) {
                cycles.computeIfAbsent(one.cycleLast(), _ -> new TreeMap<>()).put(one.year(), revenue.apply(one.year()).minus(one.highest()));
            }
            if (one.year() <= closed) {
                carried.put(one.year(), one.carried());
            }
        }
        NavigableMap<Integer, Money> found = new TreeMap<>();
        NavigableMap<Integer, Money> deducted = new TreeMap<>();
        SortedSet<Integer> years = new TreeSet<>(cycles.keySet());
        years.addAll(carried.keySet());
        Money over = Money.ZERO;
        Money toDeduct = Money.ZERO;
        Money done = Money.ZERO;
        for (int year : years) {
            NavigableMap<Integer, Money> ended = cycles.getOrDefault(year, new TreeMap<>());
            Money sum = Money.sum(ended.values());
            if (sum.isPositive()) {
                over = over.plus(sum);
                found.putAll(ended);
            }
            toDeduct = toDeduct.plus(carried.getOrDefault(year, Money.ZERO));
            Money until = toDeduct.compareTo(over) < 0 ? toDeduct : over; // a forecast may have deducted more than there was
            if (until.compareTo(done) > 0) {
                deducted.put(year, until.minus(done));
                done = until;
            }
        }
        found.values().removeIf(Money::isZero);
        return new Kept(found, deducted);
    }

    @Override
    public PermittedRevenues.Left leftBefore(int year) {
        return left.apply(year);
    }

    /** Books what the memo accounts lack if the year is closed already: no close would until the next. The signature stands in any case. */
    @Override
    public void signed(int year) {
        try {
            if (closed.get().filter(last -> last.getValue() >= year).isPresent()) {
                book().ifPresent(detail -> LOG.warn("a permitted revenue of {} is signed, and its over-recovery is left to the next close of a year: {}", year, detail));
            }
        } catch (DatabaseException | UnratedUsageException away) {
            LOG.warn("a permitted revenue of {} is signed, and its over-recovery is left to the next close of a year: {}", year, away.toString());
        }
    }

    /**
     * Books what the memo accounts lack, on the first day that is not closed.
     *
     * @return why not; empty: it stands
     */
    Optional<String> book() {
        return database.inTransaction(t -> {
            t.list(ONE_AT_A_TIME, _ -> true);
            Optional<Year> last = closed.get(); // in a transaction of its own, begun behind the lock
            if (last.isEmpty()) {
                return Optional.<String>empty();
            }
            Kept due = reckon(last.get());
            LocalDate on = shut.get().orElseGet(() -> last.get().atMonth(12)).plusMonths(1).atDay(1);
            List<JournalEntry> entries = new ArrayList<>();
            long before = t.find(COUNT, row -> row.number("entries")).orElseThrow();
            entry(before, on, "超额收入认定(至 " + last.get() + " 年)", Chart.OVER_RECOVERY_FOUND, Side.CREDIT,
                    difference(due.found(), booked(t, Chart.OVER_RECOVERY_FOUND))).ifPresent(entries::add);
            NavigableMap<Integer, Money> deducted = new TreeMap<>();
            booked(t, Chart.OVER_RECOVERY_DEDUCTED).forEach((year, credit) -> deducted.put(year, credit.negated()));
            entry(before + entries.size(), on, "超额收入抵减(至 " + last.get() + " 年)", Chart.OVER_RECOVERY_DEDUCTED, Side.DEBIT,
                    difference(due.deducted(), deducted)).ifPresent(entries::add);
            if (entries.isEmpty()) {
                return Optional.<String>empty();
            }
            for (PostResult result : t.join(connection -> journal.postAll(connection, entries))) {
                if (result instanceof PostResult.Rejected(var code, var detail)) {
                    t.rollback();
                    return Optional.of(code + ": " + detail);
                }
            }
            return Optional.<String>empty();
        });
    }

    /**
     * What later prices still have to give back: as it is reckoned, and as the books have it.
     *
     * @param toBook what the next close books of years that were closed before there was a memo; zero once it has entries
     */
    record Proof(Money reckoned, Money booked, Money toBook) {}

    /** Empty: no year is closed. */
    Optional<Proof> prove() {
        return database.inTransaction(t -> {
            t.list(ONE_AT_A_TIME, _ -> true);
            Optional<Year> last = closed.get();
            if (last.isEmpty()) {
                return Optional.<Proof>empty();
            }
            Money left = reckon(last.get()).left();
            boolean none = t.find(COUNT, row -> row.number("entries")).orElseThrow() == 0;
            return Optional.of(new Proof(left, Money.sum(booked(t, Chart.OVER_RECOVERY_FOUND).values())
                    .plus(Money.sum(booked(t, Chart.OVER_RECOVERY_DEDUCTED).values())), none ? left : Money.ZERO));
        });
    }

    private Kept reckon(Year last) {
        return reckon(permitted.get(), last.getValue(), revenue);
    }

    private static Optional<Year> lastClosed(SettlementBook settlements) {
        return settlements.listSettlements(Dimensions.AUTHORISED_OPERATION).stream()
                .filter(each -> each.period().basis() == SettlementPeriod.Basis.ANNUAL_BINDING)
                .map(each -> Year.from(each.period().last()))
                .max(Year::compareTo);
    }

    private static Optional<YearMonth> lastShut(Periods periods) {
        return periods.listPeriods().stream().filter(month -> month.closing() != null).map(PeriodState::period).max(YearMonth::compareTo);
    }

    /** By year, credits above zero. */
    private static NavigableMap<Integer, Money> booked(Transaction t, AccountCode account) throws SQLException {
        NavigableMap<Integer, Money> sums = new TreeMap<>();
        t.list(BOOKED, row -> Map.entry(row.integer("year"), Money.ofFen(row.number("fen"))), account.value())
                .forEach(each -> sums.put(each.getKey(), each.getValue()));
        return sums;
    }

    private static NavigableMap<Integer, Money> difference(NavigableMap<Integer, Money> due, NavigableMap<Integer, Money> booked) {
        NavigableMap<Integer, Money> difference = new TreeMap<>(due);
        booked.forEach((year, amount) -> difference.merge(year, amount.negated(), Money::plus));
        difference.values().removeIf(Money::isZero);
        return difference;
    }

    private static Optional<JournalEntry> entry(long before, LocalDate on, String description, AccountCode account, Side side,
            NavigableMap<Integer, Money> amounts) {
        if (amounts.isEmpty()) {
            return Optional.empty();
        }
        List<Posting> postings = new ArrayList<>();
        amounts.forEach((year, amount) ->
                postings.add(posting(account, side, amount, Dimensions.authorisedOperation().withServicePeriod(YearMonth.of(year, 12)))));
        Money sum = Money.sum(amounts.values());
        if (!sum.isZero()) {
            postings.add(posting(Chart.OVER_RECOVERY_COUNTERPART, side, sum.negated(), Dimensions.authorisedOperation()));
        }
        UUID id = UUID.nameUUIDFromBytes(("jingshu/over-recovery/" + before).getBytes(StandardCharsets.UTF_8));
        return Optional.of(new JournalEntry(id, on, EntryReason.OVER_RECOVERY, description, postings));
    }

    /** @param amount on {@code side}; below zero: on the other */
    private static Posting posting(AccountCode account, Side side, Money amount, Dimensions about) {
        Money moved = amount.isNegative() ? amount.negated() : amount;
        return (side == Side.DEBIT) != amount.isNegative() ? Posting.debit(account, moved, about) : Posting.credit(account, moved, about);
    }
}
