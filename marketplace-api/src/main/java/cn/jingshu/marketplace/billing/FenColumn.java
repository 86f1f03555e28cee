package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import io.micronaut.core.convert.ConversionContext;
import io.micronaut.data.model.runtime.convert.AttributeConverter;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** An amount as a column of type {@code bigint}: whole fen. */
@Singleton
final class FenColumn implements AttributeConverter<Money, Long> {
    @Override
    public @Nullable Long convertToPersistedValue(@Nullable Money amount, ConversionContext context) {
        return amount == null ? null : amount.fen();
    }

    @Override
    public @Nullable Money convertToEntityValue(@Nullable Long fen, ConversionContext context) {
        return fen == null ? null : Money.ofFen(fen);
    }
}
