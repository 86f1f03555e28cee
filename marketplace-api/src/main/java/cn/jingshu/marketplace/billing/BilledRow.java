package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import io.micronaut.core.annotation.Introspected;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What several months billed for one {@link ChargeKey}, as PostgreSQL adds it up. */
@Introspected
record BilledRow(
        LocalDate usagePeriod,
        UUID subscriptionId,
        UUID organisationId,
        String productCode,
        String operation,
        String purpose,
        String unit,
        @Nullable UUID tariffId,
        long quantity,
        long amountFen,
        BigDecimal fenPerUnit,
        @Nullable BigDecimal ceilingFen) {

    ChargeKey key() {
        return new ChargeKey(YearMonth.from(usagePeriod), subscriptionId, organisationId, productCode, operation,
                purpose, unit, tariffId);
    }

    Rating.Billed billed() {
        return new Rating.Billed(quantity, Money.ofFen(amountFen), new UnitPrice(fenPerUnit),
                ceilingFen == null ? null : new UnitPrice(ceilingFen));
    }
}
