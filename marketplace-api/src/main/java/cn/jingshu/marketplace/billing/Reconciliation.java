package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.UnbalancedEntryException;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementResult;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.marketplace.payment.PayablesProof;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.usage.NodeCount;
import cn.jingshu.metering.usage.Usage;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Proves from stored facts alone that nothing was lost or invented on the way of a yuan (对账): calls answered = usage
 * events = rated units = charges = postings = what the settlement gives out.
 */
@Singleton
public final class Reconciliation {
    private static final String MONTHS = """
            SELECT period FROM market.billing_period WHERE status = 'CLOSED' ORDER BY period
            """;
    private static final String LAST_RATED = """
            SELECT rated_at FROM market.billing_period ORDER BY period DESC LIMIT 1
            """;
    /** Months whose charges are being booked, line by line, before they come onto the accounts. */
    private static final String BEING_BOOKED = """
            SELECT period FROM market.billing_period WHERE status IN ('RATED', 'POSTED') ORDER BY period
            """;
    /** In one statement, so that what moves meanwhile is on both sides or on neither. */
    private static final String ACCOUNTS = """
            SELECT coalesce(b.consumer, m.consumer, '') AS consumer,
                   CAST(coalesce(m.owed_fen, 0) AS bigint) AS owed_fen, CAST(coalesce(m.prepaid_fen, 0) AS bigint) AS prepaid_fen,
                   CAST(coalesce(b.owed_fen, 0) AS bigint) AS booked_owed_fen,
                   CAST(coalesce(b.prepaid_fen, 0) AS bigint) AS booked_prepaid_fen
              FROM (SELECT p.consumer,
                           sum(CASE p.side WHEN 'DEBIT' THEN p.amount_fen ELSE -p.amount_fen END) FILTER (WHERE p.account_code = '1122') AS owed_fen,
                           sum(CASE p.side WHEN 'CREDIT' THEN p.amount_fen ELSE -p.amount_fen END) FILTER (WHERE p.account_code = '2203') AS prepaid_fen
                      FROM ledger.posting p
                     WHERE p.account_code IN ('1122', '2203')
                     GROUP BY p.consumer) b
              FULL JOIN (SELECT CAST(organisation_id AS text) AS consumer, sum(owed_fen) AS owed_fen, sum(prepaid_fen) AS prepaid_fen
                           FROM market.account_movement
                          GROUP BY organisation_id) m ON m.consumer = b.consumer
             ORDER BY 1
            """;
    private static final int PAGE = 1_000;

    /**
     * One comparison.
     *
     * @param what names the two records that are compared
     * @param left the record nearer to the call
     * @param right the record made from it
     */
    public record Check(String what, String left, String right) {
        public boolean agrees() {
            return left.equals(right);
        }
    }

    private final Database database;
    private final Usage usage;
    private final MonthUsage monthUsage;
    private final Charges charges;
    private final Voids voids;
    private final Journal journal;
    private final Balances balances;
    private final SettlementBook settlements;
    private final PayablesProof payables;
    private final OverRecoveries overRecoveries;

    Reconciliation(
            Database database,
            Usage usage,
            MonthUsage monthUsage,
            Charges charges,
            Voids voids,
            Journal journal,
            Balances balances,
            SettlementBook settlements,
            PayablesProof payables,
            OverRecoveries overRecoveries) {
        this.database = database;
        this.usage = usage;
        this.monthUsage = monthUsage;
        this.charges = charges;
        this.voids = voids;
        this.journal = journal;
        this.balances = balances;
        this.settlements = settlements;
        this.payables = payables;
        this.overRecoveries = overRecoveries;
    }

