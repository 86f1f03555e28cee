package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.pricing.CeilingFindings;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceBook.Forbidden;
import cn.jingshu.marketplace.pricing.PriceFault;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.MarketBeans;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.usage.LiveUsage;
import cn.jingshu.metering.usage.Usage;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.v1.Charging;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.echo.EchoProduct;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A product that was paid for, and whose contract says from some moment on that it is free: each call is rated by what held when it came. */
class FreeByContractIT {
    private static final YearMonth DECEMBER = YearMonth.of(2026, 12);
    private static final Instant BEGINS = new BillingPeriod(DECEMBER).start();
    private static final Instant SAID = BEGINS.plus(Duration.ofDays(9)).plusNanos(123_456_000);
    private static final Instant DEARER = BEGINS.plus(Duration.ofDays(19));
    private static final UUID SUBSCRIPTION = DemoMarket.subscription("BANK", "echo-paid");

    private final DemoMarket market = new DemoMarket();
    private final Contracts before = Contracts.of(List.of(new EchoProduct()));
    private final PriceBook prices = new PriceBook(market.database, market.clock, () -> before);
    private long sequence;

    /** The contract of the product, saying what it may be charged for. */
    private static Contracts saying(Charging charging) throws DescriptorValidationException {
        ServiceDescriptor service = new EchoProduct().contract();
        FileDescriptorProto.Builder file = service.getFile().toProto().toBuilder();
        var options = file.getServiceBuilder(0).getOptionsBuilder();
        options.setExtension(ContractOptionsProto.product, options.getExtension(ContractOptionsProto.product).toBuilder().setCharging(charging).build());
        return Contracts.described(List.of(FileDescriptor.buildFrom(file.build(), service.getFile().getDependencies().toArray(FileDescriptor[]::new))
                .getServices().getFirst()));
    }

    private void used(Instant at, long units) {
        MarketDatabase.execute(market.dataSource, """
                INSERT INTO metering.usage_event (event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
                       purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol)
                VALUES (gen_random_uuid(), '%s', 'node-a', %d, '%s', gen_random_uuid(), 'echo', 'Echo', 'INDUSTRY', 'ANSWERED', 'CALL', %d, 200, 5, 6, 'r',
                        false, 'REST')
                """.formatted(at, ++sequence, SUBSCRIPTION, units));
    }

    private UUID priced(String fen, Instant from) {
        UUID id = UUID.randomUUID();
        assertThat(prices.save(new PriceBook.Proposal(id, "echo", PriceBook.EVERY_OPERATION, Purpose.INDUSTRY, new Tariff.PerUnit(UnitPrice.ofFen(fen)),
                from, market.clock.instant(), DemoMarket.person("OPERATOR"), DemoMarket.person("AUTHORITY")))).isInstanceOf(PriceBook.Outcome.Saved.class);
        return id;
    }

    private List<Forbidden> end(Contracts contracts) {
        PriceBook book = new PriceBook(market.database, market.clock, () -> contracts);
        return market.database.inTransaction(book::endForbidden);
    }

