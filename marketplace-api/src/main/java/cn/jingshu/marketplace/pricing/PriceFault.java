package cn.jingshu.marketplace.pricing;

import org.jspecify.annotations.Nullable;

/** Why the price book refuses a ceiling or a price, and the rule it rests on. */
public enum PriceFault {
    ABOVE_CEILING(
            "收费标准高于上限收费标准", "the price is above its ceiling", "发改价格〔2025〕65号:具体收费标准不得高于上限收费标准"),
    NO_CEILING("尚无生效的上限收费标准", "no ceiling is in force for it", "发改价格〔2025〕65号:具体收费标准不得高于上限收费标准"),
    PUBLIC_INTEREST_IS_FREE("用于公共治理、公益事业的应免费提供", "use for public governance and welfare is free of charge",
            "发改价格〔2025〕65号:用于公共治理、公益事业的,免费提供"),
    RETROACTIVE("生效时间不得早于保存时间", "a price cannot apply to the past", "发改价格〔2025〕65号:政府指导价,先定价后执行"),
    UNPUBLISHED("价格须先公布后生效", "a price is published before it applies", "发改数据规〔2025〕27号:收费标准向社会公开"),
    UNCITED("上限收费标准须注明依据文件", "a ceiling names the decision that set it", "发改价格〔2025〕65号:上限收费标准由授权主体制定"),
    NOT_SIGNED_BY_TWO("提出人与签批人须为不同人员,且分属运营机构与主管部门",
            "a price is proposed by the operator and signed by another person of the bureau", null),
    NOT_A_REGULATOR("上限收费标准只能由主管部门人员制定", "only a person of the bureau sets a ceiling", "发改价格〔2025〕65号:上限收费标准由授权主体制定"),
    DATE_TAKEN("同一时间已有收费标准,请另定生效时间", "another price begins at the same moment", null);

    private final String zh;
    private final String en;
    private final @Nullable String legalBasis;

    PriceFault(String zh, String en, @Nullable String legalBasis) {
        this.zh = zh;
        this.en = en;
        this.legalBasis = legalBasis;
    }

    public String zh() {
        return zh;
    }

    public String en() {
        return en;
    }

    /** The provision behind the rule; null: a rule of this house. */
    public @Nullable String legalBasis() {
        return legalBasis;
    }
}
