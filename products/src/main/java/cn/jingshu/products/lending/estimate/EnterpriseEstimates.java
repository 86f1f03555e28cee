package cn.jingshu.products.lending.estimate;

import static cn.jingshu.products.lending.estimate.PersonalEstimates.scaled;

import cn.jingshu.products.lending.policy.PolicyBook;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Period;

/**
 * Estimates of loans to an enterprise.
 *
 * <p>Need of working capital, after the annex of 流动资金贷款管理暂行办法 (银监会令2010年第1号): revenue × (1 − margin) × (1 + growth) ÷
 * turns a year; of it the enterprise brings its own share, and loans it has are taken off. Revenue is the one it published, else the
 * one the bank verified, else payroll over the labour share; growth is that of its insured people, bounded. Unsecured credit is the
 * need times the band's factor, within its ceiling; real estate that is free of seizure adds its loan-to-value less what it secures
 * already. The low end reckons with less revenue, the high end with the whole need.
 *
 * <p>Points: age 15, staff 10, contributions paid 25, provident fund 10, report 5, qualifications 10, intellectual property 5,
 * proceedings 20.
 */
public final class EnterpriseEstimates {
    private static final int YOUNG_YEARS = 3;

    private EnterpriseEstimates() {}

    public static LoanEstimate estimate(EstimateAsk.Enterprise ask, EnterpriseFacts facts, PolicyBook book) {
        PolicyBook.Uses policy = book.on(ask.day());
        Findings findings = new Findings();
        rate(ask, facts, findings);
        Band band = Band.of(findings.points(), policy);
        if (facts.listedAbnormal() && band.compareTo(Band.C) < 0) {
            band = Band.C;
        }
        if (!facts.active()) {
            findings.stop(ReasonCode.NOT_REGISTERED_OR_NOT_ACTIVE);
        }
        if (facts.listedDishonest()) {
            findings.stop(ReasonCode.LISTED_DISHONEST);
        }
        if (band == Band.D) {
            findings.stop(ReasonCode.BAND_TOO_LOW);
        }
        long revenue = revenue(ask, facts, policy, findings);
        if (revenue <= 0 && facts.units().isEmpty()) {
            findings.stop(ReasonCode.INCOME_NOT_KNOWN);
        }
        if (findings.stopped()) {
            return new LoanEstimate(null, band, findings.reasons(), true, ask.months(), policy.used());
        }
        double loanToValue = policy.fraction("enterprise.loan-to-value");
        long collateral = facts.units().stream().mapToLong(unit -> unit.collateralFen(loanToValue)).sum();
        long need = need(revenue, ask, facts, policy);
        long cautious = need(scaled(revenue, policy.get("enterprise.cautious-revenue")), ask, facts, policy);
        long ceiling = policy.fen("enterprise.unsecured-cap");
        double factor = band.factor(policy);
        long unsecured = Math.min((long) (need * factor), ceiling);
        long low = Math.min((long) (cautious * factor), ceiling);
        // Collateral makes up for a band, it does not raise the need.
        long likely = Math.min(need, unsecured + collateral);
        if (need > unsecured && collateral > 0) {
            findings.raise(0.3, ReasonCode.COLLATERAL_VALUE);
        }
        ReasonCode binding = likely < need && unsecured == ceiling ? ReasonCode.UNSECURED_LIMIT : ReasonCode.WORKING_CAPITAL_NEED;
        long high = Math.max(likely, Math.min(need, ceiling + collateral));
        if (ask.requestedFen() > 0) {
            binding = ask.requestedFen() <= likely ? ReasonCode.REQUESTED_AMOUNT : binding;
            likely = Math.min(likely, ask.requestedFen());
            low = Math.min(low, ask.requestedFen());
            high = Math.min(high, ask.requestedFen());
        }
        findings.limit(binding);
        boolean review = findings.needsReview() || band == Band.C;
        return new LoanEstimate(LoanRange.coarse(Math.min(low, likely), likely, high, 0), band, findings.reasons(), review, ask.months(),
                policy.used());
    }

