package cn.jingshu.products.lending.estimate;

import java.math.BigDecimal;
import java.time.LocalDate;

/** What an estimate is asked for; amounts in fen, 0 where one was not said; rates as fractions. */
public sealed interface EstimateAsk {
    /** The day it speaks of. */
    LocalDate day();

    int months();

    /** The rate the bank would lend at. */
    BigDecimal annualRate();

    long requestedFen();

    /** What a person was asked to consent to in writing, and did (征信业管理条例 Art. 14). */
    record Consented(boolean income, boolean deposits, boolean realEstate) {}

    /** A home to be bought. */
    record Mortgage(LocalDate day, int months, BigDecimal annualRate, long requestedFen, LocalDate birth, long priceFen, boolean firstHome,
            boolean residential, long monthlyDebtFen, long monthlyHousingCostFen, long statedIncomeFen, boolean withProvidentFund,
            Consented consented) implements EstimateAsk {}

    /** A business to be started. */
    record Startup(LocalDate day, int months, BigDecimal annualRate, long requestedFen, long monthlyDebtFen, long statedIncomeFen,
            Consented consented) implements EstimateAsk {}

    /** An enterprise to be developed. */
    record Enterprise(LocalDate day, int months, BigDecimal annualRate, long requestedFen, long existingLoansFen, long statedRevenueFen)
            implements EstimateAsk {}
}
