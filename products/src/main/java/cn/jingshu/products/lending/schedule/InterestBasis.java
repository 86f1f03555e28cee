package cn.jingshu.products.lending.schedule;

/**
 * How long a period counts. Both ways are lawful, and the contract says which (中国人民银行关于人民币存贷款计结息问题的通知,
 * 银发〔2005〕129号: whole years and months by the yearly or monthly rate, odd days by the daily one; or every day by the daily
 * one).
 */
public enum InterestBasis {
    /** A month is a twelfth of a year, whatever its days; odd days of a first period by the day count, a period in parts by its days. */
    MONTHLY,
    /** Every day counts, by the day count. */
    DAILY
}
