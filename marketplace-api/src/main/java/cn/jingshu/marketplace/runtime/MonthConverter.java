package cn.jingshu.marketplace.runtime;

import java.time.DateTimeException;
import java.time.YearMonth;
import picocli.CommandLine;

/** Reads {@code 2026-11}. */
final class MonthConverter implements CommandLine.ITypeConverter<YearMonth> {
    @Override
    public YearMonth convert(String text) {
        try {
            return YearMonth.parse(text);
        } catch (DateTimeException notAMonth) {
            throw new CommandLine.TypeConversionException("'" + text + "' is not a month such as 2026-11");
        }
    }
}
