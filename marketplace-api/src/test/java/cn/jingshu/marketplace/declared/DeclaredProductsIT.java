package cn.jingshu.marketplace.declared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.declared.DeclaredProducts.Version;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceFault;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scenario.Until;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.kind.DeclarationReader;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.Kind;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Versions and revisions of one product that are decided beside each other, on PostgreSQL. */
@Timeout(60)
class DeclaredProductsIT {
    private static final UUID WRITER = DemoMarket.person("TRANSIT_MERCHANT");
    private static final UUID DECIDER = DemoMarket.person("AUTHORITY");
    private static final String WITH_PLACES = ", {\"name\": \"places\", \"type\": \"INT64\", \"sensitivity\": \"PUBLIC\", \"docZh\": \"车位数\", \"docEn\": \"places\", \"resources\": [\"A2.8.4\"]}";

    private final DemoMarket market = new DemoMarket();
    private final DeclaredProducts products = new DeclaredProducts(market.database, market.clock);

    private UUID submitted(int version, String more) {
        return submitted(version, more, "");
    }

    private UUID submittedWith(int version, String operations) {
        return submitted(version, "", operations);
    }

    private UUID submitted(int version, String more, String operations) {
        var draft = draft(UUID.randomUUID(), version, more, operations);
        assertThat(products.write(draft, WRITER)).isEqualTo(new Change.Done(false));
        assertThat(products.submit(draft.id(), draft.digest(), WRITER)).isEqualTo(new Change.Done(false));
        return draft.id();
    }

    private static DeclaredProducts.Draft draft(UUID id, int version, String more) {
        return draft(id, version, more, "");
    }

    private static DeclaredProducts.Draft draft(UUID id, int version, String more, String operations) {
        String json = """
                {"code": "lots", "version": %d, "kind": "sql", "nameZh": "停车场", "nameEn": "Lots", "summaryZh": "停车场。", "summaryEn": "Car parks.",
                 "resources": ["A2.8.4"],
                 "operations": [{"name": "ListLots", "path": "list", "meter": "ROW", "summaryZh": "列出", "summaryEn": "Lists",
                   "columns": [{"name": "lot_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id", "resources": ["A2.8.4"]}%s],
                   "sql": {"query": "SELECT lot_id FROM parking_lot", "key": ["lot_id"]}}%s],
                 "sql": {"tables": {"parking_lot": ["lot_id"]}}}
                """.formatted(version, more, operations);
        Faults faults = new Faults();
        ByteString contract = DeclaredContract.of(DeclarationReader.read(json, faults), faults).toByteString();
        assertThat(faults.list()).isEmpty();
        return new DeclaredProducts.Draft(id, "lots", version, Kind.SQL, DemoMarket.organisation("TRANSIT_MERCHANT"), json, contract, ByteString.EMPTY);
    }

    private Retirement ofHalfAYear() {
        return new Retirement(market.clock.instant(), market.clock.instant().plus(Duration.ofDays(180)));
    }

    @Test
    void anEarlierVersionThatIsApprovedAfterALaterOneIsOnItsWayOutAtOnce() {
        UUID first = submitted(1, "");
        UUID second = submitted(2, "");
        products.approve(second, DECIDER, "核准");
        assertThat(products.retirements()).isEmpty();
        market.turnClockBy(Duration.ofDays(3));
        products.approve(first, DECIDER, "核准");
        assertThat(products.retirements()).isEqualTo(Map.of(new Version("lots", 1), ofHalfAYear()));
        assertThat(MarketDatabase.texts(market.dataSource, "SELECT subject_id FROM market.audit_log WHERE action = 'declared.retire'"))
                .containsExactly(first.toString());
    }

    @Test
    void ofTwoVersionsApprovedAtOnceTheEarlierIsOnItsWayOut() {
        UUID first = submitted(1, "");
        UUID second = submitted(2, "");
        assertThat(atOnce(first, second)).containsOnly(new Change.Done(false));
        assertThat(products.retirements()).isEqualTo(Map.of(new Version("lots", 1), ofHalfAYear()));
    }

    @Test
    void whatWasReplacedBeforeTheRuleIsOnItsWayOutFromTheNextStart() {
        UUID first = submitted(1, "");
        UUID second = submitted(2, "");
        Instant approved = market.clock.instant();
        // as an earlier release did: nothing was said of the version that is replaced
        MarketDatabase.execute(market.dataSource, "UPDATE market.declared_product SET status = 'APPROVED', ground = 'x', decided_at = '" + approved
                + "', decided_by = '" + DECIDER + "' WHERE id IN ('" + first + "', '" + second + "')");
        market.turnClockBy(Duration.ofDays(40));
        products.retireReplaced();
        Map<Version, Retirement> once = products.retirements();
        assertThat(once).isEqualTo(Map.of(new Version("lots", 1), ofHalfAYear()));
        market.turnClockBy(Duration.ofDays(1));
        products.retireReplaced();
        assertThat(products.retirements()).as("said once").isEqualTo(once);
    }

