package cn.jingshu.products.lending;

import java.util.Map;

/** What the inputs of the scorecards are called. */
final class CharacteristicNames {
    private static final Map<String, String[]> NAMES = Map.ofEntries(
            named("status.of.existing.checking.account", "支票账户状态", "checking account"),
            named("duration.in.month", "期限", "duration"),
            named("credit.history", "信用历史", "credit history"),
            named("purpose", "贷款用途", "purpose"),
            named("credit.amount", "金额", "amount"),
            named("savings.account.and.bonds", "储蓄与债券", "savings and bonds"),
            named("present.employment.since", "现职年限", "time in employment"),
            named("installment.rate.in.percentage.of.disposable.income", "分期额占收入", "instalment against income"),
            named("other.debtors.or.guarantors", "共同债务人或担保人", "other debtors or guarantors"),
            named("present.residence.since", "现居住年限", "time in residence"),
            named("property", "财产", "property"),
            named("other.installment.plans", "其他分期计划", "other instalment plans"),
            named("housing", "住房", "housing"),
            named("number.of.existing.credits.at.this.bank", "本行现有贷款数", "credits at this bank"),
            named("job", "职业", "job"),
            named("number.of.people.being.liable.to.provide.maintenance.for", "抚养人数", "people to provide for"),
            named("telephone", "电话", "telephone"),
            named("LIMIT_BAL", "信用额度", "credit limit"),
            named("WORST_STATE", "六个月最差还款状态", "worst state in six months"),
            named("WORST_STATE_OLDER", "前五个月最差还款状态", "worst state before the newest month"),
            named("MONTHS_LATE", "逾期月数", "months late"),
            named("MONTHS_LATE_OF_THREE", "近三个月逾期月数", "months late of the last three"),
            named("MONTHS_UNUSED", "未用卡月数", "months without use"),
            named("STATE_AND_HISTORY", "近月状态与逾期次数", "newest state with months late"),
            named("STATE_TWO_MONTHS", "近两个月还款状态", "states of two months"),
            named("UTILISATION", "额度使用率", "utilisation"),
            named("UTILISATION_MEAN", "平均额度使用率", "mean utilisation"),
            named("UTILISATION_TREND", "额度使用率变化", "trend of utilisation"),
            named("PAID_OF_BILL", "还款占上月账单", "paid of the last bill"),
            named("PAID_OF_BILLS", "还款占账单", "paid of all bills"),
            named("PAID_OF_LIMIT", "还款占额度", "paid of the limit"),
            named("LEAST_PAID", "最少月还款", "least monthly payment"),
            named("PAID_SUM", "六个月还款合计", "paid in six months"));

    private CharacteristicNames() {}

    private static Map.Entry<String, String[]> named(String name, String zh, String en) {
        return Map.entry(name, new String[] {zh, en});
    }

    /** Months of a card account are named by their column: {@code PAY_2} is the state a month ago. */
    static String zh(String name) {
        String[] found = NAMES.get(name);
        return found != null ? found[0] : name.startsWith("PAY_AMT") ? "还款金额(" + name + ")"
                : name.startsWith("BILL_AMT") ? "账单金额(" + name + ")" : "还款状态(" + name + ")";
    }

    static String en(String name) {
        String[] found = NAMES.get(name);
        return found != null ? found[1] : name.startsWith("PAY_AMT") ? "payment (" + name + ")"
                : name.startsWith("BILL_AMT") ? "bill (" + name + ")" : "state of repayment (" + name + ")";
    }
}
