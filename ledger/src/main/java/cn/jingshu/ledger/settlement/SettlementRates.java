package cn.jingshu.ledger.settlement;

import java.time.LocalDate;

/** The rates one settlement uses, kept with it so that its reader needs no other source. */
public record SettlementRates(
        DatedRate urbanMaintenance,
        DatedRate education,
        DatedRate localEducation,
        DatedRate incomeTax,
        DatedRate statutoryReserve,
        DatedRate treasury) {

    public SettlementRates {
        require(urbanMaintenance, Rule.URBAN_MAINTENANCE);
        require(education, Rule.EDUCATION);
        require(localEducation, Rule.LOCAL_EDUCATION);
        require(incomeTax, Rule.INCOME_TAX);
        require(statutoryReserve, Rule.STATUTORY_RESERVE);
        require(treasury, Rule.TREASURY);
    }

    /** The rates that apply on {@code day}, which is the last day of the settled period. */
    public static SettlementRates at(PolicyRates rates, LocalDate day) {
        return new SettlementRates(
                rates.rateAt(Rule.URBAN_MAINTENANCE, day),
                rates.rateAt(Rule.EDUCATION, day),
                rates.rateAt(Rule.LOCAL_EDUCATION, day),
                rates.rateAt(Rule.INCOME_TAX, day),
                rates.rateAt(Rule.STATUTORY_RESERVE, day),
                rates.rateAt(Rule.TREASURY, day));
    }

    private static void require(DatedRate rate, Rule rule) {
        if (rate.rule() != rule) {
            throw new IllegalArgumentException(rate.rule() + " given as " + rule);
        }
    }
}
