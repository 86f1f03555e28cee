package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.marketplace.billing.EntryProposals.Fault;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What people may write into the books by hand, and take back: nothing that another record of the market stands on. A line of a bill, an account's
 * movement, a cost's document, a payment order and a settlement each say what the books say; an entry by hand would make the two differ, and is
 * refused with the way that moves both.
 *
 * @see "decision 0072"
 */
public final class ByHand {
    private static final Set<AccountCode> CONSUMERS = Set.of(Chart.RECEIVABLES, Chart.PREPAYMENTS, Chart.PREPAYMENTS_RETURNED);
    private static final Set<AccountCode> PAYABLES = Set.of(Chart.MERCHANT_PAYABLES, Chart.TREASURY_PAYABLE);
    private static final Set<AccountCode> BILLED = Set.of(Chart.REVENUE, Chart.OUTPUT_VAT);
    private static final Set<AccountCode> COSTS = Set.of(Chart.COST_OF_SERVICE, Chart.ADMINISTRATION, Chart.FINANCE_COSTS, Chart.ROUNDING_RESIDUE,
            Chart.INPUT_VAT);
    /** Interest and differences that the bank pays; what it takes is a cost, which has a document. */
    private static final Set<AccountCode> CREDIT_ALONE = Set.of(Chart.FINANCE_COSTS, Chart.ROUNDING_RESIDUE);

    private static final Map<EntryReason, Set<AccountCode>> ACCOUNTS = new EnumMap<>(Map.of(
            EntryReason.OPENING, Set.of(Chart.BANK, Chart.SURCHARGES_PAYABLE, Chart.INCOME_TAX_PAYABLE, Chart.OPERATOR_RETAINED),
            EntryReason.ADJUSTMENT, Set.of(Chart.BANK, Chart.OPERATOR_RETAINED, Chart.FINANCE_COSTS, Chart.ROUNDING_RESIDUE),
            EntryReason.TAX_PAYMENT, Set.of(Chart.BANK, Chart.OUTPUT_VAT, Chart.INPUT_VAT, Chart.SURCHARGES_PAYABLE, Chart.INCOME_TAX_PAYABLE)));

    private ByHand() {}

    /** Reasons an entry by hand may have; reversals, which name the entry they take back, are besides. */
    public static Set<EntryReason> reasons() {
        return Set.copyOf(ACCOUNTS.keySet());
    }

    /** Accounts that an entry by hand may name under one of its reasons, by code. */
    public static Set<AccountCode> accounts() {
        Set<AccountCode> all = new TreeSet<>();
        ACCOUNTS.values().forEach(all::addAll);
        return all;
    }

    /** Why an entry that reverses nothing is not written by hand; empty: it may be. */
    static Optional<Fault> faultOf(JournalEntry entry) {
        Set<AccountCode> allowed = ACCOUNTS.get(entry.reason());
        if (allowed == null) {
            return Optional.of(Fault.NOT_BY_HAND);
        }
        for (Posting posting : entry.postings()) {
            AccountCode account = posting.account();
            if (posting.dimensions().priceVersion() != null) {
                return Optional.of(Fault.BILLED); // what was charged under a price is a line of a bill
            }
            boolean credit = posting.side() == Side.CREDIT || !CREDIT_ALONE.contains(account);
            if (!allowed.contains(account) || !credit) {
                return Optional.of(faultOf(account));
            }
        }
        return Optional.empty();
    }

    private static Fault faultOf(AccountCode account) {
        if (CONSUMERS.contains(account)) {
            return Fault.CONSUMERS_ACCOUNT;
        }
        if (PAYABLES.contains(account)) {
            return Fault.PAYABLE;
        }
        if (BILLED.contains(account)) {
            return Fault.BILLED;
        }
        return COSTS.contains(account) ? Fault.COST_WITHOUT_DOCUMENT : Fault.ACCOUNT_NOT_BY_HAND;
    }

    /** Why an entry that nobody wrote by hand is not taken back by hand, as the way there is instead. */
    static Fault standsOn(JournalEntry original) {
        return switch (original.reason()) {
            case CHARGE, ADJUSTMENT -> Fault.LINE_OF_A_BILL;
            case RECEIPT -> Fault.RECEIPT_STANDS;
            case SET_OFF, REFUND -> Fault.MOVEMENT_STANDS;
            case COST -> Fault.VOUCHER_STANDS;
            case PAYOUT, REMITTANCE -> Fault.ORDER_STANDS;
            case MERCHANT_COST, SURCHARGES, INCOME_TAX, CLOSING, DISTRIBUTION, OVER_RECOVERY -> Fault.SETTLEMENT_STANDS;
            case OPENING, TAX_PAYMENT, REVERSAL -> Fault.NOT_WRITTEN_BY_HAND;
        };
    }
}
