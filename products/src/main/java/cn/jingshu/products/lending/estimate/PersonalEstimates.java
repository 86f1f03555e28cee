package cn.jingshu.products.lending.estimate;

import cn.jingshu.products.lending.policy.PolicyBook;
import cn.jingshu.products.lending.schedule.Amortisation;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Period;
import java.util.List;
import java.util.Optional;

/**
 * Estimates of loans to a person.
 *
 * <p>Capacity: what a month leaves for the instalment is the smaller of income × debt-to-income less other debts, and (housing
 * loans) income × housing-to-income less other housing costs (银监发〔2004〕57号 Art. 36); the loan is the one whose equal instalment
 * that is, times the band's factor. A housing loan is also at most the price less the least down payment. The low end reckons with
 * less income and a higher rate, the high end with the larger of the incomes known.
 */
public final class PersonalEstimates {
    private PersonalEstimates() {}

    /** Three amounts of one loan. */
    private record Amounts(long low, long likely, long high) {
        Amounts capped(long most) {
            return new Amounts(Math.min(low, most), Math.min(likely, most), Math.min(high, most));
        }
    }

    private record Incomes(long likely, long high) {}

    public static LoanEstimate mortgage(EstimateAsk.Mortgage ask, PersonFacts facts, PolicyBook book) {
        PolicyBook.Uses policy = book.on(ask.day());
        Findings findings = new Findings();
        PersonRating.rate(facts, ask.consented(), findings);
        boolean first = ask.firstHome() && !ownsHome(facts);
        if (ask.firstHome() && !first) {
            findings.lower(0.5, ReasonCode.HOMES_IN_CITY_DIFFER);
            findings.review();
        }
        int months = months(ask, policy, findings);
        Optional<Incomes> incomes = incomes(facts, ask.statedIncomeFen(), findings);
        Band band = Band.of(findings.points(), policy);
        if (incomes.isEmpty()) {
            findings.stop(ReasonCode.INCOME_NOT_KNOWN);
        }
        if (band == Band.D) {
            findings.stop(ReasonCode.BAND_TOO_LOW);
        }
        if (findings.stopped() || months < 1) {
            return none(findings, band, Math.max(months, 0), policy);
        }
        double factor = band.factor(policy);
        String down = !ask.residential() ? "mortgage.down-payment.commercial"
                : first ? "mortgage.down-payment.first" : "mortgage.down-payment.second";
        long loanToValue = BigDecimal.ONE.subtract(policy.get(down)).multiply(BigDecimal.valueOf(ask.priceFen()))
                .setScale(0, RoundingMode.DOWN).longValueExact();
        long fund = ask.withProvidentFund() && ask.residential() ? fundLimit(ask, facts, first, months, policy, findings) : 0;
        fund = Math.min(fund, Math.min(loanToValue, ask.requestedFen() > 0 ? ask.requestedFen() : Long.MAX_VALUE));
        Incomes income = incomes.get();
        BigDecimal fundRate = fundRate(first, months, policy);
        Amounts capacity = new Amounts(
                (long) (withFund(room(ask, scaled(income.likely(), policy.get("capacity.cautious-income")), policy), fund, fundRate,
                        ask.annualRate().add(policy.get("capacity.cautious-rate")), months) * factor),
                (long) (withFund(room(ask, income.likely(), policy), fund, fundRate, ask.annualRate(), months) * factor),
                (long) (withFund(room(ask, income.high(), policy), fund, fundRate, ask.annualRate(), months) * factor));
        Amounts amounts = capacity.capped(loanToValue);
        ReasonCode binding = capacity.likely() > loanToValue ? ReasonCode.LOAN_TO_VALUE : capacityReason(ask, income.likely(), policy);
        if (ask.requestedFen() > 0 && ask.requestedFen() <= amounts.likely()) {
            binding = ReasonCode.REQUESTED_AMOUNT;
        }
        if (ask.requestedFen() > 0) {
            amounts = amounts.capped(ask.requestedFen());
        }
        findings.limit(binding);
        return done(findings, band, LoanRange.coarse(amounts.low(), amounts.likely(), amounts.high(), Math.min(fund, amounts.likely())),
                months, policy);
    }

