package cn.jingshu.marketplace.billing;

import io.micronaut.core.convert.ConversionContext;
import io.micronaut.data.model.runtime.convert.AttributeConverter;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/** A month as a column of type {@code date}: its first day. */
@Singleton
final class MonthColumn implements AttributeConverter<YearMonth, LocalDate> {
    @Override
    public @Nullable LocalDate convertToPersistedValue(@Nullable YearMonth month, ConversionContext context) {
        return month == null ? null : month.atDay(1);
    }

    @Override
    public @Nullable YearMonth convertToEntityValue(@Nullable LocalDate firstDay, ConversionContext context) {
        return firstDay == null ? null : YearMonth.from(firstDay);
    }
}