    @Test
    void callsFromThenOnCostNothingAndThoseBeforeWhatTheyCost() throws Exception {
        MeteringSchema.migrate(market.dataSource);
        MarketDatabase.execute(market.dataSource, "SELECT metering.ensure_usage_partition(date '2026-12-01')");
        UUID cheap = priced("0.06", BEGINS);
        UUID dearer = priced("0.08", DEARER);
        market.turnClockBy(Duration.between(market.clock.instant(), SAID));
        assertThat(end(before)).as("nobody says so").isEmpty();

        Contracts free = saying(Charging.FREE_ONLY);
        assertThat(end(free)).as("what holds and what is to come, and not what was replaced").extracting(each -> each.tariff().id())
                .containsExactlyInAnyOrder(cheap, dearer);
        assertThat(end(free)).as("once").isEmpty();
        PriceBook book = new PriceBook(market.database, market.clock, () -> free);
        assertThat(book.listForbidden()).isEmpty();
        PriceList list = book.priceList("echo");
        assertThat(list.priceAt("Echo", Purpose.INDUSTRY, SAID.minusNanos(1_000))).map(PublishedTariff::id).contains(cheap);
        for (Instant later : List.of(SAID, DEARER.minusNanos(1_000), DEARER, DEARER.plus(Duration.ofDays(400)))) {
            assertThat(list.priceAt("Echo", Purpose.INDUSTRY, later)).as("at %s", later).hasValueSatisfying(found -> {
                assertThat(found.tariff()).isEqualTo(new Tariff.Free());
                assertThat(found.saidByVersion()).isEqualTo(1);
            });
            assertThat(list.dearest("Echo", Purpose.INDUSTRY, null, later, Instant.MAX)).as("a hard budget is not asked").isEqualTo(
                    list.dearest("Echo", Purpose.PUBLIC_INTEREST, null, later, Instant.MAX));
        }

        used(BEGINS, 1_000);
        used(SAID.minusNanos(1_000), 500);
        used(SAID, 70);
        used(DEARER, 8);
        used(DEARER.plus(Duration.ofDays(1)), 1);
        market.turnClockBy(Duration.ofDays(25));
        try (MarketBeans beans = market.beans()) {
            MonthUsage months = new MonthUsage(new Usage(market.dataSource), new LiveUsage(market.dataSource), book, beans.get(Subscriptions.class),
                    beans.get(Subscribers.class), beans.get(CeilingFindings.class));
            Map<UUID, Charge> lines = Rating.rate(DECEMBER, months.of(DECEMBER), Map.of(), Portion.parse("6/100")).stream()
                    .collect(Collectors.toMap(line -> java.util.Objects.requireNonNull(line.key().tariffId()), line -> line));
            Charge paid = java.util.Objects.requireNonNull(lines.remove(cheap));
            assertThat(paid.quantity()).isEqualTo(1_500);
            assertThat(paid.amount()).isEqualTo(new Money(90));
            assertThat(lines).as("no line of the dearer price").doesNotContainKey(dearer).hasSize(2);
            assertThat(lines.values()).allSatisfy(line -> assertThat(line.amount()).isEqualTo(Money.ZERO));
            assertThat(lines.values().stream().mapToLong(Charge::quantity)).containsExactlyInAnyOrder(70L, 9L);
        }
    }

    /** Who chose a plan of its own goes on paying for it; everybody else does not. */
    @Test
    void whereOnlyPlansMayBePricedThePriceForEveryoneEnds() throws Exception {
        UUID everyone = priced("0.06", market.clock.instant().plusSeconds(1));
        UUID ofPlan = UUID.randomUUID();
        assertThat(prices.save(new PriceBook.Proposal(ofPlan, "echo", PriceBook.EVERY_OPERATION, Purpose.INDUSTRY, new Tariff.PerUnit(UnitPrice.ofFen("0.04")),
                "echo-paid", false, market.clock.instant(), market.clock.instant(), DemoMarket.person("OPERATOR"), DemoMarket.person("AUTHORITY"))))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
        market.turnClockBy(Duration.ofMinutes(1));
        assertThat(end(saying(Charging.PLANS_ONLY))).singleElement().satisfies(each -> {
            assertThat(each.tariff().id()).isEqualTo(everyone);
            assertThat(each.fault()).isEqualTo(PriceFault.FREE_BUT_FOR_PLANS);
        });
        PriceList list = prices.priceList("echo");
        Instant now = market.clock.instant();
        assertThat(list.priceAt("Echo", Purpose.INDUSTRY, "echo-paid", now)).map(PublishedTariff::id).contains(ofPlan);
        assertThat(list.priceAt("Echo", Purpose.INDUSTRY, now)).map(PublishedTariff::tariff).contains(new Tariff.Free());
        assertThat(MarketDatabase.texts(market.dataSource, "SELECT detail ->> 'free' FROM market.audit_log WHERE action = 'price.end' AND subject_id = '"
                + everyone + "'")).hasSize(1);
    }
}
