package cn.jingshu.products.domain.load;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The value of a record by which a source is read on: a whole number, a date, or a time with or without its offset. Values of one form are in an order; the
 * text stays as the source wrote it.
 *
 * @param form values of two forms cannot be compared
 * @param order greater for newer ones, of the same form
 */
record NewestValue(String text, Form form, long order, int nanos) implements Comparable<NewestValue> {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern TIME = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{5,18}(Z|[+-][0-9:]{5,9})?");
    private static final Pattern OFFSET = Pattern.compile(".*(Z|[+-][0-9:]{5,9})");

    /** How a value is written. */
    enum Form { NUMBER, DATE, LOCAL_TIME, TIME }

    /** Empty: it is of no such form. */
    static Optional<NewestValue> read(String text) {
        try {
            if (NUMBER.matcher(text).matches()) {
                return Optional.of(new NewestValue(text, Form.NUMBER, Long.parseLong(text), 0));
            }
            if (DATE.matcher(text).matches()) {
                return Optional.of(new NewestValue(text, Form.DATE, LocalDate.parse(text).toEpochDay(), 0));
            }
            if (!TIME.matcher(text).matches()) {
                return Optional.empty();
            }
            String iso = text.replace(' ', 'T');
            if (OFFSET.matcher(iso.substring(11)).matches()) {
                OffsetDateTime time = OffsetDateTime.parse(iso);
                return Optional.of(new NewestValue(text, Form.TIME, time.toEpochSecond(), time.getNano()));
            }
            OffsetDateTime time = LocalDateTime.parse(iso).atOffset(ZoneOffset.UTC); // the same offset for all, so that they are in an order
            return Optional.of(new NewestValue(text, Form.LOCAL_TIME, time.toEpochSecond(), time.getNano()));
        } catch (DateTimeException noSuchMoment) {
            return Optional.empty();
        }
    }

    /** Whether it names a day or moment after {@code moment}, a time without offset read as one of UTC; never true of a number. */
    boolean isAfter(Instant moment) {
        return switch (form) {
            case NUMBER -> false;
            case DATE -> order * 86_400 > moment.getEpochSecond();
            case LOCAL_TIME, TIME -> order > moment.getEpochSecond();
        };
    }

    /** What is sent to the source: the value, or an earlier one by an overlap. */
    String asked(Duration overlap) {
        if (overlap.isZero()) {
            return text;
        }
        String iso = text.replace(' ', 'T');
        return switch (form) {
            case NUMBER -> text;
            case DATE -> LocalDate.parse(text).minusDays((overlap.toSeconds() + 86_399) / 86_400).toString();
            case LOCAL_TIME -> written(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(LocalDateTime.parse(iso).minus(overlap)));
            case TIME -> written(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(OffsetDateTime.parse(iso).minus(overlap)));
        };
    }

    private String written(String iso) {
        return text.indexOf(' ') > 0 ? iso.replace('T', ' ') : iso;
    }

    /** @throws IllegalArgumentException if {@code other} is of another form */
    @Override
    public int compareTo(NewestValue other) {
        if (form != other.form) {
            throw new IllegalArgumentException("values of two forms cannot be compared");
        }
        int seconds = Long.compare(order, other.order);
        return seconds != 0 ? seconds : Integer.compare(nanos, other.nanos);
    }
}
