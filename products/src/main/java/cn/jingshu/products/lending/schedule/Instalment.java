package cn.jingshu.products.lending.schedule;

import java.math.BigDecimal;
import java.time.LocalDate;

/**
 * One payment of a schedule, in fen; never below zero.
 *
 * @param number of the payment, from 1; 0: a prepayment
 * @param days since the payment before, or since the loan was drawn; 0 for a prepayment
 * @param annualRate the rate at the end of its period, as a fraction
 * @param principalFen of it principal
 * @param interestFen of it interest
 * @param balanceFen principal left after it
 */
public record Instalment(
        int number, LocalDate dueOn, int days, BigDecimal annualRate, long principalFen, long interestFen, long balanceFen) {
    /** What is paid. */
    public long paymentFen() {
        return principalFen + interestFen;
    }
}
