package cn.jingshu.products.lending.rate;

import java.time.YearMonth;

/** The loan prime rate of a month is not on record; it is neither guessed nor carried over. */
public final class MissingLprException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final YearMonth month;

    public MissingLprException(YearMonth month) {
        super("the loan prime rate of " + month + " is not on record");
        this.month = month;
    }

    public YearMonth month() {
        return month;
    }
}
