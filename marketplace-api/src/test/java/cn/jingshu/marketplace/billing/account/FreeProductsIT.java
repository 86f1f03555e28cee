package cn.jingshu.marketplace.billing.account;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.health.v1.HealthProto;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who is told when a price ends because its product is free. */
class FreeProductsIT {
    private final DemoMarket market = new DemoMarket();
    private final Contracts contracts =
            Contracts.described(List.of(Objects.requireNonNull(HealthProto.getDescriptor().findServiceByName("HealthService"))));

    private FreeProducts free(Contracts said) {
        return new FreeProducts(new PriceBook(market.database, market.clock, () -> said), new Notifications(market.database, market.clock), market.database);
    }

    @Test
    void theOperatorIsToldOnceOfEachPriceThatEnds() {
        PriceBook before = new PriceBook(market.database, market.clock, () -> Contracts.of(List.of()));
        assertThat(before.save(new PriceBook.Proposal(UUID.randomUUID(), "health", "*", Purpose.INDUSTRY, new Tariff.PerUnit(UnitPrice.ofFen("1")), null, true,
                market.clock.instant(), market.clock.instant(), DemoMarket.person("OPERATOR"), DemoMarket.person("AUTHORITY"))))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(free(Contracts.of(List.of())).enter()).as("nobody says so").isZero();
        assertThat(free(contracts).enter()).isEqualTo(1);
        assertThat(free(contracts).enter()).as("a second start").isZero();
        assertThat(MarketDatabase.texts(market.dataSource, """
                SELECT o.name_en || ' ' || n.about FROM market.notification n JOIN market.organisation o ON o.id = n.organisation_id WHERE n.kind = 'PRICE_ENDED'
                """)).singleElement().satisfies(told -> assertThat(told).endsWith(" health"));
        assertThat(MarketDatabase.texts(market.dataSource, """
                SELECT CAST(said_by_version AS text) FROM market.tariff WHERE product_code = 'health' AND proposed_by IS NULL AND signed_by IS NULL
                """)).containsExactly("1");
    }
}
