package cn.jingshu.marketplace.pricing;

import org.jspecify.annotations.Nullable;

/** Why the price book refuses a ceiling or a price, and the rule it rests on. */
public enum PriceFault {
    ABOVE_CEILING(
            "收费标准高于上限收费标准", "the price is above its ceiling", "发改价格〔2025〕65号:具体收费标准不得高于上限收费标准"),
    NO_CEILING("尚无生效的上限收费标准", "no ceiling is in force for it", "发改价格〔2025〕65号:具体收费标准不得高于上限收费标准"),
    PUBLIC_INTEREST_IS_FREE("用于公共治理、公益事业的应免费提供", "use for public governance and welfare is free of charge",
            "发改价格〔2025〕65号:用于公共治理、公益事业的,免费提供"),
    PRODUCT_IS_FREE("该产品只能免费提供", "the product is supplied free of charge, whatever the use",
            "发改价格〔2025〕65号:用于公共治理、公益事业的,免费提供"),
    FREE_BUT_FOR_PLANS("该产品对个人免费,只可为机构选用的套餐制定收费标准",
            "the product is free for everyone; a price may be set for institutions that choose a plan of their own alone",
            "发改价格〔2025〕65号:用于公共治理、公益事业的,免费提供"),
    UNITS_MIXED("按月合计计量的收费标准只能有一个计量单位,各操作计量单位不同的须逐个操作制定",
            "a price by the month counts in one unit: where operations count in different ones, it names its operation",
            "《价格法》第十三条:明码标价"),
    NO_PERMITTED_REVENUE("首个完整运营年度后,上限收费标准须在已核定的最高准许收入内制定",
            "after the first full year a ceiling stands beneath a signed permitted revenue of its year",
            "发改价格〔2025〕65号:在最高准许收入内制定上限收费标准"),
    NO_CONDITION("优惠或套餐专用的收费标准须以公布的客观条件(套餐)为据,且另有面向所有使用方的收费标准",
            "a reduction, or a price for some, needs a published plan as its condition and a price for everyone beside it",
            "发改数据规〔2025〕27号第三条:向市场公平提供;《价格法》第十三条:明码标价"),
    FIRST_YEAR_IS_OVER("首个完整运营年度已结束,不得再用试行收费标准", "the first full year is over: no trial price any more",
            "发改价格〔2025〕65号:未满一个完整运营年度的可制定试行收费标准"),
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
