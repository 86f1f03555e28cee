package cn.jingshu.ledger.bundle;

import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of months.
 *
 * @param from the first
 * @param through the last, not before the first; at most 120 months
 */
public record Months(YearMonth from, YearMonth through) {
    private static final int MOST = 120;
    private static final Pattern QUARTER = Pattern.compile("(\\d{4})-Q([1-4])");
    private static final Pattern YEAR = Pattern.compile("\\d{4}");

    public Months {
        if (through.isBefore(from) || !through.isBefore(from.plusMonths(MOST))) {
            throw new IllegalArgumentException(from + " to " + through + " is not a range of 1 to " + MOST + " months");
        }
    }

    /**
     * Reads a month ({@code 2026-11}), a quarter ({@code 2026-Q4}), a year ({@code 2026}) or two of them with two dots between
     * ({@code 2026-Q3..2026-11}).
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Months parse(String text) {
        int dots = text.indexOf("..");
        return dots < 0
                ? one(text)
                : new Months(one(text.substring(0, dots)).from, one(text.substring(dots + 2)).through);
    }

    private static Months one(String text) {
        Matcher quarter = QUARTER.matcher(text);
        if (quarter.matches()) {
            YearMonth first = YearMonth.of(Integer.parseInt(quarter.group(1)), 3 * Integer.parseInt(quarter.group(2)) - 2);
            return new Months(first, first.plusMonths(2));
        }
        if (YEAR.matcher(text).matches()) {
            YearMonth first = YearMonth.of(Integer.parseInt(text), 1);
            return new Months(first, first.plusMonths(11));
        }
        try {
            YearMonth month = YearMonth.parse(text);
            return new Months(month, month);
        } catch (DateTimeException notAMonth) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a month (2026-11), a quarter (2026-Q4) or a year (2026)", notAMonth);
        }
    }

    public boolean contains(YearMonth month) {
        return !month.isBefore(from) && !month.isAfter(through);
    }

    public List<YearMonth> list() {
        List<YearMonth> months = new ArrayList<>();
        for (YearMonth month = from; !month.isAfter(through); month = month.plusMonths(1)) {
            months.add(month);
        }
        return months;
    }

    /** {@code 2026-11} or {@code 2026-10..2026-12}. */
    @Override
    public String toString() {
        return from.equals(through) ? from.toString() : from + ".." + through;
    }
}