    /**
     * Every comparison there is to make, in the order of the way.
     *
     * @param month whose usage totals are compared although it is not closed; closed months are always compared
     */
    public List<Check> run(YearMonth month) throws SQLException {
        List<Check> checks = new ArrayList<>();
        for (NodeCount node : usage.listNodeCounts()) {
            checks.add(new Check("node " + node.nodeId() + ": calls in its journal = usage events",
                    count(node.shippedFrames() - node.repeatedFrames()), count(node.storedEvents())));
        }
        List<YearMonth> closed = database.inTransaction(t -> t.list(MONTHS, row -> YearMonth.from(row.day("period"))));
        List<YearMonth> counted = new ArrayList<>(closed);
        if (!counted.contains(month)) {
            counted.add(month);
        }
        for (YearMonth each : counted) {
            checks.add(new Check(each + ": hours whose total is not the sum of their events = none", "0",
                    count(usage.listMismatches(each).size())));
        }
        Map<ChargeKey, Rating.Billed> billed = new HashMap<>();
        for (YearMonth each : closed) {
            for (Charge charge : charges.listOf(each)) {
                billed.compute(charge.key(),
                        (_, before) -> before == null ? Rating.Billed.of(charge) : before.plus(charge));
            }
        }
        if (!closed.isEmpty()) {
            compareUsage(closed, billed, checks);
        }
        for (YearMonth each : closed) {
            try {
                compareBooks(each, checks);
            } catch (UnbalancedEntryException damaged) {
                checks.add(new Check(each + ": entries whose debits are their credits = all", "all",
                        Objects.requireNonNullElse(damaged.getMessage(), "not all")));
            }
        }
        compareAccounts(checks);
        payables.run().forEach(proof -> checks.add(new Check(proof.what(), proof.left(), proof.right())));
        overRecoveries.prove().ifPresent(proof -> checks.add(new Check("over-recovery that closed years leave to deduct = account 9001"
                + (proof.toBook().isZero() ? "" : " + to be booked with the next close of a year (" + proof.toBook().toYuan() + ")"),
                proof.reckoned().toYuan(), proof.booked().plus(proof.toBook()).toYuan())));
        var trial = balances.trialBalance(ReadPoint.LATEST);
        checks.add(new Check("trial balance: debits = credits",
                total(trial.accounts().stream().map(account -> account.debits()).toList()),
                total(trial.accounts().stream().map(account -> account.credits()).toList())));
        return checks;
    }

    /** Usage that is compared as one: quantities do not care for prices. */
    private record Counted(
            YearMonth usageMonth, UUID subscriptionId, String product, String operation, String purpose, String unit) {
        static Counted of(ChargeKey key) {
            return new Counted(
                    key.usageMonth(), key.subscriptionId(), key.product(), key.operation(), key.purpose(), key.unit());
        }

        /** As it is compared: with all operations of its product where a price counts them together. */
        Counted in(Set<Counted> compared) {
            return compared.contains(this) ? this : compared.stream()
                    .filter(other -> other.operation.equals(PriceBook.EVERY_OPERATION)
                            && other.usageMonth.equals(usageMonth) && other.subscriptionId.equals(subscriptionId)
                            && other.product.equals(product) && other.purpose.equals(purpose))
                    .findFirst()
                    .orElse(this);
        }

        static Counted of(EventVoid entry) {
            return new Counted(entry.usageMonth(), entry.subscriptionId(), entry.product(), entry.operation(),
                    entry.purpose(), entry.unit());
        }
    }

