package cn.jingshu.products.domain.masking;

import cn.jingshu.products.domain.ResourceTable.Column;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps by which one column is made coarser, from its values as they are (level 0) to one value for all ({@link #top}):
 * numbers to bands of a thirty-second and an eighth of their spread, days to month, year and decade, area codes to district
 * and province, other texts and truth values to nothing at all. A coarse value is still one of the column's type.
 */
public final class Generalisation {
    private static final int AREA_CODE = 6;

    private final Column column;
    private final @Nullable String constant;
    private final BigDecimal spread;
    private final boolean areas;

    private Generalisation(Column column, @Nullable String constant, BigDecimal spread, boolean areas) {
        this.column = column;
        this.constant = constant;
        this.spread = spread;
        this.areas = areas;
    }

    /** @param values all the column holds, as text; null: empty */
    public static Generalisation of(Column column, Collection<@Nullable String> values) {
        Optional<String> any = values.stream().filter(Objects::nonNull).map(Objects::requireNonNull).findFirst();
        BigDecimal spread = BigDecimal.ZERO;
        String constant = any.orElse(null);
        switch (column.type()) {
            case INTEGER, DECIMAL -> {
                BigDecimal least = null;
                BigDecimal greatest = null;
                for (String value : values) {
                    if (value != null) {
                        BigDecimal number = new BigDecimal(value);
                        least = least == null || number.compareTo(least) < 0 ? number : least;
                        greatest = greatest == null || number.compareTo(greatest) > 0 ? number : greatest;
                    }
                }
                if (least != null && greatest != null) {
                    spread = greatest.subtract(least);
                    constant = floor(least.add(spread.divide(BigDecimal.TWO, MathContext.DECIMAL64)), band(spread, 8)).toPlainString();
                }
            }
            case DATE -> constant = any.map(_ -> "2000-01-01").orElse(null);
            case TIMESTAMP -> constant = any.map(_ -> "2000-01-01T00:00:00Z").orElse(null);
            case TEXT -> constant = any.map(_ -> "*").orElse(null);
            case BOOLEAN -> constant = any.map(_ -> "false").orElse(null);
        }
        if (column.required() && constant == null) {
            constant = "*"; // of a column without rows, so never written
        }
        boolean areas = values.stream().allMatch(value -> value == null || value.matches("[0-9]{" + AREA_CODE + "}"));
        return new Generalisation(column, column.required() ? constant : null, spread, areas);
    }

    /** The level at which all values are one. */
    public int top() {
        return switch (column.type()) {
            case INTEGER, DECIMAL -> 3;
            case DATE, TIMESTAMP -> 4;
            case TEXT -> areas ? 3 : 1;
            case BOOLEAN -> 1;
        };
    }

    /** A value at a level from 0 to {@link #top}; null stays null. */
    public @Nullable String at(int level, @Nullable String value) {
        if (level >= top()) {
            return constant;
        }
        if (value == null || level <= 0) {
            return value;
        }
        return switch (column.type()) {
            case INTEGER -> whole(floor(new BigDecimal(value), band(spread, level == 1 ? 32 : 8)));
            case DECIMAL -> floor(new BigDecimal(value), band(spread, level == 1 ? 32 : 8)).toPlainString();
            case DATE -> day(level, LocalDate.parse(value)).toString();
            case TIMESTAMP -> day(level, LocalDate.parse(value.substring(0, 10))) + "T00:00:00Z";
            case TEXT -> level == 1 ? value.substring(0, 4) + "00" : value.substring(0, 2) + "0000";
            case BOOLEAN -> value;
        };
    }

    private static LocalDate day(int level, LocalDate day) {
        return switch (level) {
            case 1 -> YearMonth.from(day).atDay(1);
            case 2 -> LocalDate.of(day.getYear(), 1, 1);
            default -> LocalDate.of(Math.floorDiv(day.getYear(), 10) * 10, 1, 1);
        };
    }

    private static BigDecimal floor(BigDecimal value, BigDecimal band) {
        return value.divide(band, 0, RoundingMode.FLOOR).multiply(band);
    }

    private static String whole(BigDecimal value) {
        return value.setScale(0, RoundingMode.FLOOR).toPlainString();
    }

    /** A width of 1, 2 or 5 times a power of ten that parts the spread into at most so many bands; 1 where there is no spread. */
    private static BigDecimal band(BigDecimal spread, int bands) {
        if (spread.signum() == 0) {
            return BigDecimal.ONE;
        }
        BigDecimal width = spread.divide(BigDecimal.valueOf(bands), MathContext.DECIMAL64);
        BigDecimal ten = BigDecimal.ONE.scaleByPowerOfTen(width.precision() - width.scale() - 1);
        for (int times : new int[] {1, 2, 5}) {
            BigDecimal nice = ten.multiply(BigDecimal.valueOf(times));
            if (nice.compareTo(width) >= 0) {
                return nice;
            }
        }
        return ten.multiply(BigDecimal.TEN);
    }
}
