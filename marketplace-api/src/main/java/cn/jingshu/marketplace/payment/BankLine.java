package cn.jingshu.marketplace.payment;

import cn.jingshu.ledger.money.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One movement of our account as the bank states it.
 *
 * @param line from 1, in its file
 * @param difference why it is not matched; null: it is
 * @param matchedKind what it was matched with: ORDER, RETURN, COST, EXPLAINED, or what a taker of credits calls it; null: nothing yet
 * @param matchedBy null: by rule
 * @param note what a person said about it; null: nothing
 */
public record BankLine(UUID id, UUID fileId, int line, Movement movement, @Nullable Difference difference,
        @Nullable String matchedKind, @Nullable String matchedId, @Nullable UUID matchedBy, @Nullable Instant matchedAt,
        @Nullable String note) {

    /** Which way money went. */
    public enum Direction {
        IN,
        OUT
    }

    /**
     * What the bank says.
     *
     * @param account our own
     * @param amount above zero
     * @param bankReference the bank's own number of the movement, its own for every movement of the account
     * @param text what the payer wrote
     */
    public record Movement(String account, LocalDate bookedOn, Direction direction, Money amount, String counterpartyName,
            String counterpartyAccount, String bankReference, String text) {
        private static final int LONGEST = 1_000;

        public Movement {
            if (account.isBlank() || bankReference.isBlank()) {
                throw new IllegalArgumentException("a movement without our account or the bank's reference");
            }
            if (!amount.isPositive()) {
                throw new IllegalArgumentException(bankReference + ": amount is not above zero: " + amount);
            }
            if (counterpartyName.length() > LONGEST || text.length() > LONGEST || bankReference.length() > LONGEST) {
                throw new IllegalArgumentException(bankReference + ": a text is longer than " + LONGEST + " characters");
            }
        }
    }

    /** Why a line is matched with nothing; stable text. */
    public enum Difference {
        /** Nothing that is known would explain it. */
        UNKNOWN,
        /** One person said what it is; another one has to say so too. */
        SAID_BY_ONE,
        /** It names an order of another amount. */
        AMOUNT_DIFFERS,
        /** It names an order to another account. */
        PAYEE_DIFFERS,
        /** It names an order that nobody has said was sent. */
        NOT_SENT,
        /** It names an order that was paid, returned or cancelled. */
        ORDER_OVER,
        /** It pays an order of which a person had said that the bank refused it; two people have to say that it paid after all. */
        PAID_AFTER_REFUSAL
    }
}