    /**
     * Usage of closed months against what was billed for it. Usage that arrived after the last close is not owed yet, and
     * what was voided since is not taken back yet: both are named as such, so that the sides still add up.
     */
    private void compareUsage(List<YearMonth> closed, Map<ChargeKey, Rating.Billed> billed, List<Check> checks) {
        Instant rated = database.inTransaction(t -> t.find(LAST_RATED, row -> row.instant("rated_at"))).orElse(Instant.MIN);
        Map<Counted, Long> counted = new HashMap<>();
        Map<Counted, Long> billedUnits = new HashMap<>();
        Map<Counted, Long> voided = new HashMap<>();
        Money exact = Money.ZERO;
        Money charged = Money.ZERO;
        Money given = Money.ZERO; // by refunds, which corrections do not take back again
        Map<ChargeKey, Rating.Billed> refunded = charges.billedBefore(closed.getLast().plusMonths(1));
        Map<ChargeKey, Rating.Billed> left = new HashMap<>(billed);
        for (YearMonth each : closed) {
            for (PricedUsage priced : monthUsage.of(each, rated)) { // a later finding is paid back by the next close
                counted.merge(Counted.of(priced.key()), priced.quantity(), Math::addExact);
                Optional<Rating.Billed> of = Optional.ofNullable(left.remove(priced.key()));
                Money owed = of.map(all -> priced.basis().amount(all.quantity())).orElse(Money.ZERO);
                exact = exact.plus(owed);
                charged = charged.plus(of.map(Rating.Billed::amount).orElse(Money.ZERO));
                given = given.plus(of.map(all -> byRefunds(all, owed, refunded.get(priced.key()))).orElse(Money.ZERO));
            }
        }
        for (Map.Entry<ChargeKey, Rating.Billed> each : left.entrySet()) { // all of it voided, or invented: the quantities tell
            Rating.Billed uncounted = each.getValue();
            Money owed = uncounted.quantity() == 0 ? Money.ZERO : uncounted.basis().amount(uncounted.quantity());
            exact = exact.plus(owed);
            charged = charged.plus(uncounted.amount());
            given = given.plus(byRefunds(uncounted, owed, refunded.get(each.getKey())));
        }
        billed.forEach((key, of) -> billedUnits.merge(Counted.of(key), of.quantity(), Math::addExact));
        Set<Counted> all = new HashSet<>(counted.keySet());
        all.addAll(billedUnits.keySet());
        voids.listUnbilled().stream()
                .filter(entry -> !entry.sandbox())
                .forEach(entry -> voided.merge(Counted.of(entry).in(all), entry.quantity(), Math::addExact));
        long late = all.stream()
                .mapToLong(each -> Math.max(0, counted.getOrDefault(each, 0L) + voided.getOrDefault(each, 0L)
                        - billedUnits.getOrDefault(each, 0L)))
                .sum();
        checks.add(new Check("closed months: units of usage events + units voided since (" + total(voided)
                + ") = rated units + units that arrived later (" + late + ")",
                count(total(counted) + total(voided)), count(total(billedUnits) + late)));
        checks.add(new Check("closed months: rated units × tariff" + (given.isZero() ? "" : " + refunded before it was corrected") + " = charges",
                exact.plus(given).toYuan(), charged.toYuan()));
    }

    /** What of the charges above what is owed a refund gave back already. */
    private static Money byRefunds(Rating.Billed billed, Money owed, Rating.@Nullable Billed withRefunds) {
        Money tooMuch = billed.amount().minus(owed).orZeroIfNegative();
        Money back = withRefunds == null ? Money.ZERO : withRefunds.refunded();
        return back.compareTo(tooMuch) < 0 ? back : tooMuch;
    }

    private static long total(Map<Counted, Long> units) {
        return units.values().stream().mapToLong(Long::longValue).sum();
    }

    private void compareBooks(YearMonth month, List<Check> checks) {
        List<Charge> billed = charges.listOf(month);
        Money owed = Money.sum(billed.stream().map(Charge::amount).toList());
        Money vat = Money.sum(billed.stream().map(Charge::vat).toList());
        Map<UUID, Money> receivable = new HashMap<>();
        Money revenue = Money.ZERO;
        Money outputVat = Money.ZERO;
        Money refunded = Money.ZERO;
        long after = 0;
        List<BookedEntry> page;
        do {
            page = journal.listEntries(month, after, PAGE);
            for (BookedEntry booked : page) {
                after = booked.number();
                if (booked.entry().reason() == EntryReason.REFUND) { // a prepayment paid back takes nothing of what was charged
                    for (Posting posting : booked.entry().postings()) {
                        if (posting.account().equals(Chart.REVENUE) || posting.account().equals(Chart.OUTPUT_VAT)) {
                            refunded = refunded.plus(signed(posting, Side.DEBIT));
                        }
                    }
                }
                if (booked.entry().reason() == EntryReason.CHARGE || booked.entry().reason() == EntryReason.ADJUSTMENT) {
                    for (Posting posting : booked.entry().postings()) {
                        if (posting.account().equals(Chart.RECEIVABLES)) {
                            receivable.merge(booked.entry().entryId(), signed(posting, Side.DEBIT), Money::plus);
                        } else if (posting.account().equals(Chart.REVENUE)) {
                            revenue = revenue.plus(signed(posting, Side.CREDIT));
                        } else if (posting.account().equals(Chart.OUTPUT_VAT)) {
                            outputVat = outputVat.plus(signed(posting, Side.CREDIT));
                        }
                    }
                }
            }
        } while (page.size() == PAGE);
        checks.add(new Check(month + ": charges = receivables booked", owed.toYuan(), total(receivable.values())));
        long differing = billed.stream()
                .filter(charge -> !receivable.getOrDefault(charge.id(), Money.ZERO).equals(charge.amount()))
                .count();
        checks.add(new Check(month + ": charges whose entry differs = none", "0", count(differing)));
        checks.add(new Check(month + ": charges without tax = revenue booked", owed.minus(vat).toYuan(), revenue.toYuan()));
        checks.add(new Check(month + ": tax inside the charges = output VAT booked", vat.toYuan(), outputVat.toYuan()));
        Optional<StoredSettlement> settlement =
                settlements.findSettlement(SettlementPeriod.month(month), Dimensions.AUTHORISED_OPERATION);
        if (settlement.isEmpty()) {
            checks.add(new Check(month + ": settlement", "one", "none"));
            return;
        }
        checks.add(new Check(month + ": charges - refunds = VAT + costs + taxes + treasury + operator + merchants",
                owed.minus(refunded).toYuan(), givenOut(settlement.get().result()).toYuan()));
        checks.add(new Check(month + ": settlement computed again from its inputs", "Confirmed",
                settlement.get().recompute().getClass().getSimpleName()));
    }