    public static LoanEstimate startup(EstimateAsk.Startup ask, PersonFacts facts, PolicyBook book) {
        PolicyBook.Uses policy = book.on(ask.day());
        Findings findings = new Findings();
        PersonRating.rate(facts, ask.consented(), findings);
        int months = ask.months();
        int most = policy.get("startup.most-months").intValueExact();
        if (months > most) {
            findings.limit(ReasonCode.TERM_OR_AGE_LIMIT);
            months = most;
        }
        Optional<Incomes> incomes = incomes(facts, ask.statedIncomeFen(), findings);
        Band band = Band.of(findings.points(), policy);
        if (incomes.isEmpty()) {
            findings.stop(ReasonCode.INCOME_NOT_KNOWN);
        }
        if (band == Band.D) {
            findings.stop(ReasonCode.BAND_TOO_LOW);
        }
        if (findings.stopped()) {
            return none(findings, band, months, policy);
        }
        BigDecimal cap = policy.get("startup.cap");
        long ceiling = facts.talent() ? scaled(cap.longValueExact(), policy.get("startup.talent-cap-factor")) : cap.longValueExact();
        Incomes income = incomes.get();
        double factor = band.factor(policy);
        BigDecimal share = policy.get("capacity.debt-to-income");
        Amounts capacity = new Amounts(
                (long) (loan(scaled(scaled(income.likely(), policy.get("capacity.cautious-income")), share) - ask.monthlyDebtFen(),
                        ask.annualRate().add(policy.get("capacity.cautious-rate")), months) * factor),
                (long) (loan(scaled(income.likely(), share) - ask.monthlyDebtFen(), ask.annualRate(), months) * factor),
                (long) (loan(scaled(income.high(), share) - ask.monthlyDebtFen(), ask.annualRate(), months) * factor));
        Amounts amounts = capacity.capped(ceiling);
        ReasonCode binding = capacity.likely() > ceiling ? ReasonCode.SCHEME_LIMIT : ReasonCode.REPAYMENT_CAPACITY;
        if (ask.requestedFen() > 0 && ask.requestedFen() <= amounts.likely()) {
            binding = ReasonCode.REQUESTED_AMOUNT;
        }
        if (ask.requestedFen() > 0) {
            amounts = amounts.capped(ask.requestedFen());
        }
        findings.limit(binding);
        return done(findings, band, LoanRange.coarse(amounts.low(), amounts.likely(), amounts.high(), 0), months, policy);
    }

    private static LoanEstimate none(Findings findings, Band band, int months, PolicyBook.Uses policy) {
        return new LoanEstimate(null, band, findings.reasons(), true, months, policy.used());
    }

    private static LoanEstimate done(Findings findings, Band band, LoanRange range, int months, PolicyBook.Uses policy) {
        boolean review = findings.needsReview() || band == Band.C;
        return new LoanEstimate(range, band, findings.reasons(), review, months, policy.used());
    }

    private static boolean ownsHome(PersonFacts facts) {
        List<OwnedUnit> units = facts.units();
        return units != null && units.stream().anyMatch(unit -> !Boolean.FALSE.equals(unit.residential()));
    }

    private static int months(EstimateAsk.Mortgage ask, PolicyBook.Uses policy, Findings findings) {
        int age = Period.between(ask.birth(), ask.day()).getYears();
        int byAge = (policy.get("mortgage.oldest-at-end").intValueExact() - age) * 12;
        int byPolicy = policy.get(ask.residential() ? "mortgage.most-months" : "mortgage.most-months.commercial").intValueExact();
        int most = Math.min(byAge, byPolicy);
        if (most < 1) {
            findings.stop(ReasonCode.TERM_OR_AGE_LIMIT);
        } else if (ask.months() > most) {
            findings.limit(ReasonCode.TERM_OR_AGE_LIMIT);
        }
        return Math.min(ask.months(), most);
    }

    /** What is on record goes first; what the applicant states can only raise the high end. */
    private static Optional<Incomes> incomes(PersonFacts facts, long statedFen, Findings findings) {
        Long recorded = facts.monthlyBaseFen();
        if (recorded != null && recorded > 0) {
            return Optional.of(new Incomes(recorded, Math.max(recorded, statedFen)));
        }
        if (statedFen > 0) {
            findings.inform(ReasonCode.INCOME_FROM_APPLICANT);
            return Optional.of(new Incomes(statedFen, statedFen));
        }
        return Optional.empty();
    }

