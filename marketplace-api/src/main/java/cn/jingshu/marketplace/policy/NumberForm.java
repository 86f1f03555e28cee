package cn.jingshu.marketplace.policy;

import cn.jingshu.ledger.settlement.TreasuryBase;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.Period;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** What form the values of a number of policy have, by its name. */
enum NumberForm {
    /** An ISO 8601 period of years, months or days, such as {@code P3Y}. */
    PERIOD("期限,如 P3Y、P90D", "a period such as P3Y or P90D"),
    /** Working days, 1 to 250. */
    WORKING_DAYS("1 至 250 的整数", "a whole number from 1 to 250"),
    /** A share from 0 to 1, exact to six decimals. */
    SHARE("0 至 1 的小数,最多六位", "a decimal from 0 to 1, of six places at most"),
    /** An amount in yuan, exact to the fen. */
    YUAN("金额(元),最多两位小数", "an amount in yuan, of two places at most"),
    /** A whole number from 1 to 3,650. */
    WHOLE("1 至 3650 的整数", "a whole number from 1 to 3650"),
    /** A whole number from 2 to 1,000. */
    LEAST_K("2 至 1000 的整数", "a whole number from 2 to 1000"),
    /** Of what the treasury's portion is taken. */
    TREASURY_BASE("NET_PROFIT 或 NP_AFTER_LOSS_RESERVE", "NET_PROFIT or NP_AFTER_LOSS_RESERVE"),
    /** Years, 0 to 99. */
    YEARS("0 至 99 的整数", "a whole number from 0 to 99");

    private static final Pattern PLAIN = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,6})?");

    private final String zh;
    private final String en;

    NumberForm(String zh, String en) {
        this.zh = zh;
        this.en = en;
    }

    String zh() {
        return zh;
    }

    String en() {
        return en;
    }

    static NumberForm of(String name) {
        if (name.startsWith("retention.")) {
            return PERIOD;
        }
        if (name.startsWith("term.")) {
            return WORKING_DAYS;
        }
        if (name.equals(PolicyProposals.CHOICE + "TREASURY_BASE")) {
            return TREASURY_BASE;
        }
        if (name.startsWith(PolicyProposals.CHOICE)) {
            return YEARS;
        }
        if (name.startsWith(PolicyProposals.RATE) || name.equals("price.deviation") || name.equals("price.margin-points")
                || name.equals("sandbox.sample-most-unique")) {
            return SHARE;
        }
        if (name.equals("sandbox.sample-least-k")) {
            return LEAST_K;
        }
        return name.endsWith("-yuan") ? YUAN : WHOLE;
    }

    boolean fits(String value) {
        return switch (this) {
            case PERIOD -> period(value).isPresent();
            case WORKING_DAYS -> whole(value, 1, 250);
            case SHARE -> PLAIN.matcher(value).matches() && new BigDecimal(value).compareTo(BigDecimal.ONE) <= 0;
            case YUAN -> PLAIN.matcher(value).matches() && new BigDecimal(value).scale() <= 2;
            case WHOLE -> whole(value, 1, 3_650);
            case LEAST_K -> whole(value, 2, 1_000);
            case TREASURY_BASE -> Arrays.stream(TreasuryBase.values()).anyMatch(each -> each.name().equals(value));
            case YEARS -> whole(value, 0, 99);
        };
    }

    private static boolean whole(String value, int least, int most) {
        if (!value.matches("[0-9]{1,4}")) {
            return false;
        }
        int number = Integer.parseInt(value);
        return number >= least && number <= most;
    }

    /** A period of at most a century; empty: it is none. */
    static Optional<Period> period(String value) {
        try {
            Period period = Period.parse(value);
            LocalDate from = LocalDate.EPOCH;
            return value.equals(period.toString()) && !period.isNegative() && !from.plus(period).isAfter(from.plusYears(100)) ? Optional.of(period)
                    : Optional.empty();
        } catch (DateTimeException none) {
            return Optional.empty();
        }
    }
}
