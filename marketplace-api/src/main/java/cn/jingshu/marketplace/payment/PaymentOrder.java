package cn.jingshu.marketplace.payment;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.ProductShares;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order to pay: a remittance (上缴) or a payout (支付).
 *
 * @param reference stands in the transfer's text; the bank's line is known by it
 * @param bankReference the bank's own number of the transfer; null: not stated
 * @param ground why it was returned or cancelled; null: it was not
 */
public record PaymentOrder(UUID id, Payable.Key key, Money amount, Payee payee, String reference, Status status,
        UUID draftedBy, Instant draftedAt, @Nullable UUID approvedBy, @Nullable Instant approvedAt, @Nullable UUID sentBy,
        @Nullable Instant sentAt, @Nullable String bankReference, @Nullable Instant endedAt, @Nullable String ground) {

    /** Where an order stands; it goes forward only. */
    public enum Status {
        DRAFT,
        /** Another person has looked at it. */
        APPROVED,
        /** The bank has been told. */
        SENT,
        /** The bank's file shows it; it is in the books. */
        CONFIRMED,
        /** The bank refused it, or the money came back. */
        RETURNED,
        CANCELLED,
        /** Somebody said that the bank refused it, and the bank paid: two people said so, and it is in the books. */
        PAID_AFTER_ALL
    }

    /** Who is paid, where. */
    public record Payee(String name, String bank, String account) {
        private static final int LONGEST = 140;

        public Payee {
            for (String each : List.of(name, bank, account)) {
                if (each.isBlank() || each.length() > LONGEST || each.indexOf('\0') >= 0) {
                    throw new IllegalArgumentException("name, bank and account of the payee are 1 to " + LONGEST + " characters");
                }
            }
            account = account.replace(" ", "");
        }
    }

    static String referenceOf(UUID id) {
        return "JS" + id.toString().substring(24).toUpperCase(Locale.ROOT);
    }

    /** 借 what was owed, 贷 银行存款, on {@code day}. */
    JournalEntry paid(LocalDate day) {
        return entry("confirmed", day, "支付 " + reference, true);
    }

    /** The mirror of {@link #paid}: the money came back and is owed again. */
    JournalEntry returned(LocalDate day) {
        return entry("returned", day, "退汇 " + reference, false);
    }

    private JournalEntry entry(String what, LocalDate day, String description, boolean out) {
        Dimensions about = switch (key.kind()) {
            case REMITTANCE -> Dimensions.authorisedOperation()
                    .withProvider(key.party().equals(ProductShares.GENERAL) ? null : key.party());
            case MERCHANT_COST, MERCHANT_SHARE -> Dimensions.authorisedOperation().withMerchant(key.party());
            case OPERATOR_SHARE -> Dimensions.authorisedOperation();
        };
        AccountCode owed = switch (key.kind()) {
            case REMITTANCE -> Chart.TREASURY_PAYABLE;
            case MERCHANT_COST, MERCHANT_SHARE -> Chart.MERCHANT_PAYABLES;
            case OPERATOR_SHARE -> Chart.OPERATOR_RETAINED;
        };
        Posting bank = out ? Posting.credit(Chart.BANK, amount, about) : Posting.debit(Chart.BANK, amount, about);
        Posting other = out ? Posting.debit(owed, amount, about) : Posting.credit(owed, amount, about);
        UUID entryId = UUID.nameUUIDFromBytes(("jingshu/payment/" + id + "/" + what).getBytes(StandardCharsets.UTF_8));
        return new JournalEntry(entryId, day,
                key.kind() == Payable.Kind.REMITTANCE ? EntryReason.REMITTANCE : EntryReason.PAYOUT,
                description + " · " + key.period(), out ? List.of(other, bank) : List.of(bank, other));
    }
}
