package cn.jingshu.marketplace.billing.account;

import cn.jingshu.ledger.money.Money;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change of a consumer's account.
 *
 * @param number place in the account, from 1 without gaps
 * @param id also the id of the journal entry; of {@link Kind#CHARGES}, which an entry a line books, of nothing else
 * @param month the billed month; null: the kind has none
 * @param owed added to what is owed (应收账款), below zero when it lowers it
 * @param prepaid added to what was paid ahead (预收账款), below zero when it is used
 * @param document bank reference, number of a credit note, or the month
 */
public record Movement(
        long number,
        UUID id,
        Kind kind,
        LocalDate effectiveOn,
        @Nullable YearMonth month,
        Money owed,
        Money prepaid,
        String document) {

    /** Why an account changed. */
    public enum Kind {
        /** The charges of a month. */
        CHARGES,
        /** 抵扣: what was paid ahead is used for what is owed, or what is owed back is kept for later. */
        SET_OFF,
        /** Money received: a payment, a top-up, or both. */
        RECEIPT,
        /** Given back by a credit note (红字). */
        CREDIT_NOTE,
        /** 退还预收款: set aside of what was paid ahead, to be paid back. */
        PAY_BACK,
        /** What was set aside is not paid back after all, and is paid ahead again. */
        PAY_BACK_ENDED
    }

    /** The same, booked on another day. */
    Movement on(LocalDate day) {
        return new Movement(number, id, kind, day, month, owed, prepaid, document);
    }

    /** What it adds to the balance; above zero the consumer owes it. */
    public Money net() {
        return owed.minus(prepaid);
    }
}