    @Test
    void whatItsMerchantSaidOfAVersionStays() {
        products.approve(submitted(1, ""), DECIDER, "核准");
        Retirement said = new Retirement(market.clock.instant(), null);
        products.retire(new Version("lots", 1), said, WRITER);
        market.turnClockBy(Duration.ofDays(1));
        products.approve(submitted(2, ""), DECIDER, "核准");
        products.retireReplaced();
        assertThat(products.retirements()).isEqualTo(Map.of(new Version("lots", 1), said));
    }

    @Test
    void ofTwoRevisionsApprovedAtOnceTheOneThatBreaksTheOtherIsRefused() {
        products.approve(submitted(1, ""), DECIDER, "核准");
        UUID text = submitted(1, WITH_PLACES.replace("INT64", "STRING"));
        UUID number = submitted(1, WITH_PLACES);
        assertThat(atOnce(text, number)).containsExactlyInAnyOrder(new Change.Done(false), new Change.Refused(Change.Fault.OVERTAKEN));
    }

    /** Whoever holds a row gets the code from one who waits for the row: else both would wait for each other. */
    @Test
    void whoWithdrawsOrWritesWaitsForTheRowBeforeItTakesTheCode() throws Exception {
        UUID served = submitted(1, "");
        products.approve(served, DECIDER, "核准");
        codeIsFreeWhile(served, () -> products.withdraw(new Version("lots", 1), DECIDER, "撤回"), new Change.Done(false));
        UUID draft = UUID.randomUUID();
        var first = draft(draft, 2, "");
        assertThat(products.write(first, WRITER)).isEqualTo(new Change.Done(false));
        codeIsFreeWhile(draft, () -> products.write(draft(draft, 2, WITH_PLACES), WRITER), new Change.Done(false));
    }

    private void codeIsFreeWhile(UUID row, Supplier<Change> change, Change expected) throws Exception {
        // The thread is closed last: it waits for the row, which the connection gives back.
        try (ExecutorService thread = Executors.newSingleThreadExecutor();
                Connection other = market.dataSource.getConnection(); Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT id FROM market.declared_product WHERE id = '" + row + "' FOR UPDATE");
            CompletableFuture<Change> changed = CompletableFuture.supplyAsync(change, thread);
            Until.holds(Duration.ofSeconds(10), () -> MarketDatabase.texts(market.dataSource,
                    "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").size(), waiting -> waiting == 1);
            try (ResultSet free = statement.executeQuery("SELECT pg_try_advisory_xact_lock(hashtextextended('declared:lots', 0))")) {
                assertThat(free.next()).isTrue();
                assertThat(free.getBoolean(1)).as("the code").isTrue();
            }
            assertThat(changed).isNotDone();
            other.commit();
            assertThat(changed.get(10, TimeUnit.SECONDS)).isEqualTo(expected);
        }
    }

    /** Approved when a contract need not say that stale answers are free, and could bill failed calls. */
    @Test
    void aContractThatWasKeptWithoutItIsServedWithStaleAnswersAndFailedCallsFree() {
        UUID id = UUID.randomUUID();
        DeclaredProducts.Draft now = draft(id, 1, "");
        FileDescriptorSet.Builder then = DescriptorSets.parse(now.contract().toByteArray()).toBuilder();
        then.getFileBuilder(0).getServiceBuilder(0).getMethodBuilderList().forEach(method -> {
            var said = method.getOptions().getExtension(ContractOptionsProto.operation).toBuilder().clearStaleIsFree();
            said.getMeterBuilder().setFailedUnits(1_000);
            method.getOptionsBuilder().setExtension(ContractOptionsProto.operation, said.build());
        });
        var billed = new DeclaredProducts.Draft(id, now.code(), 1, now.kind(), now.merchantId(), now.definition(), then.build().toByteString(), ByteString.EMPTY);
        products.write(billed, WRITER);
        products.submit(id, billed.digest(), WRITER);
        products.approve(id, DECIDER, "核准");
        products.approve(submitted(2, ""), DECIDER, "核准");
        assertThat(products.listServed()).extracting(DeclaredProduct::version, DeclaredProduct::billedStale, DeclaredProduct::billedFailed)
                .containsExactly(tuple(1, true, true), tuple(2, false, false));
        assertThat(products.listServed()).extracting(DeclaredProduct::contract).allMatch(DeclaredProductsIT::isFree);
        assertThat(products.listContracts()).hasSize(2).allMatch(DeclaredProductsIT::isFree);
        assertThat(products.listContracts("lots")).hasSize(2).allMatch(DeclaredProductsIT::isFree);
    }

    private static boolean isFree(ByteString contract) {
        return DeclarationDesk.contract(contract).methods().stream().allMatch(method -> method.staleIsFree() && method.failedUnits() == 0);
    }

