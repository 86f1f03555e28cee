package cn.jingshu.products.lending;

import cn.jingshu.products.lending.rate.LprHistory;
import cn.jingshu.products.lending.rate.LprTenor;
import cn.jingshu.products.lending.rate.MissingLprException;
import cn.jingshu.products.lending.v1.LprRate;
import cn.jingshu.products.lending.v1.Rate;
import cn.jingshu.products.spi.CallFacts;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;

/** What several operations read of a request. */
final class Requests {
    private Requests() {}

    static LocalDate today(CallFacts facts) {
        return LocalDate.ofInstant(facts.occurredAt(), LendingProduct.ZONE);
    }

    /** A day as {@code 2026-01-31}, within reason. */
    static LocalDate day(String field, String text) {
        try {
            LocalDate day = LocalDate.parse(text);
            if (day.getYear() < 1950 || day.getYear() > 2200) {
                throw RefusedException.invalid(field, "日期须在 1950 年至 2200 年之间", "must be between 1950 and 2200");
            }
            return day;
        } catch (DateTimeException wrong) {
            throw RefusedException.invalid(field, "须为日期,如 2026-01-31", "must be a date such as 2026-01-31");
        }
    }

    /** One of the two kinds of rate; the contract allows no more. */
    static void requireOne(Rate rate) {
        if (rate.getKindCase() == Rate.KindCase.KIND_NOT_SET) {
            throw RefusedException.invalid("rate", "须给出 annualPercent 或 lpr", "give annualPercent or lpr");
        }
    }

    /** Per cent as a fraction, as the caller wrote it. */
    static BigDecimal fraction(double percent) {
        return BigDecimal.valueOf(percent).movePointLeft(2);
    }

    static BigDecimal spread(LprRate rate) {
        return BigDecimal.valueOf(rate.getSpreadBasisPoints()).movePointLeft(4);
    }

    static LprTenor tenor(LprRate rate, int months) {
        return switch (rate.getTenor()) {
            case ONE_YEAR -> LprTenor.ONE_YEAR;
            case OVER_FIVE_YEARS -> LprTenor.OVER_FIVE_YEARS;
            case LPR_TENOR_UNSPECIFIED, UNRECOGNIZED -> LprTenor.forMonths(months);
        };
    }

    /** The rate on a day; as a fraction. */
    static BigDecimal rateOn(Rate rate, int months, LocalDate day, LprHistory lpr) {
        requireOne(rate);
        if (rate.hasAnnualPercent()) {
            return fraction(rate.getAnnualPercent());
        }
        try {
            return lpr.on(day, tenor(rate.getLpr(), months)).add(spread(rate.getLpr())).max(BigDecimal.ZERO);
        } catch (MissingLprException missing) {
            throw missing(missing);
        }
    }

    static RefusedException missing(MissingLprException missing) {
        return RefusedException.notFound(
                "未收录 " + missing.month() + " 的贷款市场报价利率,不以其他月份代替;可改用固定利率。",
                "The loan prime rate of " + missing.month() + " is not on record and no other month's stands in for it; a fixed rate can be given.");
    }
}
