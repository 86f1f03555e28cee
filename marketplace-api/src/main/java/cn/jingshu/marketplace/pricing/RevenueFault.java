package cn.jingshu.marketplace.pricing;

/** Why a permitted revenue is refused, and the rule it rests on. */
public enum RevenueFault {
    FORMULA_BROKEN("最高准许收入不等于经营成本+经营成本×准许利润率+税金-结转扣减额",
            "the permitted revenue is not C + C·ρ + T less what is carried",
            "发改价格〔2025〕65号:最高准许收入=经营成本+经营成本×准许利润率+税金"),
    COST_BELOW_ZERO("各项金额不得小于零,经营成本应扣除财政补贴后不小于零", "no amount is below zero, nor the cost net of subsidies",
            "发改价格〔2025〕65号:经营成本应扣除政府补贴"),
    RATE_TOO_HIGH("准许利润率超过10年期国债平均收益率加6个百分点", "the rate exceeds the ten-year bond yield by more than allowed",
            "发改价格〔2025〕65号:准许利润率不超过10年期国债平均收益率加6个百分点"),
    WRONG_BOND_YEAR("国债收益率须为成本调查前一年的平均收益率", "the bond yield is that of the year before the cost survey",
            "发改价格〔2025〕65号:成本调查前一年10年期国债平均收益率"),
    CYCLE_TOO_LONG("评估周期原则上不超过3年", "a review cycle is at most three years long", "发改价格〔2025〕65号:评估周期原则上不超过3年"),
    YEAR_IS_OVER("不得为已结束的年度补定最高准许收入", "the year is over", "发改价格〔2025〕65号:先核定后执行"),
    YEAR_TAKEN("该年度的最高准许收入已核定", "the year has a permitted revenue already", "发改价格〔2025〕65号:按评估周期核定"),
    CYCLES_OVERLAP("评估周期与已核定的周期交叉", "the cycle overlaps another one", "发改价格〔2025〕65号:按评估周期核定"),
    NOT_CARRIED("上一周期超收部分须在本周期扣减", "over-recovery of the last cycle is to be deducted, at once or by a plan",
            "发改价格〔2025〕65号:超过最高准许收入的部分,在核定下一周期时扣减,数额较大的可分期平滑"),
    NOT_AN_AUTHORITY("最高准许收入由发展改革部门会同数据管理部门核定", "the price authority and the data authority fix it together",
            "发改价格〔2025〕65号:由发展改革部门会同数据管理部门核定"),
    NOT_SIGNED_BY_BOTH("须由发展改革部门与数据管理部门的不同人员分别签署", "a person of each authority signs, and they are two",
            "发改价格〔2025〕65号:由发展改革部门会同数据管理部门核定");

    private final String zh;
    private final String en;
    private final String legalBasis;

    RevenueFault(String zh, String en, String legalBasis) {
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

    public String legalBasis() {
        return legalBasis;
    }
}
