package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.AccountKind;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.BookFacts;
import cn.jingshu.ledger.settlement.Cost;
import cn.jingshu.ledger.settlement.CostKind;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sums over the postings of a bundle, kept while they pass: turnover by account, and what a settlement has to start from. */
final class BookFigures {
    /** What was debited and credited. */
    record Turnover(Money debits, Money credits) {
        static final Turnover NONE = new Turnover(Money.ZERO, Money.ZERO);

        Turnover plus(Posting posting) {
            return posting.side() == Side.DEBIT
                    ? new Turnover(debits.plus(posting.amount()), credits)
                    : new Turnover(debits, credits.plus(posting.amount()));
        }
    }

    /**
     * What an entry booked as a charge.
     *
     * @param gross tax included
     * @param vat the tax in it
     * @param ofLine whether a line of a bill has to say the same: it is a charge, or corrects one under a price; other corrections are made by hand
     */
    record BookedCharge(
            YearMonth month, @Nullable String consumer, @Nullable String product, Money gross, Money vat, boolean ofLine) {}

    /**
     * What an entry moved on a consumer's account.
     *
     * @param owed added to 1122
     * @param prepaid added to 2203
     */
    record AccountMove(LocalDate effectiveOn, @Nullable String consumer, Money owed, Money prepaid) {}

    /** What a refund was about; the postings of its entry say so. */
    record Refunded(@Nullable String consumer, @Nullable String product, @Nullable String purpose, @Nullable String priceVersion) {}

    /**
     * What an entry gave back of a charge.
     *
     * @param gross tax included
     * @param vat the tax in it
     */
    record GivenBack(LocalDate on, Refunded about, Money gross, Money vat) {}

    /** Accounts that lines of bills and accounts of consumers stand for. */
    private static final Set<AccountCode> STANDING = Set.of(Chart.RECEIVABLES, Chart.PREPAYMENTS, Chart.REVENUE, Chart.OUTPUT_VAT);

    private record Fact(YearMonth month, String businessLine, AccountCode account, boolean freeUse) {}

    private final Map<YearMonth, Map<AccountCode, Turnover>> turnovers = new TreeMap<>();
    private final Map<Fact, Money> facts = new HashMap<>();
    private final Set<YearMonth> settledMonths = new TreeSet<>();
    private final Map<UUID, BookedCharge> bookedCharges = new HashMap<>();
    private final Map<UUID, AccountMove> accountMoves = new HashMap<>();
    private final Map<Refunded, Money> refunds = new HashMap<>();
    private final Map<UUID, GivenBack> givenBack = new HashMap<>();
    private final Set<UUID> taxPayments = new HashSet<>(); // an entry stands before the one that takes it back
    private final Map<UUID, UUID> reversals = new HashMap<>(); // by what they take back
    private final Set<UUID> ofConsumers = new HashSet<>();
    private final Map<AccountCode, Map<Year, Money>> memos = new HashMap<>(); // credits by the year a line is about
    private final Map<AccountCode, AccountKind> kinds;

    BookFigures(Map<AccountCode, AccountKind> kinds) {
        this.kinds = kinds;
    }

    /** Months in which a settlement was booked. */
    Set<YearMonth> settledMonths() {
        return settledMonths;
    }

    void add(JournalEntry entry) {
        if (entry.reason().isSettlement()) {
            settledMonths.add(entry.period());
        }
        if (entry.reason() == EntryReason.CHARGE || entry.reason() == EntryReason.ADJUSTMENT) {
            bookedCharges.put(entry.entryId(), charge(entry));
        }
        if (entry.reason() == EntryReason.RECEIPT || entry.reason() == EntryReason.SET_OFF || entry.reason() == EntryReason.REFUND) {
            accountMoves.put(entry.entryId(), accountMove(entry));
        }
        if (entry.reason() == EntryReason.REFUND) {
            for (Posting posting : entry.postings()) {
                Dimensions about = posting.dimensions();
                if (posting.account().equals(Chart.REVENUE) || posting.account().equals(Chart.OUTPUT_VAT)) {
                    Refunded what = new Refunded(about.consumer(), about.product(), about.purposeClass(), about.priceVersion());
                    Money amount = posting.side() == Side.DEBIT ? posting.amount() : posting.amount().negated();
                    refunds.merge(what, amount, Money::plus);
                    givenBack.merge(entry.entryId(), new GivenBack(entry.effectiveOn(), what, amount,
                            posting.account().equals(Chart.OUTPUT_VAT) ? amount : Money.ZERO), (one, other) ->
                            new GivenBack(one.on(), one.about(), one.gross().plus(other.gross()), one.vat().plus(other.vat())));
                }
            }
        }
        @Nullable UUID reverses = entry.reverses();
        boolean ofTaxPayment = entry.reason() == EntryReason.TAX_PAYMENT || (reverses != null && taxPayments.contains(reverses));
        if (entry.reason() == EntryReason.TAX_PAYMENT) {
            taxPayments.add(entry.entryId());
        }
        if (reverses != null) {
            reversals.put(reverses, entry.entryId());
            if (entry.postings().stream().anyMatch(posting -> STANDING.contains(posting.account()))) {
                ofConsumers.add(reverses);
            }
        }
        Map<AccountCode, Turnover> month = turnovers.computeIfAbsent(entry.period(), _ -> new TreeMap<>());
        for (Posting posting : entry.postings()) {
            month.merge(posting.account(), Turnover.NONE.plus(posting), (before, _) -> before.plus(posting));
            @Nullable YearMonth about = posting.dimensions().servicePeriod();
            if (about != null && kinds.get(posting.account()) == AccountKind.MEMO) {
                memos.computeIfAbsent(posting.account(), _ -> new TreeMap<>()).merge(Year.from(about),
                        posting.side() == Side.CREDIT ? posting.amount() : posting.amount().negated(), Money::plus);
            }
            String line = posting.dimensions().businessLine();
            if (line != null && !entry.reason().isSettlement() && !ofTaxPayment && isFact(posting.account())) {
                Money debit = posting.side() == Side.DEBIT ? posting.amount() : posting.amount().negated();
                facts.merge(new Fact(entry.period(), line, posting.account(),
                        "PUBLIC_INTEREST".equals(posting.dimensions().purposeClass())), debit, Money::plus);
            }
        }
    }

