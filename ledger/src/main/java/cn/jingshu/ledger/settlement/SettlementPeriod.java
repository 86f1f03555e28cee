package cn.jingshu.ledger.settlement;

import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;

/**
 * What a settlement covers: one month, an accrual (权责发生制预提), or a calendar year, which is binding because the
 * plan's 30 % is of the yearly net profit.
 */
public record SettlementPeriod(YearMonth first, YearMonth last) {

    public SettlementPeriod {
        boolean month = first.equals(last);
        boolean year = first.getMonthValue() == 1 && last.equals(first.plusMonths(11));
        if (!month && !year) {
            throw new IllegalArgumentException(first + " to " + last + " is neither a month nor a calendar year");
        }
    }

    public static SettlementPeriod month(YearMonth month) {
        return new SettlementPeriod(month, month);
    }

    public static SettlementPeriod year(Year year) {
        return new SettlementPeriod(year.atMonth(1), year.atMonth(12));
    }

    public Basis basis() {
        return first.equals(last) ? Basis.MONTHLY_ACCRUAL : Basis.ANNUAL_BINDING;
    }

    /** The voucher date of its entries. */
    public LocalDate lastDay() {
        return last.atEndOfMonth();
    }

    /** {@code 2026-11} or {@code 2026}. */
    @Override
    public String toString() {
        return basis() == Basis.MONTHLY_ACCRUAL ? first.toString() : Integer.toString(first.getYear());
    }

    /** What the figures of a settlement may be used for. */
    public enum Basis {
        /** An estimate of the month's part of the year; the annual settlement corrects it. */
        MONTHLY_ACCRUAL("权责发生制预提(月度,非最终)", "monthly accrual, not final"),
        /** What is owed. */
        ANNUAL_BINDING("年度决算(最终)", "annual, binding");

        private final String labelZh;
        private final String labelEn;

        Basis(String labelZh, String labelEn) {
            this.labelZh = labelZh;
            this.labelEn = labelEn;
        }

        public String labelZh() {
            return labelZh;
        }

        public String labelEn() {
            return labelEn;
        }
    }
}
