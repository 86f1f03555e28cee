package cn.jingshu.products.lending.schedule;

import java.time.LocalDate;
import java.util.List;

/**
 * What is due when.
 *
 * @param instalments in the order of their days; never empty
 * @param firstInstalmentFen the first payment that repays principal, of the exact figures rounded once: the monthly payment of a
 *     loan in equal instalments
 * @param lastInstalmentFen the last payment, likewise
 */
public record Schedule(long principalFen, List<Instalment> instalments, long firstInstalmentFen, long lastInstalmentFen) {
    public Schedule {
        instalments = List.copyOf(instalments);
        long repaid = instalments.stream().mapToLong(Instalment::principalFen).sum();
        if (repaid != principalFen) {
            throw new IllegalArgumentException("a loan of " + principalFen + " fen of which " + repaid + " are repaid");
        }
    }

    public long totalInterestFen() {
        return instalments.stream().mapToLong(Instalment::interestFen).sum();
    }

    public long totalPaidFen() {
        return Math.addExact(principalFen, totalInterestFen());
    }

    /** Principal left at the end of a day. */
    public long balanceFenOn(LocalDate day) {
        long balance = principalFen;
        for (Instalment instalment : instalments) {
            if (instalment.dueOn().isAfter(day)) {
                break;
            }
            balance = instalment.balanceFen();
        }
        return balance;
    }

    /** Payments due on or before a day, prepayments not counted. */
    public int paymentsDueBy(LocalDate day) {
        return (int) instalments.stream().filter(i -> i.number() > 0 && !i.dueOn().isAfter(day)).count();
    }
}
