package cn.jingshu.products.lending.rate;

/** The two terms for which a loan prime rate is published (贷款市场报价利率期限品种). */
public enum LprTenor {
    /** 1 年期. */
    ONE_YEAR,
    /** 5 年期以上. */
    OVER_FIVE_YEARS;

    /** The one a loan of that term usually follows: over five years the longer. */
    public static LprTenor forMonths(int months) {
        return months > 60 ? OVER_FIVE_YEARS : ONE_YEAR;
    }
}