    /**
     * One consumer's account and what the books say of it.
     *
     * @param consumer the organisation's id, or whatever else the postings name; empty: they name none
     */
    private record OnAccount(String consumer, Money owed, Money prepaid, Money bookedOwed, Money bookedPrepaid) {
        boolean agrees() {
            return owed.equals(bookedOwed) && prepaid.equals(bookedPrepaid);
        }
    }

    /** What each consumer's account says is what the books say of that consumer, to the fen. */
    private void compareAccounts(List<Check> checks) {
        List<YearMonth> booking = database.inTransaction(t -> t.list(BEING_BOOKED, row -> YearMonth.from(row.day("period"))));
        if (!booking.isEmpty()) {
            checks.add(new Check("accounts of consumers: to be compared once the close of " + booking.getFirst() + " has ended", "later", "later"));
            return;
        }
        List<OnAccount> accounts = database.inTransaction(t -> t.list(ACCOUNTS, row -> new OnAccount(row.text("consumer"),
                Money.ofFen(row.number("owed_fen")), Money.ofFen(row.number("prepaid_fen")), Money.ofFen(row.number("booked_owed_fen")),
                Money.ofFen(row.number("booked_prepaid_fen")))));
        for (OnAccount each : accounts) {
            if (!each.agrees()) {
                checks.add(new Check("consumer " + (each.consumer().isEmpty() ? "(none)" : each.consumer()) + ": owed and paid ahead by its account = 1122 and 2203",
                        each.owed().toYuan() + " and " + each.prepaid().toYuan(), each.bookedOwed().toYuan() + " and " + each.bookedPrepaid().toYuan()));
            }
        }
        checks.add(new Check("consumers whose account is not what 1122 and 2203 say of them = none", "0",
                count(accounts.stream().filter(each -> !each.agrees()).count())));
        checks.add(new Check("owed by all accounts = account 1122", total(accounts.stream().map(OnAccount::owed).toList()),
                total(accounts.stream().map(OnAccount::bookedOwed).toList())));
        checks.add(new Check("paid ahead on all accounts = account 2203", total(accounts.stream().map(OnAccount::prepaid).toList()),
                total(accounts.stream().map(OnAccount::bookedPrepaid).toList())));
    }

    /** Everything the settlement hands to anyone; in a loss the operator's part is below zero. */
    static Money givenOut(SettlementResult result) {
        return result.outputVat()
                .plus(Money.sum(result.merchantCosts().stream().map(PartyAmount::amount).toList()))
                .plus(result.directPaidCosts())
                .plus(result.directFreeCosts())
                .plus(result.sharedCosts())
                .plus(result.surcharges())
                .plus(result.incomeTax())
                .plus(result.treasury())
                .plus(result.operator())
                .plus(Money.sum(result.merchantShares().stream().map(PartyAmount::amount).toList()));
    }

    private static Money signed(Posting posting, Side normal) {
        return posting.side() == normal ? posting.amount() : posting.amount().negated();
    }

    private static String total(java.util.Collection<Money> amounts) {
        return Money.sum(amounts).toYuan();
    }

    private static String count(long number) {
        return Long.toString(number);
    }
}
