package cn.jingshu.marketplace.portal;

/** Whether an approved use is free or may be charged (发改价格〔2025〕65号: the use decides, not the product). */
public enum PurposeClass implements Labelled {
    /** 公共治理、公益事业: free of charge. */
    PUBLIC_INTEREST,
    /** 产业发展、行业发展: may be charged, at most at the ceiling. */
    INDUSTRY
}
