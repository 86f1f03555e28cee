package cn.jingshu.marketplace.billing;

import io.micronaut.core.convert.ConversionContext;
import io.micronaut.data.model.runtime.convert.AttributeConverter;
import jakarta.inject.Singleton;
import java.sql.Date;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/** A month as a column of type {@code date}: its first day. */
@Singleton
final class MonthColumn implements AttributeConverter<YearMonth, Date> {
    @Override
    public @Nullable Date convertToPersistedValue(@Nullable YearMonth month, ConversionContext context) {
        return month == null ? null : Date.valueOf(month.atDay(1));
    }

    @Override
    public @Nullable YearMonth convertToEntityValue(@Nullable Date firstDay, ConversionContext context) {
        return firstDay == null ? null : YearMonth.from(firstDay.toLocalDate());
    }
}
