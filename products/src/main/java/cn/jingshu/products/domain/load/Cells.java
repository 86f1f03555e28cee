package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable.Column;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;

/** Values as sources write them, read as values of columns. Moments without an offset are those of the city. */
final class Cells {
    private static final ZoneId CITY = ZoneId.of("Asia/Shanghai");
    private static final int MOST_DIGITS = 1_000;

    private static final DateTimeFormatter DASHES = strict("uuuu-M-d");
    private static final DateTimeFormatter SLASHES = strict("uuuu/M/d");
    private static final DateTimeFormatter CHINESE = strict("uuuu年M月d日");
    private static final DateTimeFormatter PLAIN = strict("uuuuMMdd");
    private static final DateTimeFormatter MOMENT = strict("uuuu-M-d H:mm[:ss][.SSSSSSSSS][.SSSSSS][.SSS]");

    private Cells() {}

    private static DateTimeFormatter strict(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    }

    /** A value as the domain writes it, or why it is none. */
    sealed interface Cell {
        record Value(String text) implements Cell {}

        record Unfit(RejectReason why) implements Cell {}
    }

    static Cell read(Column column, String raw) {
        if (raw.indexOf('\0') >= 0) {
            return new Cell.Unfit(RejectReason.HAS_NUL);
        }
        if (raw.length() > CsvSource.MOST_CHARACTERS) {
            return new Cell.Unfit(RejectReason.TOO_LONG);
        }
        return switch (column.type()) {
            case TEXT -> new Cell.Value(raw);
            case INTEGER -> of(integer(raw.strip()), RejectReason.NO_INTEGER);
            case DECIMAL -> of(decimal(raw.strip()), RejectReason.NO_DECIMAL);
            case BOOLEAN -> of(bool(raw.strip()), RejectReason.NO_BOOLEAN);
            case DATE -> of(date(raw.strip()).map(LocalDate::toString), RejectReason.NO_DATE);
            case TIMESTAMP -> of(moment(raw.strip()).map(Instant::toString), RejectReason.NO_TIMESTAMP);
        };
    }

    private static Cell of(Optional<String> read, RejectReason why) {
        return read.<Cell>map(Cell.Value::new).orElseGet(() -> new Cell.Unfit(why));
    }

    private static Optional<String> integer(String text) {
        try {
            return Optional.of(Long.toString(Long.parseLong(text)));
        } catch (NumberFormatException no) {
            return Optional.empty();
        }
    }

    private static Optional<String> decimal(String text) {
        try {
            BigDecimal number = text.length() > MOST_DIGITS ? null : new BigDecimal(text);
            // 1e999999999 is a short text and a long number.
            return number == null || Math.abs((long) number.scale()) > MOST_DIGITS || number.precision() > MOST_DIGITS
                    ? Optional.empty() : Optional.of(number.toPlainString());
        } catch (NumberFormatException | ArithmeticException no) {
            return Optional.empty();
        }
    }

    private static Optional<String> bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "t", "1", "y", "yes", "是" -> Optional.of("true");
            case "false", "f", "0", "n", "no", "否" -> Optional.of("false");
            default -> Optional.empty();
        };
    }

    private static Optional<LocalDate> date(String text) {
        String day = text.endsWith(" 00:00:00") ? text.substring(0, text.length() - 9) : text;
        for (DateTimeFormatter each : new DateTimeFormatter[] {DASHES, SLASHES, PLAIN, CHINESE}) {
            try {
                LocalDate date = LocalDate.parse(day, each);
                return date.getYear() < 1 || date.getYear() > 9_999 ? Optional.empty() : Optional.of(date);
            } catch (DateTimeException another) {
                // the next form may fit
            }
        }
        return Optional.empty();
    }

    private static Optional<Instant> moment(String text) {
        String iso = text.replace('T', ' ').replace('/', '-');
        try {
            return bounded(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException withoutOffset) {
            // read below as the city's own time
        }
        try {
            return bounded(LocalDateTime.parse(iso, MOMENT).atZone(CITY).toInstant());
        } catch (DateTimeException noTime) {
            return date(text).map(day -> day.atStartOfDay(CITY).toInstant());
        }
    }

    private static Optional<Instant> bounded(Instant moment) {
        return moment.isBefore(Instant.parse("0001-01-02T00:00:00Z")) || moment.isAfter(Instant.parse("9999-12-30T00:00:00Z"))
                ? Optional.empty() : Optional.of(moment);
    }
}
