package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Money;
import java.time.YearMonth;

/**
 * The VAT of one month of a year, and the rates of the surcharges on it: these are due by the month, so a rate that changes within the year
 * leaves the months before as they were.
 *
 * @param inputVat deductible; what of it a month cannot use counts in the months after it (留抵税额结转下期)
 * @see "城市维护建设税法 Art. 2, 7: on the VAT that is paid, due at the same time"
 */
public record MonthVat(YearMonth month, Money outputVat, Money inputVat, DatedRate urbanMaintenance, DatedRate education, DatedRate localEducation) {

    public MonthVat {
        require(urbanMaintenance, Rule.URBAN_MAINTENANCE);
        require(education, Rule.EDUCATION);
        require(localEducation, Rule.LOCAL_EDUCATION);
    }

    /** With the rates that apply on the month's last day. */
    public static MonthVat of(YearMonth month, Money outputVat, Money inputVat, PolicyRates rates) {
        return new MonthVat(month, outputVat, inputVat, rates.rateAt(Rule.URBAN_MAINTENANCE, month.atEndOfMonth()),
                rates.rateAt(Rule.EDUCATION, month.atEndOfMonth()), rates.rateAt(Rule.LOCAL_EDUCATION, month.atEndOfMonth()));
    }

    private static void require(DatedRate rate, Rule rule) {
        if (rate.rule() != rule) {
            throw new IllegalArgumentException(rate.rule() + " given as " + rule);
        }
    }
}
