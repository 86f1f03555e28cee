package cn.jingshu.products.lending.rate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The loan prime rates (贷款市场报价利率, LPR) on record, by month. The 全国银行间同业拆借中心 publishes them on the 20th of
 * each month, or the working day after it (中国人民银行公告〔2019〕第15号). A month that is not on record is an error that
 * names it.
 */
public final class LprHistory {
    private static final String RESOURCE = "/reference/lending/lpr.csv";
    private static final int PUBLICATION_DAY = 20;
    private final TreeMap<YearMonth, LprQuote> quotes = new TreeMap<>();

    /** @throws IllegalArgumentException if two quotes are of one month, or there is none */
    public LprHistory(List<LprQuote> quotes) {
        for (LprQuote quote : quotes) {
            if (this.quotes.putIfAbsent(YearMonth.from(quote.publishedOn()), quote) != null) {
                throw new IllegalArgumentException("two LPR quotes of " + YearMonth.from(quote.publishedOn()));
            }
        }
        if (quotes.isEmpty()) {
            throw new IllegalArgumentException("no LPR quote");
        }
    }

    /**
     * The months the product brings, and those of a file of the same form: {@code published,lpr_1y_pct,lpr_5y_plus_pct}. A month
     * in both must be the same in both.
     *
     * @throws IllegalArgumentException if the file cannot be read or contradicts, in one sentence
     */
    public static LprHistory load(@Nullable Path further) {
        TreeMap<LocalDate, LprQuote> all = new TreeMap<>();
        try (InputStream in = Objects.requireNonNull(LprHistory.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            read(new InputStreamReader(in, StandardCharsets.UTF_8), RESOURCE).forEach(quote -> all.put(quote.publishedOn(), quote));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        if (further != null) {
            try (Reader in = Files.newBufferedReader(further, StandardCharsets.UTF_8)) {
                for (LprQuote quote : read(in, further.toString())) {
                    LprQuote known = all.putIfAbsent(quote.publishedOn(), quote);
                    if (known != null && !known.equals(quote)) {
                        throw new IllegalArgumentException(further + " contradicts the LPR of " + quote.publishedOn() + " on record.");
                    }
                }
            } catch (IOException unreadable) {
                throw new IllegalArgumentException("The file of LPR quotes " + further + " cannot be read.", unreadable);
            }
        }
        return new LprHistory(List.copyOf(all.values()));
    }

    private static List<LprQuote> read(Reader in, String where) throws IOException {
        List<LprQuote> quotes = new ArrayList<>();
        BufferedReader lines = new BufferedReader(in);
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (number == 1 || line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.strip().split(",", -1);
            try {
                quotes.add(new LprQuote(LocalDate.parse(parts[0]), percent(parts[1]), percent(parts[2])));
            } catch (DateTimeException | IllegalArgumentException | ArrayIndexOutOfBoundsException wrong) {
                throw new IllegalArgumentException("Line " + number + " of " + where + " is no LPR quote.", wrong);
            }
        }
        return quotes;
    }

    private static BigDecimal percent(String text) {
        return new BigDecimal(text.strip()).movePointLeft(2).stripTrailingZeros();
    }

    public List<LprQuote> quotes() {
        return List.copyOf(quotes.values());
    }

    /** The newest quote on record. */
    public LprQuote newest() {
        return Objects.requireNonNull(quotes.lastEntry()).getValue();
    }

    /**
     * The rate in force on a day: the last one published on or before it.
     *
     * @throws MissingLprException naming the month whose quote would say so and is not on record
     */
    public BigDecimal on(LocalDate day, LprTenor tenor) {
        return quoteOn(day).rate(tenor);
    }

    /** The quote in force on a day. @throws MissingLprException as {@link #on} */
    public LprQuote quoteOn(LocalDate day) {
        YearMonth month = YearMonth.from(day);
        LprQuote own = quotes.get(month);
        if (own != null && !own.publishedOn().isAfter(day)) {
            return own;
        }
        if (own == null && day.getDayOfMonth() >= PUBLICATION_DAY) {
            throw new MissingLprException(month); // it may or may not have been published by then
        }
        LprQuote before = quotes.get(month.minusMonths(1));
        if (before == null) {
            throw new MissingLprException(month.minusMonths(1));
        }
        return before;
    }

    /**
     * The rates of a loan that follows the LPR with a spread.
     *
     * @param spread as a fraction, may be below zero
     * @param repricing when the rate is set anew
     * @param until the loan's last day
     * @param today repricings after this day are not known yet: the rate of this day is kept for them, and the path says so
     * @throws MissingLprException if a rate of the past is not on record
     */
    public RatePath path(LprTenor tenor, BigDecimal spread, LocalDate drawnOn, Repricing repricing, LocalDate until, LocalDate today) {
        List<RatePath.Step> steps = new ArrayList<>();
        BigDecimal rate = withSpread(on(drawnOn.isAfter(today) ? today : drawnOn, tenor), spread);
        steps.add(new RatePath.Step(LocalDate.MIN, rate));
        LocalDate assumedFrom = drawnOn.isAfter(today) ? drawnOn : null;
        for (LocalDate day : repricing.days(drawnOn, until)) {
            if (day.isAfter(today)) {
                // The first unknown repricing takes what stands today; the later ones would take the same.
                assumedFrom = assumedFrom == null ? day : assumedFrom;
            }
            BigDecimal next = withSpread(on(day.isAfter(today) ? today : day, tenor), spread);
            if (next.compareTo(rate) != 0) {
                steps.add(new RatePath.Step(day, next));
                rate = next;
            }
            if (day.isAfter(today)) {
                break;
            }
        }
        return new RatePath(steps, assumedFrom);
    }

    private static BigDecimal withSpread(BigDecimal rate, BigDecimal spread) {
        return rate.add(spread).max(BigDecimal.ZERO);
    }

    /** When a floating rate is set anew. */
    public enum Repricing {
        /** Never: the rate of the first day stays. */
        NONE {
            @Override
            List<LocalDate> days(LocalDate drawnOn, LocalDate until) {
                return List.of();
            }
        },
        /** Each 1 January. */
        EACH_JANUARY {
            @Override
            List<LocalDate> days(LocalDate drawnOn, LocalDate until) {
                List<LocalDate> days = new ArrayList<>();
                for (LocalDate day = LocalDate.of(drawnOn.getYear() + 1, 1, 1); day.isBefore(until); day = day.plusYears(1)) {
                    days.add(day);
                }
                return days;
            }
        },
        /** Each year on the day the loan was drawn. */
        EACH_ANNIVERSARY {
            @Override
            List<LocalDate> days(LocalDate drawnOn, LocalDate until) {
                return every(12, drawnOn, until);
            }
        },
        /** Each quarter, counted from the day the loan was drawn: the shortest a housing loan may have. */
        EACH_QUARTER {
            @Override
            List<LocalDate> days(LocalDate drawnOn, LocalDate until) {
                return every(3, drawnOn, until);
            }
        };

        abstract List<LocalDate> days(LocalDate drawnOn, LocalDate until);

        private static List<LocalDate> every(int months, LocalDate drawnOn, LocalDate until) {
            List<LocalDate> days = new ArrayList<>();
            long last = ChronoUnit.MONTHS.between(drawnOn, until);
            for (long month = months; month <= last; month += months) {
                LocalDate day = drawnOn.plusMonths(month);
                if (day.isBefore(until)) {
                    days.add(day);
                }
            }
            return days;
        }
    }

    /** Months between the first and the last on record that are missing, in order. */
    public List<YearMonth> gaps() {
        List<YearMonth> gaps = new ArrayList<>();
        for (YearMonth month = quotes.firstKey(); month.isBefore(quotes.lastKey()); month = month.plusMonths(1)) {
            if (!quotes.containsKey(month)) {
                gaps.add(month);
            }
        }
        return gaps;
    }
}
