package cn.jingshu.marketplace.pricing;

import java.util.Arrays;
import java.util.Optional;

/**
 * What data are used for. The use, not the product and not the buyer, decides between free and paid.
 * Source: 发改价格〔2025〕65号.
 */
public enum Purpose {
    /** 公共治理、公益事业: supplied free of charge. */
    PUBLIC_INTEREST("公共治理、公益事业", "public governance and welfare"),
    /** 产业发展、行业发展: may be charged for, at most at the ceiling. */
    INDUSTRY("产业发展、行业发展", "industry");

    private final String zh;
    private final String en;

    Purpose(String zh, String en) {
        this.zh = zh;
        this.en = en;
    }

    public String zh() {
        return zh;
    }

    public String en() {
        return en;
    }

    /** Reads the name a caller stated; empty if it is none of ours. */
    public static Optional<Purpose> parse(String stated) {
        return Arrays.stream(values()).filter(p -> p.name().equals(stated)).findFirst();
    }
}
