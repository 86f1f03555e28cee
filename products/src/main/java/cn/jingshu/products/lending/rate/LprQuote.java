package cn.jingshu.products.lending.rate;

import java.math.BigDecimal;
import java.time.LocalDate;

/**
 * What was published in a month; rates as fractions.
 *
 * @param publishedOn the 20th, or the working day after it
 */
public record LprQuote(LocalDate publishedOn, BigDecimal oneYear, BigDecimal overFiveYears) {
    /** @throws IllegalArgumentException if a rate is not above zero and below a quarter, or the day is none of a publication */
    public LprQuote {
        BigDecimal most = new BigDecimal("0.25");
        if (oneYear.signum() <= 0 || overFiveYears.signum() <= 0 || oneYear.compareTo(most) > 0 || overFiveYears.compareTo(most) > 0) {
            throw new IllegalArgumentException("LPR of " + publishedOn + " is no rate");
        }
        if (publishedOn.getDayOfMonth() < 20) {
            throw new IllegalArgumentException("LPR is published on the 20th or after it, not on " + publishedOn);
        }
    }

    public BigDecimal rate(LprTenor tenor) {
        return switch (tenor) {
            case ONE_YEAR -> oneYear;
            case OVER_FIVE_YEARS -> overFiveYears;
        };
    }
}
