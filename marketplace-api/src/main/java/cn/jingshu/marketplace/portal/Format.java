package cn.jingshu.marketplace.portal;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How figures look on a page. Nothing here rounds money or a price: what cannot be shown exactly is not formatted. */
final class Format {
    static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(SHANGHAI);
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(SHANGHAI);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(SHANGHAI);
    private static final DateTimeFormatter MONTH_EN = DateTimeFormatter.ofPattern("MMMM uuuu", Locale.ENGLISH);

    private Format() {}

    /** {@code 123456} fen as {@code ¥1,234.56}; below zero the sign stands first. */
    static String yuan(long fen) {
        BigDecimal yuan = BigDecimal.valueOf(fen, 2);
        return (fen < 0 ? "-¥" : "¥") + String.format(Locale.ROOT, "%,.2f", yuan.abs());
    }

    /**
     * A price of one unit in yuan, exact: at least two decimals, and as many more as the price has.
     *
     * @param fenPerUnit price in fen with at most six decimals, so in yuan with at most eight
     */
    static String price(BigDecimal fenPerUnit) {
        BigDecimal yuan = fenPerUnit.movePointLeft(2).stripTrailingZeros();
        BigDecimal shown = yuan.scale() < 2 ? yuan.setScale(2) : yuan;
        return (shown.signum() < 0 ? "-¥" : "¥") + shown.abs().toPlainString();
    }

    /** {@code 1234567} as {@code 1,234,567}. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** {@code part} of {@code whole} as {@code 30.0 %}; a dash where the whole is not above zero. */
    static String percent(long part, long whole) {
        if (whole <= 0) {
            return "–";
        }
        return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
    }

    /** To the second in Asia/Shanghai. */
    static String time(Instant moment) {
        return SECOND.format(moment);
    }

    /** To the minute in Asia/Shanghai. */
    static String minute(Instant moment) {
        return MINUTE.format(moment);
    }

    /** The time of day in Asia/Shanghai. */
    static String clock(Instant moment) {
        return CLOCK.format(moment);
    }

    static String date(LocalDate day) {
        return day.toString();
    }

    static String month(YearMonth month, Lang lang) {
        return switch (lang) {
            case ZH_CN -> month.getYear() + "年" + month.getMonthValue() + "月";
            case EN -> MONTH_EN.format(month);
        };
    }
}
