package cn.jingshu.products.lending.schedule;

/** On which day a month is paid that is shorter than the payment day, and the months after it. */
public enum MonthEnd {
    /** On its last day; the next long month is paid on the payment day again: 31 January, 28 February, 31 March. */
    SAME_DAY,
    /** If the first payment falls on the last day of its month, all do: 30 April, 31 May. Otherwise as {@link #SAME_DAY}. */
    LAST_DAY
}
