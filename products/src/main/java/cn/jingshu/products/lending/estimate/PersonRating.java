package cn.jingshu.products.lending.estimate;

import java.util.List;

/** What a person's records come to, whatever the loan: contributions 30, provident fund 20, proceedings 35, talent 5, real estate 10. */
final class PersonRating {
    private static final int MONTHS = 24;

    private PersonRating() {}

    static void rate(PersonFacts facts, EstimateAsk.Consented consented, Findings findings) {
        if (facts.monthsContributed() >= 0) {
            findings.rate(30, facts.monthsContributed() / (double) MONTHS, ReasonCode.STEADY_CONTRIBUTIONS, ReasonCode.INTERRUPTED_CONTRIBUTIONS);
        }
        if (facts.monthsDeposited() >= 0) {
            findings.rate(20, facts.monthsDeposited() / 12.0, ReasonCode.STEADY_PROVIDENT_FUND, ReasonCode.INTERRUPTED_PROVIDENT_FUND);
        }
        facts.adverse().rate(findings, 35);
        if (facts.talent()) {
            findings.merit(5, true, ReasonCode.TALENT_RECOGNISED);
        }
        List<OwnedUnit> units = facts.units();
        if (units != null && !units.isEmpty()) {
            realEstate(units, findings);
        }
        if (!consented.income()) {
            findings.inform(ReasonCode.INCOME_LEFT_OUT);
        }
        if (!consented.deposits()) {
            findings.inform(ReasonCode.DEPOSITS_LEFT_OUT);
        }
        if (!consented.realEstate()) {
            findings.inform(ReasonCode.REAL_ESTATE_LEFT_OUT);
        }
    }

    static void realEstate(List<OwnedUnit> units, Findings findings) {
        boolean seized = units.stream().anyMatch(OwnedUnit::seized);
        boolean mortgaged = units.stream().anyMatch(unit -> unit.securedFen() > 0);
        if (seized) {
            findings.rate(10, 0, ReasonCode.REAL_ESTATE_SEIZED, ReasonCode.REAL_ESTATE_SEIZED);
            findings.review();
        } else {
            findings.rate(10, mortgaged ? 0.4 : 1, ReasonCode.REAL_ESTATE_FREE, ReasonCode.REAL_ESTATE_MORTGAGED);
        }
    }
}
