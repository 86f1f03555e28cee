package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.LedgerSchema;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.billing.CostVouchers.CostVoucher;
import cn.jingshu.marketplace.billing.CostVouchers.Kind;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.pricing.CeilingFindings;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.MarketBeans;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.usage.LiveUsage;
import cn.jingshu.metering.usage.Usage;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.echo.EchoProduct;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class BillingStoreIT {
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final YearMonth DECEMBER = YearMonth.of(2026, 12);

    private final DemoMarket market = new DemoMarket();

    @AutoClose
    private final MarketBeans beans = market.beans();

    private static CostVoucher voucher(YearMonth month, Kind kind, @Nullable String product, @Nullable UUID merchant) {
        return new CostVoucher(UUID.randomUUID(), month, kind, product, merchant, Money.ofYuan("1200.50"),
                kind == Kind.MERCHANT_SERVICE ? Money.ZERO : Money.ofYuan("72.03"), "记-0001", "ab".repeat(32), "档案室 3-17", "服务器费用", "会计");
    }

    @Test
    void aVoucherIsReadAsItWasEnteredInItsMonthOnly() {
        LedgerSchema.migrate(market.dataSource);
        CostVouchers vouchers = beans.get(CostVouchers.class);
        CostVoucher shared = voucher(NOVEMBER, Kind.SHARED, null, null);
        CostVoucher service = voucher(
                NOVEMBER, Kind.MERCHANT_SERVICE, "transit", DemoMarket.organisation("TRANSIT_MERCHANT"));
        CostVoucher later = voucher(DECEMBER, Kind.DIRECT_PAID, "echo", null);
        for (CostVoucher voucher : List.of(shared, service, later, shared)) {
            assertThat(vouchers.enter(voucher)).isEmpty();
            market.turnClockBy(Duration.ofSeconds(1));
        }
        assertThat(vouchers.listOf(NOVEMBER)).containsExactly(shared, service);
        assertThat(vouchers.listOf(DECEMBER)).containsExactly(later);
        assertThat(vouchers.listOf(YearMonth.of(2027, 1))).isEmpty();
    }

    /** Costs are vouchers with documents; those of before the rule stay, and can be sent again. */
    @Test
    void fromDecemberOnACostComesWithItsDocument() {
        LedgerSchema.migrate(market.dataSource);
        CostVouchers vouchers = beans.get(CostVouchers.class);
        CostVoucher before = without(voucher(DECEMBER, Kind.SHARED, null, null));
        assertThat(vouchers.enter(before)).isEmpty();
        market.turnClockBy(Duration.between(market.clock.instant(), Instant.parse("2026-11-30T16:00:00Z")));
        for (Kind kind : List.of(Kind.SHARED, Kind.MERCHANT_SERVICE)) {
            CostVoucher whole = voucher(DECEMBER, kind, null, kind == Kind.SHARED ? null : DemoMarket.organisation("TRANSIT_MERCHANT"));
            assertThat(vouchers.enter(without(whole))).hasValueSatisfying(refused ->
                    assertThat(refused.fault()).isEqualTo(CostVouchers.Fault.DOCUMENT_MISSING));
            assertThat(vouchers.enter(whole)).isEmpty();
        }
        assertThat(vouchers.enter(before)).as("the same again").isEmpty();
        assertThat(vouchers.listOf(DECEMBER)).hasSize(3).contains(before);
        assertThat(booked(DECEMBER)).hasSize(2);
    }

    private static CostVoucher without(CostVoucher whole) {
        return new CostVoucher(UUID.randomUUID(), whole.month(), whole.kind(), whole.product(), whole.merchant(), whole.amount(), whole.inputVat(),
                whole.document(), null, null, whole.description(), whole.enteredBy());
    }

    private List<BookedEntry> booked(YearMonth month) {
        return beans.get(Journal.class).listEntries(month, 0, 100);
    }

    @Test
    void aUsedIdIsNoOtherVoucher() {
        LedgerSchema.migrate(market.dataSource);
        CostVouchers vouchers = beans.get(CostVouchers.class);
        CostVoucher service = voucher(NOVEMBER, Kind.MERCHANT_SERVICE, "transit", DemoMarket.organisation("TRANSIT_MERCHANT"));
        CostVoucher shared = voucher(NOVEMBER, Kind.SHARED, null, null);
        for (CostVoucher first : List.of(service, shared)) {
            assertThat(vouchers.enter(first)).isEmpty();
            UUID id = first.id();
            List<CostVoucher> others = List.of(
                    new CostVoucher(id, first.month(), first.kind(), first.product(), first.merchant(), Money.ofYuan("200"), first.inputVat(),
                            first.document(), first.documentSha256(), first.documentReference(), first.description(), "会计"),
                    new CostVoucher(id, first.month(), first.kind(), "echo", first.merchant(), first.amount(), first.inputVat(),
                            first.document(), first.documentSha256(), first.documentReference(), first.description(), "会计"),
                    new CostVoucher(id, first.month(), first.kind(), first.product(), first.merchant(), first.amount(), first.inputVat(),
                            first.document(), "cd".repeat(32), first.documentReference(), first.description(), "会计"),
                    new CostVoucher(id, first.month(), first.kind(), first.product(), first.merchant(), first.amount(), first.inputVat(),
                            first.document(), first.documentSha256(), "档案室 9", first.description(), "会计"),
                    new CostVoucher(id, DECEMBER, first.kind(), first.product(), first.merchant(), first.amount(), first.inputVat(),
                            first.document(), first.documentSha256(), first.documentReference(), first.description(), "会计"));
            for (CostVoucher other : others) {
                assertThat(vouchers.enter(other)).as(other.toString())
                        .hasValueSatisfying(refused -> assertThat(refused.fault()).isEqualTo(CostVouchers.Fault.ID_TAKEN));
            }
            CostVoucher colleague = new CostVoucher(id, first.month(), first.kind(), first.product(), first.merchant(), first.amount(),
                    first.inputVat(), first.document(), first.documentSha256(), first.documentReference(), first.description(), "出纳");
            assertThat(vouchers.enter(colleague)).as("the same cost").isEmpty();
        }
        assertThat(vouchers.listOf(NOVEMBER)).containsExactlyInAnyOrder(service, shared);
        assertThat(vouchers.listOf(DECEMBER)).isEmpty();
        assertThat(booked(NOVEMBER)).singleElement().satisfies(entry -> assertThat(entry.entry().entryId()).isEqualTo(shared.id()));
    }

    /** While a close begins, a cost waits for it; then it stands in the month's books and list, or in neither. */
    @Test
    void aCostThatIsRefusedBecauseACloseBeganIsNotInTheBooks() throws Exception {
        LedgerSchema.migrate(market.dataSource);
        CostVouchers vouchers = beans.get(CostVouchers.class);
        CostVoucher late = voucher(NOVEMBER, Kind.SHARED, null, null);
        try (Connection close = market.dataSource.getConnection(); Statement statement = close.createStatement();
                ExecutorService clerk = Executors.newSingleThreadExecutor()) {
            close.setAutoCommit(false);
            statement.execute("LOCK TABLE market.billing_period IN SHARE ROW EXCLUSIVE MODE");
            Future<Optional<CostVouchers.Refused>> entered = clerk.submit(() -> vouchers.enter(late));
            assertThatThrownBy(() -> entered.get(700, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            statement.execute("INSERT INTO market.billing_period (period, status, rated_at, closed_at) VALUES ('2026-11-01', 'RATED', now(), NULL)");
            close.commit();
            assertThat(entered.get(20, TimeUnit.SECONDS))
                    .hasValueSatisfying(refused -> assertThat(refused.fault()).isEqualTo(CostVouchers.Fault.CLOSE_BEGUN));
        }
        assertThat(vouchers.listOf(NOVEMBER)).isEmpty();
        assertThat(booked(NOVEMBER)).isEmpty();
        CostVoucher known = voucher(DECEMBER, Kind.SHARED, null, null);
        assertThat(vouchers.enter(known)).isEmpty();
        MarketDatabase.execute(market.dataSource,
                "INSERT INTO market.billing_period (period, status, rated_at, closed_at) VALUES ('2026-12-01', 'RATED', now(), NULL)");
        assertThat(vouchers.enter(known)).as("it stands already").isEmpty();
        assertThat(booked(DECEMBER)).hasSize(1);
    }

    @Test
    void aVoucherOfAnUnknownMerchantIsRefused() {
        CostVouchers vouchers = beans.get(CostVouchers.class);
        CostVoucher unknown = voucher(NOVEMBER, Kind.MERCHANT_SERVICE, "transit", UUID.randomUUID());
        assertThatThrownBy(() -> vouchers.enter(unknown))
                .isInstanceOfSatisfying(DatabaseException.class,
                        refused -> assertThat(refused.violates("cost_voucher_merchant_fk")).isTrue());
    }

    private static Charge charge(YearMonth month, YearMonth usageMonth, String party, String plan, long quantity) {
        boolean free = plan.endsWith("public");
        ChargeKey key = new ChargeKey(usageMonth, DemoMarket.subscription(party, plan), DemoMarket.organisation(party),
                "echo", "Echo", free ? "PUBLIC_INTEREST" : "INDUSTRY", "CALL", free ? null : DemoMarket.id("tariff", "echo"));
        return new Charge(UUID.randomUUID(), month, key, UnitPrice.ofFen(free ? "0" : "0.05"),
                free ? null : UnitPrice.ofFen("0.10"), quantity, Money.ofFen(free ? 0 : quantity / 20), Money.ZERO);
    }

    private static Rating.Billed billed(Charge line, long quantity, long fen) {
        return new Rating.Billed(quantity, Money.ofFen(fen), Money.ZERO, line.id(), line.basis());
    }

    @Test
    void aChargeIsReadAsItWasBilledAlsoInTheTransactionThatBillsIt() {
        Charges charges = beans.get(Charges.class);
        MarketDatabase.execute(market.dataSource, """
                INSERT INTO market.billing_period (period, status, rated_at, closed_at)
                VALUES ('2026-11-01', 'RATED', now(), NULL), ('2026-12-01', 'RATED', now(), NULL)
                """);
        Charge paid = charge(NOVEMBER, NOVEMBER, "BANK", "echo-paid", 100);
        Charge free = charge(NOVEMBER, NOVEMBER, "INSTITUTE", "echo-public", 7);
        Charge correction = charge(DECEMBER, NOVEMBER, "BANK", "echo-paid", -20);
        beans.get(Database.class).inTransaction(t -> {
            for (Charge each : List.of(paid, free, correction)) {
                charges.add(t, each);
            }
            assertThat(charges.listOf(NOVEMBER)).containsExactlyInAnyOrder(paid, free);
            return charges;
        });
        assertThat(charges.listOf(NOVEMBER)).containsExactlyInAnyOrder(paid, free);
        assertThat(charges.listOf(DECEMBER)).containsExactly(correction);
        assertThat(charges.listOf(NOVEMBER, DemoMarket.organisation("BANK"))).containsExactly(paid);
        assertThat(charges.billedBefore(NOVEMBER)).isEmpty();
        assertThat(charges.billedBefore(DECEMBER)).containsOnly(
                Map.entry(paid.key(), billed(paid, 100, 5)),
                Map.entry(free.key(), billed(free, 7, 0)));
        assertThat(charges.billedBefore(DECEMBER.plusMonths(1)))
                .containsEntry(paid.key(), billed(paid, 80, 4));
    }

    private void use(String party, String plan, String product, String operation, long sequence) {
        MarketDatabase.execute(market.dataSource, """
                INSERT INTO metering.usage_event (event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
                       purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol)
                VALUES (gen_random_uuid(), '%s', 'node-a', %d, '%s', gen_random_uuid(), '%s', '%s',
                       'INDUSTRY', 'ANSWERED', 'CALL', 1, 200, 5, 6, 'r%2$d', false, 'REST')
                """.formatted(DemoMarket.OPENED.plusSeconds(60), sequence, DemoMarket.subscription(party, plan), product, operation));
    }

    /** Found by a page of the day a demo city opened: the first call of an organisation was stored while its month was being rated. */
    @Test
    void aProductFirstUsedWhileAMonthIsRatedIsLeftForTheNextLookAndNotRatedAtThePricesOfTheMonthsBegin() {
        MeteringSchema.migrate(market.dataSource);
        MarketDatabase.execute(market.dataSource, "SELECT metering.ensure_usage_partition(date '2026-11-01')");
        PriceBook prices = beans.get(PriceBook.class);
        MonthUsage months = new MonthUsage(new Usage(market.dataSource), new LiveUsage(market.dataSource), prices, beans.get(Subscriptions.class),
                beans.get(Subscribers.class), beans.get(CeilingFindings.class));
        use("APP_STUDIO", "transit-standard", "transit", "ListVehicles", 1);
        AtomicInteger asked = new AtomicInteger();
        List<PricedUsage> during = months.of(NOVEMBER, product -> {
            if (asked.getAndIncrement() == 0) {
                use("APP_STUDIO", "echo-paid", "echo", "Echo", 2);
            }
            return prices.priceList(product);
        });
        assertThat(during).extracting(each -> each.key().product()).containsExactly("transit");
        assertThat(months.of(NOVEMBER)).extracting(each -> each.key().product()).containsExactlyInAnyOrder("transit", "echo");
    }
}
