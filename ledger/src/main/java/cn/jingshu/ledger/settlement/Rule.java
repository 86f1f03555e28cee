package cn.jingshu.ledger.settlement;

/** What a dated rate is the rate of; stable text in {@code ledger.policy_rate}. */
public enum Rule {
    /** Value-added tax on services (增值税). */
    VAT,
    /** 城市维护建设税, on VAT payable. */
    URBAN_MAINTENANCE,
    /** 教育费附加, on VAT payable. */
    EDUCATION,
    /** 地方教育附加, on VAT payable. */
    LOCAL_EDUCATION,
    /** 企业所得税, on profit before tax. */
    INCOME_TAX,
    /** 法定公积金, of net profit after earlier losses. */
    STATUTORY_RESERVE,
    /** What the treasury gets of net profit (上缴财政). */
    TREASURY
}
