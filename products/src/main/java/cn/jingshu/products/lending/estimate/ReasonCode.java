package cn.jingshu.products.lending.estimate;

/** Why an estimate is what it is; the names are those of the contract. The texts name no figure of a record. */
public enum ReasonCode {
    NOTHING_KNOWN("没有可用于估算的记录", "there is no record to estimate from"),
    REPAYMENT_CAPACITY("月债务支出与收入之比达到上限", "the limit of monthly debts against income is reached"),
    HOUSING_EXPENSE_CAPACITY("月住房支出与收入之比达到上限", "the limit of monthly housing costs against income is reached"),
    LOAN_TO_VALUE("受最低首付款比例限制", "the least down payment sets the limit"),
    REQUESTED_AMOUNT("不超过申请金额", "not more than was asked for"),
    TERM_OR_AGE_LIMIT("期限受政策或还清时年龄限制,按较短期限估算", "policy or the age at the end shortens the term reckoned with"),
    PROVIDENT_FUND_LIMIT("含公积金贷款部分,受公积金额度限制", "a provident-fund part is included, within the fund's limit"),
    PROVIDENT_FUND_FORMULA_NOT_SET("本市公积金贷款额度公式尚未配置,未估算公积金部分", "the city's provident-fund formula is not configured, so that part is left out"),
    SCHEME_LIMIT("受创业担保贷款额度上限限制", "the ceiling of guaranteed start-up loans sets the limit"),
    UNSECURED_LIMIT("受信用贷款上限限制", "the ceiling of unsecured credit sets the limit"),
    WORKING_CAPITAL_NEED("按营运资金需求测算", "the need of working capital sets the limit"),
    COLLATERAL_VALUE("名下不动产可作抵押", "real estate could serve as collateral"),
    INCOME_NOT_KNOWN("收入未知,无法测算还款能力", "income is not known, so capacity cannot be reckoned"),
    INCOME_LEFT_OUT("无收入项书面同意,未使用缴费基数", "no written consent to income: contribution bases were not used"),
    DEPOSITS_LEFT_OUT("无存款项书面同意,未使用公积金账户金额", "no written consent to deposits: amounts of the provident-fund account were not used"),
    REAL_ESTATE_LEFT_OUT("无不动产项书面同意,未使用不动产登记", "no written consent to real estate: the register was not used"),
    INCOME_FROM_APPLICANT("使用申请人申报、银行核实的收入", "income as stated by the applicant and verified by the bank"),
    STEADY_CONTRIBUTIONS("社会保险连续缴费", "social insurance was paid steadily"),
    INTERRUPTED_CONTRIBUTIONS("社会保险缴费有中断", "social insurance was interrupted"),
    STEADY_PROVIDENT_FUND("住房公积金连续缴存", "the provident fund was paid steadily"),
    INTERRUPTED_PROVIDENT_FUND("住房公积金缴存有中断", "the provident fund was interrupted"),
    TALENT_RECOGNISED("已获人才认定", "recognised as talent"),
    ENFORCEMENT_OPEN("有未结执行案件", "an enforcement case is open"),
    ENFORCEMENT_IN_FIVE_YEARS("五年内有已结执行案件", "an enforcement case ended within five years"),
    LITIGATION_OPEN("有作为被告的未结诉讼", "a lawsuit as defendant is open"),
    LITIGATION_IN_FIVE_YEARS("五年内有作为被告的已结诉讼", "a lawsuit as defendant ended within five years"),
    REAL_ESTATE_SEIZED("名下不动产有查封", "real estate is under seizure"),
    REAL_ESTATE_MORTGAGED("名下不动产已有抵押", "real estate is mortgaged already"),
    REAL_ESTATE_FREE("名下不动产无抵押、无查封", "real estate is free of mortgage and seizure"),
    NOT_REGISTERED_OR_NOT_ACTIVE("未登记或非存续状态", "not registered, or not active"),
    LISTED_DISHONEST("现列入严重违法失信名单", "on the list of seriously dishonest enterprises now"),
    LISTED_ABNORMAL("现列入经营异常名录", "on the list of abnormal operations now"),
    YOUNG_ENTERPRISE("成立不满三年", "established less than three years ago"),
    ESTABLISHED_ENTERPRISE("成立满三年", "established for three years or more"),
    STAFF_GROWING("参保人数增长", "the number of insured people grows"),
    STAFF_SHRINKING("参保人数下降", "the number of insured people falls"),
    CONTRIBUTIONS_IN_ARREARS("社会保险费有欠缴", "social insurance is in arrears"),
    QUALIFIED_ENTERPRISE("具备高新技术等资质", "holds a qualification such as high-tech enterprise"),
    INTELLECTUAL_PROPERTY("拥有有效知识产权", "holds intellectual property in force"),
    REPORT_MISSING("最近年度未报送年报", "no report for the latest year"),
    REVENUE_NOT_PUBLISHED("年报未公示营业收入,以参保工资总额推算", "revenue is not published; it is inferred from payroll"),
    HOMES_IN_CITY_DIFFER("登记住房套数与申报不符,按二套估算", "homes on the register differ from what was stated; reckoned as a second home"),
    NO_ADVERSE_RECORD("五年内无涉诉、执行记录", "no lawsuit or enforcement within five years"),
    BAND_TOO_LOW("综合评价过低,不给出额度", "the overall picture is too weak for a range"),
    DATA_STALE("部分数据已过更新周期", "some of the data are older than their update cycle"),
    REPORT_FILED("已报送最近年度年报", "the report of the latest year was filed");

    private final String zh;
    private final String en;

    ReasonCode(String zh, String en) {
        this.zh = zh;
        this.en = en;
    }

    public String zh() {
        return zh;
    }

    public String en() {
        return en;
    }
}
