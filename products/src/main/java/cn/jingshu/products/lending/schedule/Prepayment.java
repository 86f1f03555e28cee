package cn.jingshu.products.lending.schedule;

import java.time.LocalDate;

/**
 * A part of the loan repaid ahead (提前还款). It lowers the principal on its day; the interest up to then falls due with the next
 * payment, or at once if it repays the whole loan.
 *
 * @param amountFen above zero; what is more than is left repays what is left
 */
public record Prepayment(LocalDate paidOn, long amountFen, Effect effect) {
    /** What it changes. */
    public enum Effect {
        /** 缩短期限: instalments stay, the loan ends sooner. */
        SHORTER_TERM,
        /** 减少月供: the term stays, instalments fall. */
        LOWER_INSTALMENT
    }

    public Prepayment {
        if (amountFen <= 0) {
            throw new IllegalArgumentException("prepayment of " + amountFen + " fen");
        }
    }
}
