package cn.jingshu.products.lending.schedule;

/** Where a schedule rounds; always half up. Whichever it is, the principal of all payments is the loan exactly. */
public enum Rounding {
    /**
     * Nothing is rounded on the way: what is paid and what is repaid are carried exactly, and of each the sum up to a payment is
     * rounded once to the fen. So balances and totals are the ones public calculators show, and an instalment may be a fen beside
     * the regular one, its interest a fen beside that of its balance. No residue is left for the last payment.
     */
    EXACT,
    /** As a bank books: the equal instalment and each interest are rounded to the fen; the last payment takes the residue. */
    INSTALMENT_TO_FEN,
    /**
     * The equal instalment is rounded to whole yuan, interest to the fen; the last payment takes the residue. Apache Fineract's
     * schedules are made so with its usual settings. Equal principal knows no equal instalment: there it is the fen.
     */
    INSTALMENT_TO_YUAN
}
