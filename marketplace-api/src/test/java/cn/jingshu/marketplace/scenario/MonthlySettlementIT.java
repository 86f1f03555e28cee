package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportFile;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.verify.Check;
import cn.jingshu.ledger.verify.Report;
import cn.jingshu.ledger.verify.Verifier;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.SettlementResult;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.ClosingThatDies;
import cn.jingshu.marketplace.billing.CostVouchers;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.billing.RevenueGauge;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.products.contract.Contracts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Two months in the life of a market, told in their order: every test goes on where the one before it ended. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MonthlySettlementIT {
    private static final YearMonth JANUARY = YearMonth.of(2027, 1);
    private static final YearMonth FEBRUARY = YearMonth.of(2027, 2);
    private static final Instant PRICE_CHANGE = Instant.parse("2027-01-20T04:34:56.789Z");

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static UsageRecords usage;
    private static String bank;
    private static String studio;
    private static String institute;
    private static String echo;
    private static List<Charge> previewed = List.of();

    @BeforeAll
    static void openTheMarket() throws Exception {
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of());
        market = new Market(node);
        market.sellLibrary("5", "1.37");
        rest = new RestCaller(node.httpPort());
        usage = new UsageRecords(node);
        bank = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
        studio = market.key(market.subscribe("app-studio", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
        institute = market.key(market.subscribe("institute", "library", Purpose.PUBLIC_INTEREST, 1_000_000, Market.WIDE));
        echo = market.key(market.subscriptionOf("bank", "echo-paid"));
        assertThat(node.get(Contracts.class).findByCode("library")).isPresent();
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books/absent", studio).status(), status -> status == 200);
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/echo", echo).status(), status -> status == 200);
    }

    @AfterAll
    static void closeTheMarket() {
        rest.close();
        node.close();
    }

    /** {@code times} pages of {@code rows} books, all answered and stored. */
    private static void listBooks(String key, int times, int rows) throws Exception {
        RestCaller.Reply last = null;
        for (int i = 0; i < times; i++) {
            last = rest.get("/v1/library/books?pageSize=" + rows, key);
            assertThat(last.status()).as(last.text()).isEqualTo(200);
        }
        if (last != null) {
            usage.one(last.requestId());
        }
    }

    private static List<Charge> rowsOf(List<Charge> charges, String consumer) {
        Person person = market.person(consumer);
        return charges.stream()
                .filter(charge -> charge.key().operation().equals("ListBooks")
                        && charge.key().organisationId().equals(person.organisationId()))
                .toList();
    }

    private static Money price(String fen, long quantity) {
        return UnitPrice.ofFen(fen).times(quantity);
    }

    private static MonthClose.Outcome.Closed close(YearMonth month) {
        assertThat(node.get(MonthClose.class).close(month, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        return (MonthClose.Outcome.Closed) node.get(MonthClose.class).close(month, _ -> {});
    }

    private static List<Reconciliation.Check> differences(YearMonth month) throws SQLException {
        return node.get(Reconciliation.class).run(month).stream().filter(check -> !check.agrees()).toList();
    }

    private static long entries(YearMonth month) {
        return node.get(Journal.class).listEntries(month, 0, 1_000).size();
    }

    @Test
    @Order(1)
    void aPriceThatChangesInMidMonthSplitsTheLine() throws Exception {
        listBooks(bank, 37, 99);
        listBooks(institute, 20, 50);
        for (int i = 0; i < 7; i++) {
            assertThat(rest.get("/v1/echo", echo).status()).isEqualTo(200);
        }
        market.setPrice("library", "2.255", PRICE_CHANGE);
        clock.moveTo(PRICE_CHANGE.minusSeconds(1)); // the change falls into the calls
        Until.holds(Duration.ofSeconds(10), () -> {
            assertThat(rest.get("/v1/library/books?pageSize=1", bank).status()).isEqualTo(200);
            return clock.instant();
        }, now -> now.isAfter(PRICE_CHANGE.plusMillis(300)));
        listBooks(bank, 41, 97);
        List<Charge> lines = rowsOf(node.get(MonthClose.class).preview(JANUARY), "bank");
        assertThat(lines).extracting(line -> line.price().fenPerUnit().stripTrailingZeros().toPlainString())
                .containsExactlyInAnyOrder("1.37", "2.255");
        for (Charge line : lines) {
            assertThat(line.quantity()).isGreaterThan(3_600);
            assertThat(line.amount()).isEqualTo(line.price().times(line.quantity()));
        }
        assertThat(rowsOf(node.get(MonthClose.class).preview(JANUARY), "institute"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.quantity()).isEqualTo(1_000);
                    assertThat(line.amount()).isEqualTo(Money.ZERO);
                });
    }

    @Test
    @Order(2)
    void aCloseThatDiesAnywhereIsFinishedByClosingAgain() throws Exception {
        clock.moveTo(Instant.parse("2027-01-28T08:00:00Z"));
        enter(CostVouchers.Kind.MERCHANT_SERVICE, "3.33", market.person("merchant2").organisationId());
        enter(CostVouchers.Kind.DIRECT_PAID, "11.11", null);
        enter(CostVouchers.Kind.DIRECT_FREE, "2.02", null);
        enter(CostVouchers.Kind.SHARED, "7.77", null);
        previewed = node.get(MonthClose.class).preview(JANUARY);
        Money revenue = node.get(RevenueGauge.class).of(2027).revenue();
        assertThat(previewed.stream().filter(line -> !line.amount().isZero())).as("lines to book").hasSizeGreaterThan(1);
        ClosingThatDies dying = new ClosingThatDies(node);
        for (ThrowingCallable death : List.<ThrowingCallable>of(
                () -> dying.beforeStep(JANUARY, "rating"), () -> dying.beforeStep(JANUARY, "booking"),
                () -> dying.withinBooking(JANUARY, 1),
                () -> dying.beforeStep(JANUARY, "settling"), () -> dying.beforeStep(JANUARY, "closing"), () -> dying.beforeTheEnd(JANUARY))) {
            assertThatThrownBy(death).isInstanceOf(ClosingThatDies.Died.class);
            assertThat(node.get(RevenueGauge.class).of(2027).revenue()).as("each charge counts once, booked or not").isEqualTo(revenue);
        }
        assertThat(node.get(MonthClose.class).findState(JANUARY).orElseThrow().status()).isEqualTo(MonthClose.Status.SETTLED);
        assertThat(node.get(MonthClose.class).close(JANUARY, _ -> {}))
                .isInstanceOfSatisfying(MonthClose.Outcome.Closed.class, closed -> assertThat(closed.before()).isFalse());
        assertThat(node.get(MonthClose.class).findState(JANUARY).orElseThrow().status()).isEqualTo(MonthClose.Status.CLOSED);
        assertThat(differences(JANUARY)).isEmpty();
    }

    private static void enter(CostVouchers.Kind kind, String yuan, @Nullable UUID merchant) {
        assertThat(node.get(CostVouchers.class).enter(voucher(kind, yuan, merchant))).isEmpty();
    }

    private static CostVouchers.CostVoucher voucher(
            CostVouchers.Kind kind, String yuan, @Nullable UUID merchant) {
        return new CostVouchers.CostVoucher(UUID.randomUUID(), JANUARY, kind, "library", merchant, Money.ofYuan(yuan),
                Money.ZERO, "2027-" + kind.name(), "ab".repeat(32), "档案室", "test", "test");
    }

    @Test
    @Order(3)
    void theBillIsWhatThePreviewSaid() {
        assertThat(close(JANUARY).charges()).containsExactlyInAnyOrderElementsOf(previewed);
    }

    @Test
    @Order(4)
    void whatConsumersOweIsGivenOutToTheFen() {
        SettlementResult result = close(JANUARY).settlement().result();
        Money owed = Money.sum(previewed.stream().map(Charge::amount).toList());
        assertThat(owed.fen()).isGreaterThan(14_000);
        assertThat(result.gross()).isEqualTo(owed);
        assertThat(result.netProfit().isPositive()).isTrue();
        assertThat(result.treasury()
                        .plus(result.operator())
                        .plus(Money.sum(result.merchantShares().stream().map(PartyAmount::amount).toList())))
                .isEqualTo(result.netProfit());
        assertThat(result.netProfit()
                        .plus(result.outputVat())
                        .plus(result.surcharges())
                        .plus(result.incomeTax())
                        .plus(Money.sum(result.merchantCosts().stream().map(PartyAmount::amount).toList()))
                        .plus(result.directPaidCosts())
                        .plus(result.directFreeCosts())
                        .plus(result.sharedCosts()))
                .isEqualTo(owed);
        assertThat(result.treasury().fen() * 10).isBetween(result.netProfit().fen() * 3 - 9, result.netProfit().fen() * 3 + 9);
        assertThat(result.merchantShares()).isNotEmpty();
        Money vat = Money.sum(previewed.stream().map(Charge::vat).toList());
        assertThat(result.outputVat()).isEqualTo(vat);
        assertThat(BigDecimal.valueOf(owed.fen()).multiply(new BigDecimal("6"))
                        .divide(new BigDecimal("106"), 0, RoundingMode.HALF_UP).longValueExact())
                .isCloseTo(vat.fen(), Offset.offset((long) previewed.size()));
    }

    @Test
    @Order(5)
    void closingASecondTimeChangesNothing() {
        StoredSettlement before = close(JANUARY).settlement();
        long booked = entries(JANUARY);
        MonthClose.Outcome.Closed again = close(JANUARY);
        assertThat(again.before()).isTrue();
        assertThat(again.settlement().sha256()).isEqualTo(before.sha256());
        assertThat(entries(JANUARY)).isEqualTo(booked);
    }

    @Test
    @Order(6)
    void aCostOfAMonthThatIsClosedIsRefusedAndNotLost() {
        for (CostVouchers.Kind kind : CostVouchers.Kind.values()) {
            UUID merchant = kind == CostVouchers.Kind.MERCHANT_SERVICE ? market.person("merchant2").organisationId() : null;
            assertThat(node.get(CostVouchers.class).enter(voucher(kind, "1.00", merchant))).isPresent();
        }
        assertThat(node.get(CostVouchers.class).listOf(JANUARY)).hasSize(4);
    }

    @Test
    @Order(7)
    void usageThatComesAfterTheCloseIsACorrectionOfTheNextMonth() throws Exception {
        clock.moveTo(Instant.parse("2027-01-29T08:00:00Z"));
        listBooks(bank, 3, 11);
        listBooks(studio, 1, 1);
        assertThat(differences(JANUARY)).as("owed later, and named so").isEmpty();
        clock.moveTo(Instant.parse("2027-02-03T08:00:00Z"));
        listBooks(bank, 5, 13);
        clock.moveTo(Instant.parse("2027-03-01T08:00:00Z"));
        List<Charge> preview = node.get(MonthClose.class).preview(FEBRUARY);
        MonthClose.Outcome.Closed february = close(FEBRUARY);
        assertThat(february.charges()).containsExactlyInAnyOrderElementsOf(preview);
        List<Charge> lines = rowsOf(february.charges(), "bank");
        Charge correction = lines.stream().filter(Charge::isCorrection).findFirst().orElseThrow();
        Charge current = lines.stream().filter(line -> !line.isCorrection()).findFirst().orElseThrow();
        assertThat(lines).hasSize(2);
        assertThat(correction.quantity()).isEqualTo(33);
        assertThat(correction.key().usageMonth()).isEqualTo(JANUARY);
        assertThat(current.quantity()).isEqualTo(65);
        assertThat(current.amount()).isEqualTo(price("2.255", 65));
        Charge billed = rowsOf(previewed, "bank").stream()
                .filter(line -> line.key().equals(correction.key())).findFirst().orElseThrow();
        assertThat(billed.amount().plus(correction.amount()))
                .as("rounded once over all of it")
                .isEqualTo(price("2.255", billed.quantity() + 33));
        assertThat(rowsOf(february.charges(), "app-studio")).singleElement().satisfies(
                line -> assertThat(line.amount()).isEqualTo(price("2.255", 1)));
        assertThat(differences(FEBRUARY)).isEmpty();
    }

    @Test
    @Order(8)
    void anEarlierMonthIsNotClosedAfterALaterOne() {
        assertThat(node.get(MonthClose.class).close(YearMonth.of(2026, 12), _ -> {})).isInstanceOf(MonthClose.Outcome.Refused.class);
    }

    @Test
    @Order(9)
    void theExportIsCheckedByHledger() throws Exception {
        Path file = data.resolve("books.journal");
        Files.write(file, exported("books.journal"));
        if (!Files.isExecutable(Path.of("/usr/bin/hledger")) && !Files.isExecutable(Path.of("/usr/local/bin/hledger"))) {
            String notRun = "NOT RUN: hledger is not installed, the check of the exported books did not run";
            System.err.println(notRun);
            Assumptions.abort(notRun);
        }
        Process hledger = new ProcessBuilder("hledger", "-f", file.toString(), "check").redirectErrorStream(true).start();
        String said = new String(hledger.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(hledger.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(hledger.exitValue()).as(said).isZero();
    }

    @Test
    @Order(10)
    void theExportAsCsvHasEveryEntry() throws IOException {
        long written = entries(JANUARY) + entries(FEBRUARY);
        assertThat(new String(exported("entries.csv"), StandardCharsets.UTF_8).lines().count()).isEqualTo(written + 1);
        assertThat(new String(exported("postings.csv"), StandardCharsets.UTF_8).lines().count()).isGreaterThan(2 * written);
    }

    private byte[] exported(String name) throws IOException {
        BundleExport export = node.get(BundleExport.class);
        ExportFile file = export.files().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        export.write(file, new Months(JANUARY, FEBRUARY), out, ExportProgress.SILENT);
        return out.toByteArray();
    }

    @Test
    @Order(11)
    void theBundleIsVerifiedWithoutTheHouse() throws IOException {
        Path bundle = data.resolve("bundle.zip");
        node.get(BundleExport.class).write(new Months(JANUARY, FEBRUARY), bundle, ExportProgress.SILENT);
        Report report = new Verifier(List.of()).verify(bundle);
        assertThat(report.findings()).isEmpty();
        assertThat(report.verdict()).as("nobody was named who should have signed").isEqualTo(Report.Verdict.CONSISTENT);
        assertThat(report.looked(Check.LOG)).isGreaterThanOrEqualTo(entries(JANUARY) + entries(FEBRUARY));
        assertThat(report.looked(Check.ENTRIES)).isEqualTo(entries(JANUARY) + entries(FEBRUARY));
        assertThat(report.looked(Check.SETTLEMENT)).isPositive();
        assertThat(report.looked(Check.STATEMENTS)).isPositive();
        assertThat(report.looked(Check.USAGE)).isPositive();
        assertThat(report.looked(Check.PRICES)).isPositive();
        assertThat(new String(exported("focus-1-2.csv"), StandardCharsets.UTF_8).lines().count()).isEqualTo(report.looked(Check.STATEMENTS) + 1);
        assertThat(new String(exported("gbt24589-basic.xml"), Charset.forName("GB18030"))).contains("会计核算单位", "客户档案");
        assertThat(new String(exported("gbt24589-ledger.xml"), Charset.forName("GB18030"))).as("costs with their document, the rest made by the system")
                .contains("<附件数>1</附件数><制单人>test</制单人><记账标志>", "<附件数>0</附件数><制单人>荆数</制单人><记账标志>");
    }

    @Test
    @Order(12)
    void whateverIsChangedBehindTheHouseIsFound() throws Exception {
        tampered("UPDATE market.charge SET amount_fen = amount_fen + 1 WHERE id = '%s'", "UPDATE market.charge SET amount_fen = amount_fen - 1 WHERE id = '%s'",
                rowsOf(previewed, "bank").getFirst().id());
        tampered("UPDATE market.charge SET quantity = quantity - 1 WHERE id = '%s'", "UPDATE market.charge SET quantity = quantity + 1 WHERE id = '%s'",
                rowsOf(previewed, "bank").getFirst().id());
        UUID event = usage.of(anyBilledRequest()).getFirst().eventId();
        tampered("UPDATE metering.usage_event SET quantity = quantity + 1 WHERE event_id = '%s'",
                "UPDATE metering.usage_event SET quantity = quantity - 1 WHERE event_id = '%s'", event);
        tampered("CREATE TABLE public.hidden AS SELECT * FROM metering.usage_event WHERE event_id = '%1$s'; DELETE FROM metering.usage_event WHERE event_id = '%1$s'",
                "INSERT INTO metering.usage_event SELECT * FROM public.hidden; DROP TABLE public.hidden", event);
        tampered("UPDATE ledger.posting p SET amount_fen = p.amount_fen + 1 FROM ledger.entry e"
                        + " WHERE e.entry_id = '%s' AND p.period = e.period AND p.number = e.number AND p.side = 'DEBIT'",
                "UPDATE ledger.posting p SET amount_fen = p.amount_fen - 1 FROM ledger.entry e"
                        + " WHERE e.entry_id = '%s' AND p.period = e.period AND p.number = e.number AND p.side = 'DEBIT'",
                rowsOf(previewed, "bank").getFirst().id());
    }

    private static String anyBilledRequest() throws SQLException {
        try (Connection owner = owner(); Statement statement = owner.createStatement();
                var row = statement.executeQuery("SELECT request_id FROM metering.usage_event WHERE quantity > 1 ORDER BY event_id LIMIT 1")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void tampered(String change, String undo, UUID id) throws SQLException {
        asOwner(change.formatted(id));
        assertThat(differences(FEBRUARY)).as(change).isNotEmpty();
        asOwner(undo.formatted(id));
        assertThat(differences(FEBRUARY)).as(undo).isEmpty();
    }

    private static Connection owner() throws SQLException {
        RunningNode.Postgres postgres = node.postgres();
        return DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword());
    }

    /** As the superuser, past every trigger. */
    private static void asOwner(String sql) throws SQLException {
        try (Connection owner = owner(); Statement statement = owner.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute(sql);
        }
    }
}
