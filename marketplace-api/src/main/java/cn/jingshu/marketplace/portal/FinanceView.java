package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What finance staff work on: what is owed, the orders that pay it, and what the bank says.
 *
 * @param mayOrder the reader drafts, sends and imports
 * @param mayApprove the reader approves what others drafted
 */
public record FinanceView(boolean mayOrder, boolean mayApprove, Reading<List<Owed>> owed, Reading<List<Order>> orders,
        Reading<Bank> bank, Form form) {

    /** What is paid to whom for what. */
    public enum PaidFor implements Labelled {
        REMITTANCE,
        MERCHANT_COST,
        MERCHANT_SHARE,
        OPERATOR_SHARE
    }

    /**
     * What one party is owed by one settlement.
     *
     * @param draftId the id a draft of it would have, so that a form sent twice is one order
     * @param period {@code 2026-11} or {@code 2026}
     */
    public record Owed(UUID draftId, PaidFor what, String period, String partyId, Bilingual party, long owedFen, long orderedFen,
            long paidFen) {
        /** What may still be ordered; below zero: too much was ordered. */
        public long leftFen() {
            return owedFen - orderedFen;
        }

        /** {@code 1200.50}, as a form's field holds it. */
        public String leftYuan() {
            return cn.jingshu.ledger.money.Money.ofFen(Math.max(0, leftFen())).toYuan();
        }
    }

    /** Where an order stands. */
    public enum OrderState implements Labelled {
        DRAFT,
        APPROVED,
        SENT,
        CONFIRMED,
        RETURNED,
        CANCELLED,
        PAID_AFTER_ALL;

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case DRAFT, APPROVED, SENT -> "warning";
                case CONFIRMED, PAID_AFTER_ALL -> "done";
                case RETURNED, CANCELLED -> "failed";
            };
        }
    }

    /** @param own the reader drafted it, and so does not approve it */
    public record Order(UUID id, String reference, PaidFor what, String period, Bilingual party, long fen, String payee,
            OrderState state, String ground, boolean own) {}

    /**
     * The bank beside the books.
     *
     * @param asOf the last day of the latest file; null: none was taken in yet
     * @param open movements that nothing explains yet
     */
    public record Bank(long lines, long matched, @Nullable LocalDate asOf, long bankFen, long booksFen, List<Line> open,
            List<File> files) {
        public Bank {
            open = List.copyOf(open);
            files = List.copyOf(files);
        }

        public long differenceFen() {
            return bankFen - booksFen;
        }
    }

    /** Which way money went. */
    public enum Way implements Labelled {
        IN,
        OUT
    }

    /** Why a movement is matched with nothing. */
    public enum Differing implements Labelled {
        UNKNOWN,
        SAID_BY_ONE,
        AMOUNT_DIFFERS,
        PAYEE_DIFFERS,
        NOT_SENT,
        ORDER_OVER,
        PAID_AFTER_REFUSAL
    }

    public record Line(UUID id, LocalDate bookedOn, Way way, long fen, String counterparty, String text, Differing why) {}

    public record File(String name, LocalDate from, LocalDate to, int lines, String sha256) {}
}