    /** Credits less debits of a memo account by the year its lines are about. */
    Map<Year, Money> memo(AccountCode account) {
        return memos.getOrDefault(account, Map.of());
    }

    /** Entries that book a charge or correct one, by id, which is that of the line. */
    Map<UUID, BookedCharge> bookedCharges() {
        return bookedCharges;
    }

    /** Receipts, set-offs and what was given back, by id, which is that of the account's movement. */
    Map<UUID, AccountMove> accountMoves() {
        return accountMoves;
    }

    /** What was given back of charges, tax included. */
    Map<Refunded, Money> refunds() {
        return refunds;
    }

    /** What refunds gave back of charges, by their entry. */
    Map<UUID, GivenBack> givenBack() {
        return givenBack;
    }

    /** Whether another entry takes this one back whole, and none takes back that other one. */
    boolean isTakenBack(UUID entry) {
        Set<UUID> seen = new HashSet<>(); // a false bundle's reversals may run in a circle
        boolean back = false;
        for (@Nullable UUID by = reversals.get(entry); by != null && seen.add(by); by = reversals.get(by)) {
            back = !back;
        }
        return back;
    }

    /** Entries that were taken back and moved what consumers owe, have paid ahead or are charged. */
    Set<UUID> takenBackOfConsumers() {
        return ofConsumers;
    }

    private static AccountMove accountMove(JournalEntry entry) {
        Money owed = Money.ZERO;
        Money prepaid = Money.ZERO;
        @Nullable String consumer = null;
        for (Posting posting : entry.postings()) {
            Money debit = posting.side() == Side.DEBIT ? posting.amount() : posting.amount().negated();
            if (posting.account().equals(Chart.RECEIVABLES)) {
                owed = owed.plus(debit);
                consumer = posting.dimensions().consumer();
            } else if (posting.account().equals(Chart.PREPAYMENTS)) {
                prepaid = prepaid.minus(debit);
                consumer = posting.dimensions().consumer();
            }
        }
        return new AccountMove(entry.effectiveOn(), consumer, owed, prepaid);
    }

    private static BookedCharge charge(JournalEntry entry) {
        Money net = Money.ZERO;
        Money vat = Money.ZERO;
        for (Posting posting : entry.postings()) {
            Money credit = posting.side() == Side.CREDIT ? posting.amount() : posting.amount().negated();
            if (posting.account().equals(Chart.REVENUE)) {
                net = net.plus(credit);
            } else if (posting.account().equals(Chart.OUTPUT_VAT)) {
                vat = vat.plus(credit);
            }
        }
        Dimensions about = entry.postings().getFirst().dimensions();
        return new BookedCharge(entry.period(), about.consumer(), about.product(), net.plus(vat), vat,
                entry.reason() == EntryReason.CHARGE || about.priceVersion() != null);
    }

    private boolean isFact(AccountCode account) {
        @Nullable AccountKind kind = kinds.get(account);
        return account.equals(Chart.OUTPUT_VAT) || account.equals(Chart.INPUT_VAT) || (kind != null && kind.isProfitAndLoss());
    }

    /** By account. */
    Map<AccountCode, Turnover> turnoverOf(YearMonth month) {
        return turnovers.getOrDefault(month, Map.of());
    }

    /** What the entries say of the months {@code first} to {@code last}, as the settlement book reckons it. */
    BookFacts facts(YearMonth first, YearMonth last, String businessLine) {
        Money revenue = Money.ZERO;
        Money outputVat = Money.ZERO;
        Money inputVat = Money.ZERO;
        Map<CostKind, Map<AccountCode, Money>> costs = new TreeMap<>();
        for (Map.Entry<Fact, Money> each : facts.entrySet()) {
            Fact fact = each.getKey();
            if (fact.month().isBefore(first) || fact.month().isAfter(last) || !fact.businessLine().equals(businessLine)) {
                continue;
            }
            Money debits = each.getValue();
            if (fact.account().equals(Chart.OUTPUT_VAT)) {
                outputVat = outputVat.minus(debits);
            } else if (fact.account().equals(Chart.INPUT_VAT)) {
                inputVat = inputVat.plus(debits);
            } else if (kinds.get(fact.account()) == AccountKind.INCOME) {
                revenue = revenue.minus(debits);
            } else {
                CostKind direct = fact.freeUse() ? CostKind.DIRECT_FREE : CostKind.DIRECT_PAID;
                costs.computeIfAbsent(fact.account().equals(Chart.COST_OF_SERVICE) ? direct : CostKind.SHARED,
                        _ -> new TreeMap<>()).merge(fact.account(), debits, Money::plus);
            }
        }
        List<Cost> list = new ArrayList<>();
        costs.forEach((kind, accounts) -> accounts.forEach((account, amount) -> {
            if (!amount.isZero()) {
                list.add(new Cost(kind, account, amount));
            }
        }));
        return new BookFacts(revenue.plus(outputVat), outputVat, inputVat, list);
    }
}