    private static void rate(EstimateAsk.Enterprise ask, EnterpriseFacts facts, Findings findings) {
        int years = Period.between(facts.establishedOn(), ask.day()).getYears();
        findings.rate(15, years / (2.0 * YOUNG_YEARS), ReasonCode.ESTABLISHED_ENTERPRISE, ReasonCode.YOUNG_ENTERPRISE);
        if (facts.insuredNow() > 0 || facts.insuredYearAgo() > 0) {
            double change = facts.insuredYearAgo() > 0 ? facts.insuredNow() / facts.insuredYearAgo() - 1 : 1;
            findings.rate(10, 0.5 + 2.5 * change, ReasonCode.STAFF_GROWING, ReasonCode.STAFF_SHRINKING);
        }
        if (facts.monthsWithContributions() > 0) {
            double paid = (facts.monthsWithContributions() - facts.monthsInArrears()) / 12.0;
            findings.rate(25, facts.monthsInArrears() > 2 ? Math.min(paid, 0.4) : paid,
                    ReasonCode.STEADY_CONTRIBUTIONS, facts.monthsInArrears() > 0
                            ? ReasonCode.CONTRIBUTIONS_IN_ARREARS : ReasonCode.INTERRUPTED_CONTRIBUTIONS);
        } else {
            findings.rate(25, 0, ReasonCode.INTERRUPTED_CONTRIBUTIONS, ReasonCode.INTERRUPTED_CONTRIBUTIONS);
        }
        findings.rate(10, facts.monthsDeposited() / 12.0, ReasonCode.STEADY_PROVIDENT_FUND, ReasonCode.INTERRUPTED_PROVIDENT_FUND);
        if (facts.reportedLatestYear()) {
            findings.merit(5, true, ReasonCode.REPORT_FILED);
        } else {
            findings.rate(5, 0, ReasonCode.REPORT_MISSING, ReasonCode.REPORT_MISSING);
        }
        findings.merit(10, facts.qualifications() > 0, ReasonCode.QUALIFIED_ENTERPRISE);
        findings.merit(5, facts.patents() > 0, ReasonCode.INTELLECTUAL_PROPERTY);
        facts.adverse().rate(findings, 20);
        if (facts.units().stream().anyMatch(OwnedUnit::seized)) {
            findings.lower(0.4, ReasonCode.REAL_ESTATE_SEIZED);
            findings.review();
        }
        if (facts.listedAbnormal()) {
            findings.lower(0.6, ReasonCode.LISTED_ABNORMAL);
            findings.review();
        }
    }

    private static long revenue(EstimateAsk.Enterprise ask, EnterpriseFacts facts, PolicyBook.Uses policy, Findings findings) {
        Long published = facts.revenueFen();
        if (published != null && published > 0) {
            return published;
        }
        if (ask.statedRevenueFen() > 0) {
            findings.inform(ReasonCode.INCOME_FROM_APPLICANT);
            return ask.statedRevenueFen();
        }
        findings.inform(ReasonCode.REVENUE_NOT_PUBLISHED);
        return BigDecimal.valueOf(facts.yearlyPayrollFen()).divide(policy.get("enterprise.labour-share"), 0, RoundingMode.DOWN)
                .longValueExact();
    }

    private static long need(long revenue, EstimateAsk.Enterprise ask, EnterpriseFacts facts, PolicyBook.Uses policy) {
        Long published = facts.revenueFen();
        Long profit = facts.profitFen();
        double margin = published != null && published > 0 && profit != null
                ? Math.clamp((double) profit / published, 0, 0.5) : policy.fraction("enterprise.margin");
        double most = policy.fraction("enterprise.most-growth");
        double growth = facts.insuredYearAgo() > 0 ? Math.clamp(facts.insuredNow() / facts.insuredYearAgo() - 1, -most, most) : 0;
        double capital = revenue * (1 - margin) * (1 + growth) / policy.fraction("enterprise.turns");
        return Math.max(0, (long) (capital * (1 - policy.fraction("enterprise.own-funds"))) - ask.existingLoansFen());
    }
}