    private static final String WITH_ONE_LOT = """
            , {"name": "GetLot", "path": "get", "meter": "CALL", "summaryZh": "查询", "summaryEn": "Reads",
               "columns": [{"name": "lot_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id", "resources": ["A2.8.4"]}],
               "sql": {"query": "SELECT lot_id FROM parking_lot", "key": ["lot_id"]}}""";

    private final PriceBook prices = new PriceBook(market.database, market.clock, () -> Contracts.of(List.of()));

    private PriceBook.Outcome price(Tariff tariff, Instant from) {
        return prices.save(new PriceBook.Proposal(UUID.randomUUID(), "lots", PriceBook.EVERY_OPERATION, Purpose.INDUSTRY, tariff, null, true, from,
                market.clock.instant(), DemoMarket.person("OPERATOR"), DECIDER));
    }

    private List<String> unitsOfPrices() {
        return MarketDatabase.texts(market.dataSource, "SELECT u.unit FROM market.tariff t LEFT JOIN market.tariff_unit u ON u.tariff_id = t.id"
                + " WHERE t.product_code = 'lots' ORDER BY t.effective_from");
    }

    private void refusesMixed(Tariff byTheMonth) {
        products.approve(submitted(1, ""), DECIDER, "核准");
        assertThat(price(byTheMonth, market.clock.instant().plusSeconds(60))).isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(unitsOfPrices()).as("asked of the database: this node serves nothing").containsExactly("ROW");
        UUID second = submittedWith(2, WITH_ONE_LOT);
        assertThat(products.approve(second, DECIDER, "核准")).isEqualTo(new Change.Refused(Change.Fault.UNITS_MIXED));
        Instant next = market.clock.instant().plusSeconds(120);
        assertThat(price(new Tariff.PerUnit(UnitPrice.ofFen("1")), next)).isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(products.approve(second, DECIDER, "核准")).as("it still holds").isEqualTo(new Change.Refused(Change.Fault.UNITS_MIXED));
        market.turnClockBy(Duration.ofMinutes(2));
        assertThat(products.approve(second, DECIDER, "核准")).as("each operation by itself").isEqualTo(new Change.Done(false));
        assertThat(unitsOfPrices()).containsExactly("ROW", "null");
        assertThat(price(byTheMonth, next.plusSeconds(60))).isInstanceOfSatisfying(PriceBook.Outcome.Refused.class,
                refused -> assertThat(refused.fault()).isEqualTo(PriceFault.UNITS_MIXED));
    }

    @Test
    void aVersionThatCountsInAnotherUnitIsNotApprovedWhileAPriceByTheMonthHolds() {
        refusesMixed(new Tariff.BasePlusUsage(Money.ofYuan("10"), new Tariff.PerUnit(UnitPrice.ofFen("1"))));
    }

    @Test
    void neitherIsItWhileAPlainFeeHolds() {
        refusesMixed(new Tariff.Flat(Money.ofYuan("10")));
    }

    @Test
    void aPriceThatWasPublishedBeforeItsProductHadAVersionCountsWhatTheFirstOneDoes() {
        assertThat(price(new Tariff.Flat(Money.ofYuan("10")), market.clock.instant().plusSeconds(60))).isInstanceOf(PriceBook.Outcome.Saved.class);
        assertThat(unitsOfPrices()).containsExactly("null");
        assertThat(products.approve(submittedWith(1, WITH_ONE_LOT), DECIDER, "核准")).isEqualTo(new Change.Refused(Change.Fault.UNITS_MIXED));
        assertThat(products.approve(submitted(2, ""), DECIDER, "核准")).isEqualTo(new Change.Done(false));
        assertThat(unitsOfPrices()).containsExactly("ROW");
    }

    @Test
    void aPriceOfBeforeTheRuleCountsWhatTheFirstVersionDidFromTheNextStart() {
        assertThat(price(new Tariff.Flat(Money.ofYuan("10")), market.clock.instant().plusSeconds(60))).isInstanceOf(PriceBook.Outcome.Saved.class);
        // as an earlier release did: nobody asked in which units its operations count
        for (UUID version : List.of(submitted(1, ""), submittedWith(2, WITH_ONE_LOT))) {
            MarketDatabase.execute(market.dataSource, "UPDATE market.declared_product SET status = 'APPROVED', ground = 'x', decided_at = now(), decided_by = '"
                    + DECIDER + "' WHERE id = '" + version + "'");
        }
        prices.fixUnits();
        assertThat(unitsOfPrices()).containsExactly("ROW");
        prices.fixUnits();
        assertThat(unitsOfPrices()).as("once").containsExactly("ROW");
    }

    private List<Change> atOnce(UUID one, UUID other) {
        CyclicBarrier together = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<CompletableFuture<Change>> both = List.of(one, other).stream().map(id -> CompletableFuture.supplyAsync(() -> {
                try {
                    together.await();
                } catch (Exception broken) {
                    throw new AssertionError(broken);
                }
                return products.approve(id, DECIDER, "核准");
            }, threads)).toList();
            return both.stream().map(CompletableFuture::join).toList();
        }
    }
}
