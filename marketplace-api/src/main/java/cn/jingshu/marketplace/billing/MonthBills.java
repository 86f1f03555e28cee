package cn.jingshu.marketplace.billing;

import java.time.YearMonth;

/** Tells consumers what they owe: each gets its statement once the charges of a month are booked. */
public interface MonthBills {
    /**
     * Issues what is still to be issued for {@code month} and every month before it; again changes nothing.
     *
     * @return how many statements were issued now
     */
    int issueUntil(YearMonth month);
}
