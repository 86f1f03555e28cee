package cn.jingshu.products.lending.schedule;

/** How principal and interest are spread over the payments. */
public enum RepaymentMethod {
    /** 等额本息: the same amount each time, first mostly interest. */
    EQUAL_INSTALMENTS,
    /** 等额本金: the same principal each time and the interest on what was left. */
    EQUAL_PRINCIPAL,
    /** 等本等息: equal principal, and each time the interest on the whole loan, whatever was repaid. */
    FLAT,
    /** 先息后本: interest each time, the whole principal with the last. */
    INTEREST_FIRST
}
