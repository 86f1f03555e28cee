package cn.jingshu.products.underwriting;

/** When a person has to underwrite: no adverse decision rests on a model alone (PIPL Art. 24). */
public enum ReferralRule {
    BAND_NEEDS_REVIEW("风险等级为高或须拒保复核", "The band is high, or declining is under review."),
    NOTHING_KNOWN("无记录或记录不足一年", "Nothing, or less than a year, is on record."),
    WEIGHTY_HISTORY("既往健康史须由核保人员评估", "The history has to be weighed by a person."),
    DECLARATION_DIFFERS("告知内容与记录不一致,须向投保人核实", "What was declared and what is on record differ; the applicant has to be asked."),
    LARGE_SUM("保额达到人工核保起点", "The sum insured reaches what a person has to underwrite."),
    UNCERTAIN("概率区间过宽", "The probability is too uncertain."),
    OUTSIDE_EXPERIENCE("超出模型适用范围", "The case lies outside what the models have seen."),
    SOURCE_NOT_CURRENT("所依数据未及时更新或质量不足", "The data behind this are not current or not good enough.");

    private final String zh;
    private final String en;

    ReferralRule(String zh, String en) {
        this.zh = zh;
        this.en = en;
    }

    /** In Chinese. */
    public String zh() {
        return zh;
    }

    /** In English. */
    public String en() {
        return en;
    }
}
