package cn.jingshu.marketplace.demo;

import cn.jingshu.marketplace.pricing.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * The products of the plan's first list (Annex 3) beside transit, as the demo city offers them: who supplies each, what it costs and
 * who uses it for what. All of it is made up; the law decides which use is free.
 */
enum DemoProduct {
    UNDERWRITING("underwriting", DemoParty.HEALTH_MERCHANT, 40, "300", "240", DemoParty.INSURER, Purpose.INDUSTRY, "underwriting-checks",
            "健康险核保", "Health insurance underwriting"),
    CLAIMS("claims", DemoParty.HEALTH_MERCHANT, 40, "500", "400", DemoParty.INSURER, Purpose.INDUSTRY, "claims-checks",
            "商业保险理赔调查", "Commercial insurance claims checks"),
    /** The patient pays nothing (POLICY 12.4 row 7), so it is offered for public welfare alone. */
    PRESCRIPTION("prescription", DemoParty.HEALTH_MERCHANT, 0, null, null, DemoParty.CITIZEN_SERVICE, Purpose.PUBLIC_INTEREST,
            "chronic-prescriptions", "慢病线上续方", "Online refills for chronic disease"),
    EFFICACY("efficacy", DemoParty.HEALTH_MERCHANT, 45, "2000", "1500", DemoParty.PHARMACEUTICAL, Purpose.INDUSTRY, "drug-studies",
            "已上市药品回顾性研究", "Retrospective studies of marketed drugs"),
    LENDING("lending", DemoParty.FINANCE_MERCHANT, 45, "200", "160", DemoParty.BANK, Purpose.INDUSTRY, "loan-estimates",
            "信贷额度估算", "Estimates of credit lines"),
    RENTAL("rental", DemoParty.HOUSING_MERCHANT, 45, "50", "40", DemoParty.RENTAL_PLATFORM, Purpose.INDUSTRY, "genuine-listings",
            "真实房源核验", "Verification of rental listings"),
    /** 公共治理、公益事业: never charged for (POLICY 5.5 row 8). */
    HEALTH("health", DemoParty.HEALTH_MERCHANT, 0, null, null, DemoParty.CITIZEN_SERVICE, Purpose.PUBLIC_INTEREST, "health-portraits",
            "市民健康画像", "Health portraits for citizens");

    private final String code;
    private final DemoParty merchant;
    private final int merchantHundredths;
    private final @Nullable String ceilingFen;
    private final @Nullable String priceFen;
    private final DemoParty consumer;
    private final Purpose purpose;
    private final String scenario;
    private final String scenarioZh;
    private final String scenarioEn;

    DemoProduct(String code, DemoParty merchant, int merchantHundredths, @Nullable String ceilingFen, @Nullable String priceFen,
            DemoParty consumer, Purpose purpose, String scenario, String scenarioZh, String scenarioEn) {
        this.code = code;
        this.merchant = merchant;
        this.merchantHundredths = merchantHundredths;
        this.ceilingFen = ceilingFen;
        this.priceFen = priceFen;
        this.consumer = consumer;
        this.purpose = purpose;
        this.scenario = scenario;
        this.scenarioZh = scenarioZh;
        this.scenarioEn = scenarioEn;
    }

    String code() {
        return code;
    }

    DemoParty merchant() {
        return merchant;
    }

    /** The merchant's hundredths of what is shared with the operator. */
    int merchantHundredths() {
        return merchantHundredths;
    }

    /** The ceiling a unit, fen; null: not for sale. */
    @Nullable String ceilingFen() {
        return ceilingFen;
    }

    /** The price a unit, fen; null: not for sale. */
    @Nullable String priceFen() {
        return priceFen;
    }

    DemoParty consumer() {
        return consumer;
    }

    Purpose purpose() {
        return purpose;
    }

    String scenario() {
        return scenario;
    }

    String scenarioZh() {
        return scenarioZh;
    }

    String scenarioEn() {
        return scenarioEn;
    }

    /** Of the plan its consumer subscribes to. */
    String planCode() {
        return code + (purpose == Purpose.INDUSTRY ? "-standard" : "-public");
    }
}
