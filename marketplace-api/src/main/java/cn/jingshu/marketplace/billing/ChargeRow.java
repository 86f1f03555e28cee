package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.TariffJson;
import io.micronaut.data.annotation.Id;
import io.micronaut.data.annotation.MappedEntity;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A {@link Charge} as it is stored, column by column; a month is its first day, an amount whole fen. */
@MappedEntity(schema = "market", value = "charge")
record ChargeRow(
        @Id UUID id,
        LocalDate period,
        LocalDate usagePeriod,
        UUID subscriptionId,
        UUID organisationId,
        String productCode,
        String operation,
        String purpose,
        String unit,
        @Nullable UUID tariffId,
        BigDecimal fenPerUnit,
        @Nullable BigDecimal ceilingFen,
        long quantity,
        long amountFen,
        long vatFen,
        String terms,
        String monthShare,
        long totalQuantity,
        @Nullable UUID ceilingId,
        long ceilingMonthFen,
        @Nullable UUID corrects,
        long shadowFen) {

    Charge toCharge() {
        ChargeKey key = new ChargeKey(YearMonth.from(usagePeriod), subscriptionId, organisationId, productCode,
                operation, purpose, unit, tariffId);
        Basis basis = basis(terms, monthShare, ceilingId, ceilingFen, ceilingMonthFen);
        Ceiling limit = basis.ceiling();
        return new Charge(id, YearMonth.from(period), key, new UnitPrice(fenPerUnit),
                limit == null ? null : limit.perUnit(), quantity, Money.ofFen(amountFen), Money.ofFen(vatFen), basis,
                totalQuantity, corrects, Money.ofFen(shadowFen));
    }

    static Basis basis(String terms, String share, @Nullable UUID ceilingId, @Nullable BigDecimal ceilingFen,
            long ceilingMonthFen) {
        return new Basis(TariffJson.read(terms), MonthShare.parse(share), ceilingId,
                ceilingFen == null ? null : new Ceiling(new UnitPrice(ceilingFen), Money.ofFen(ceilingMonthFen)));
    }
}
