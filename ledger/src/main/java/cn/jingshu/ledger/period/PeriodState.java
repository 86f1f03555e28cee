package cn.jingshu.ledger.period;

import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/**
 * A month of the books.
 *
 * @param entries how many entries it holds, which is its last number
 * @param closing the closing facts; null while the month is open
 */
public record PeriodState(YearMonth period, long entries, @Nullable ClosingFacts closing) {

    public boolean isOpen() {
        return closing == null;
    }
}