    private static long room(EstimateAsk.Mortgage ask, long income, PolicyBook.Uses policy) {
        return Math.min(scaled(income, policy.get("capacity.debt-to-income")) - ask.monthlyDebtFen() - ask.monthlyHousingCostFen(),
                scaled(income, policy.get("capacity.housing-to-income")) - ask.monthlyHousingCostFen());
    }

    private static ReasonCode capacityReason(EstimateAsk.Mortgage ask, long income, PolicyBook.Uses policy) {
        long byDebts = scaled(income, policy.get("capacity.debt-to-income")) - ask.monthlyDebtFen();
        return byDebts < scaled(income, policy.get("capacity.housing-to-income"))
                ? ReasonCode.REPAYMENT_CAPACITY : ReasonCode.HOUSING_EXPENSE_CAPACITY;
    }

    /** The loan a monthly amount repays, fen; of nothing nothing. */
    private static long loan(long monthlyFen, BigDecimal rate, int months) {
        return monthlyFen <= 0 ? 0 : Amortisation.principalFor(monthlyFen, rate, months);
    }

    /** The provident-fund part goes first, because it costs less; the rest of the month's room repays the bank's part. */
    private static long withFund(long room, long fund, BigDecimal fundRate, BigDecimal rate, int months) {
        if (fund == 0) {
            return loan(room, rate, months);
        }
        long fundPossible = Math.min(fund, loan(room, fundRate, months));
        if (fundPossible <= 0) {
            return 0;
        }
        long rest = room - Amortisation.equalInstalment(fundPossible, fundRate, months).setScale(0, RoundingMode.UP).longValueExact();
        return fundPossible + loan(rest, rate, months);
    }

    private static BigDecimal fundRate(boolean first, int months, PolicyBook.Uses policy) {
        return policy.find("provident-fund.rate." + (first ? "first" : "second") + (months > 60 ? ".over-5y" : ".up-to-5y"))
                .orElse(BigDecimal.ZERO);
    }

    /**
     * The provident-fund limit: the least of the city's cap, a multiple of the balance, and what the income behind the deposits
     * carries. The shape is common to the cities; its numbers are the city's own, and without all of them nothing is estimated.
     */
    private static long fundLimit(EstimateAsk.Mortgage ask, PersonFacts facts, boolean first, int months, PolicyBook.Uses policy,
            Findings findings) {
        Optional<BigDecimal> cap = policy.find("provident-fund.city-cap");
        Optional<BigDecimal> multiple = policy.find("provident-fund.balance-multiple");
        Optional<BigDecimal> capacityShare = policy.find("provident-fund.capacity-share");
        Optional<BigDecimal> depositShare = policy.find("provident-fund.deposit-share");
        if (cap.isEmpty() || multiple.isEmpty() || capacityShare.isEmpty() || depositShare.isEmpty() || depositShare.get().signum() <= 0) {
            findings.inform(ReasonCode.PROVIDENT_FUND_FORMULA_NOT_SET);
            return 0;
        }
        Long deposit = facts.monthlyDepositFen();
        Long balance = facts.fundBalanceFen();
        if (deposit == null || balance == null
                || facts.monthsDeposited() < policy.get("provident-fund.least-months").intValueExact()) {
            return 0;
        }
        long byBalance = scaled(balance, multiple.get());
        long income = BigDecimal.valueOf(deposit).divide(depositShare.get(), 0, RoundingMode.DOWN).longValueExact();
        long byCapacity = loan(scaled(income, capacityShare.get()) - ask.monthlyDebtFen(), fundRate(first, months, policy), months);
        long limit = Math.min(cap.get().longValueExact(), Math.min(byBalance, byCapacity));
        if (limit > 0) {
            findings.raise(0.3, ReasonCode.PROVIDENT_FUND_LIMIT);
        }
        return Math.max(limit, 0);
    }

    static long scaled(long fen, BigDecimal factor) {
        return BigDecimal.valueOf(fen).multiply(factor).setScale(0, RoundingMode.DOWN).longValueExact();
    }
}
