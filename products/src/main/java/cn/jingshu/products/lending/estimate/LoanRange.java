package cn.jingshu.products.lending.estimate;

/**
 * A range of amounts, rounded down to coarse steps (1,000 yuan below 100,000; 10,000 below a million; 50,000 below ten million; then
 * 500,000), so that no income, balance or value can be worked back from it.
 *
 * @param providentFundFen of the likely amount the provident-fund part; 0: none
 */
public record LoanRange(long lowFen, long likelyFen, long highFen, long providentFundFen) {
    public LoanRange {
        if (lowFen < 0 || likelyFen < lowFen || highFen < likelyFen || providentFundFen < 0 || providentFundFen > likelyFen) {
            throw new IllegalArgumentException("a range out of order");
        }
    }

    /** The coarse range of three amounts in any order and below zero too. */
    public static LoanRange coarse(long low, long likely, long high, long providentFund) {
        long middle = down(Math.max(likely, 0));
        long most = Math.max(down(Math.max(high, 0)), middle);
        return new LoanRange(Math.min(down(Math.max(low, 0)), middle), middle, most, Math.min(down(providentFund), middle));
    }

    static long down(long fen) {
        long step = fen < 10_000_000L ? 100_000L : fen < 100_000_000L ? 1_000_000L : fen < 1_000_000_000L ? 5_000_000L : 50_000_000L;
        return fen - fen % step;
    }
}
