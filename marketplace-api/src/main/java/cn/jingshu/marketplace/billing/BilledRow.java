package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import io.micronaut.core.annotation.Introspected;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What several months billed for one {@link ChargeKey}, as PostgreSQL adds it up, and what its first line was reckoned by. */
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
        long shadowFen,
        UUID firstId,
        String terms,
        String monthShare,
        @Nullable UUID ceilingId,
        @Nullable BigDecimal ceilingFen,
        long ceilingMonthFen,
        long refundedFen) {

    ChargeKey key() {
        return new ChargeKey(YearMonth.from(usagePeriod), subscriptionId, organisationId, productCode, operation,
                purpose, unit, tariffId);
    }

    Rating.Billed billed() {
        return new Rating.Billed(quantity, Money.ofFen(amountFen), Money.ofFen(shadowFen), firstId,
                ChargeRow.basis(terms, monthShare, ceilingId, ceilingFen, ceilingMonthFen), Money.ofFen(refundedFen));
    }
}
