package cn.jingshu.ledger.verify;

import java.util.Collections;
import java.nio.file.Files;
import java.io.InputStream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import java.security.KeyStore;
import java.security.GeneralSecurityException;
import cn.jingshu.ledger.LedgerDatabase;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.bundle.Digests;
import cn.jingshu.ledger.bundle.Manifest;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.export.Bookkeeper;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportFile;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.export.ExportView;
import cn.jingshu.ledger.export.Gbt24589File;
import cn.jingshu.ledger.export.HledgerExport;
import cn.jingshu.ledger.export.LedgerTables;
import cn.jingshu.ledger.export.LogTables;
import cn.jingshu.ledger.export.ShareTables;
import cn.jingshu.ledger.export.TableFile;
import cn.jingshu.ledger.export.TextParts;
import cn.jingshu.ledger.export.XlsxFile;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.log.Checkpoints;
import cn.jingshu.ledger.log.EntryLeaves;
import cn.jingshu.ledger.log.LeafSource;
import cn.jingshu.ledger.log.LogSequencer;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.money.Vat;
import cn.jingshu.ledger.period.CloseResult;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.ledger.seal.SealKeystore;
import cn.jingshu.ledger.seal.Sealer;
import cn.jingshu.ledger.seal.SignedNote;
import cn.jingshu.ledger.settlement.CostKey;
import cn.jingshu.ledger.settlement.DistributionDetail;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.ProductRevenue;
import cn.jingshu.ledger.settlement.SettleResult;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementDetail;
import cn.jingshu.ledger.settlement.SettlementInputs;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementRates;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.ledger.settlement.TreasuryBase;
import cn.jingshu.ledger.share.CoalitionWorth;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareRecord;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.TariffJson;
import cn.jingshu.ledger.tariff.Tier;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/** Two months of real books, settled and closed, in a real database; and bundles of them, true and false ones. */
final class ExampleBundle {
    /** What is exported; the month before is booked too, so that the log has leaves no bundle shows. */
    static final Months MONTHS = new Months(YearMonth.of(2026, 10), YearMonth.of(2026, 11));

    private static final Months BOOKED = new Months(YearMonth.of(2026, 9), YearMonth.of(2026, 11));
    private static final String ORIGIN = "city.example/books";
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-12-01T02:00:00.123456Z"), ZoneOffset.UTC);

    private final DataSource dataSource = LedgerDatabase.create();

    private final SignedNote earlier;
    private List<Sealer> sealers;

    private final boolean takesBack;
    private final List<JournalEntry> takenBack = new ArrayList<>();

    /** @param keystore where its keys are kept; not there yet */
    ExampleBundle(int entriesAMonth, Path keystore) {
        this(entriesAMonth, keystore, false);
    }

    /** @param takesBack whether in the last month the entries of a line and of a payment are reversed, and those of another line with its reversal */
    ExampleBundle(int entriesAMonth, Path keystore, boolean takesBack) {
        this.takesBack = takesBack;
        Journal journal = new Journal(dataSource, CLOCK);
        SettlementBook book = new SettlementBook(dataSource, journal, CLOCK);
        Random random = new Random(20261201);
        SealKeystore keys = SealKeystore.of(keystore, "secret".toCharArray());
        LogSequencer sequencer = new LogSequencer(dataSource, CLOCK, List.of(new EntryLeaves(dataSource, journal), meters));
        Checkpoints before = new Checkpoints(dataSource, Clock.offset(CLOCK, Duration.ofDays(-2)), ORIGIN, keys);
        before.open(true);
        SignedNote note = before.sign().note();
        for (YearMonth month : BOOKED.list()) {
            book(journal, month, entriesAMonth, random);
            settle(book, month);
            if (!(new Periods(dataSource, CLOCK).close(month) instanceof CloseResult.Closed)) {
                throw new IllegalStateException(month + " does not close");
            }
            if (month.isBefore(MONTHS.from())) { // sealed in its time, so that a bundle of the months folds it
                new LogSequencer(dataSource, Clock.fixed(Instant.parse("2026-09-30T02:00:00Z"), ZoneOffset.UTC),
                        List.of(new EntryLeaves(dataSource, journal), meters)).appendNew();
            }
            if (month.equals(MONTHS.from())) {
                sequencer.appendNew();
                note = before.sign().note();
            }
        }
        meters.afterTheMonths(lines.stream().map(Line::use).filter(use -> MONTHS.contains(use.month())).collect(Collectors.toCollection(TreeSet::new)));
        earlier = note;
        sequencer.appendNew();
        Checkpoints checkpoints = new Checkpoints(dataSource, CLOCK, ORIGIN, keys);
        checkpoints.sign();
        sealers = checkpoints.listSealers();
    }

    /** The keystore is gone; new keys in {@code instead} take its place. */
    void loseKeys(Path instead, String reason) {
        Checkpoints checkpoints = new Checkpoints(dataSource, CLOCK, ORIGIN, SealKeystore.of(instead, "other".toCharArray()));
        if (checkpoints.open(true)) {
            throw new IllegalStateException("the keys are still there");
        }
        checkpoints.replaceLost(true, reason);
        checkpoints.sign();
        sealers = checkpoints.listSealers();
    }

    /** The SM2 key is gone; new keys take the place of both, and the Ed25519 key that is left signs them too. */
    void losePart(Path whole, Path part, String reason) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12", new BouncyCastleProvider());
        try (InputStream in = Files.newInputStream(whole)) {
            store.load(in, "secret".toCharArray());
        }
        for (String alias : Collections.list(store.aliases())) {
            if (alias.startsWith("sm2-")) {
                store.deleteEntry(alias);
            }
        }
        try (OutputStream out = Files.newOutputStream(part)) {
            store.store(out, "other".toCharArray());
        }
        loseKeys(part, reason);
    }

    /** The reversals of a line's entry and of a payment's, in this order; none unless that was asked for. */
    List<JournalEntry> takenBack() {
        return takenBack;
    }

    /** A checkpoint over the leaves up to the first exported month, as somebody kept it. */
    SignedNote earlier() {
        return earlier;
    }

    /** Who signs: an Ed25519 key and an SM2 key. */
    List<Sealer> sealers() {
        return sealers;
    }

    SealKey key() {
        return sealers.getFirst().key();
    }

    /** A price of the plan, for each unit or by bands; both from one moment on, so that neither replaces the other. */
    private record Sold(UUID id, String product, String plan, Tariff tariff) {}

    private static final UUID CEILING = new UUID(7, 7);
    private static final Ceiling LIMIT = Ceiling.ofUnit(UnitPrice.ofFen("900"));
    /** What was found to be allowed afterwards, above every price: it changes no amount. */
    private static final UUID FINDING = new UUID(7, 8);
    private static final Ceiling FOUND = Ceiling.ofUnit(UnitPrice.ofFen("800"));
    private static final List<Sold> SOLD = List.of(
            new Sold(new UUID(1, 1), "bus", "metered", new Tariff.PerUnit(UnitPrice.ofFen("35.5"))),
            new Sold(new UUID(1, 2), "bus", "metered", new Tariff.Graduated(List.of(
                    new Tier(100L, UnitPrice.ofFen("700.25"), Money.ZERO), new Tier(null, UnitPrice.ofFen("12"), Money.ZERO)))));

    /** A line of a bill and what was billed of its key before. */
    private record Line(YearMonth period, UUID id, YearMonth usage, UUID subscription, UUID consumer, Sold sold, long quantity,
            long before, Money billed) {
        Money amount() {
            return sold.tariff().amount(before + quantity).minus(billed);
        }

        Money vat() {
            return Vat.inside(amount(), Portion.percent(6)).tax();
        }

        Dimensions about() {
            return Dimensions.authorisedOperation().withProduct(sold.product()).withConsumer(consumer.toString()).withPurposeClass("INDUSTRY")
                    .withMerchant("=m\"1\"").withPriceVersion(sold.id().toString());
        }

        /** Whether it corrects what was charged in the month that the finding is about. */
        boolean isFound() {
            return usage.equals(MONTHS.from()) && !period.equals(usage);
        }

        UUID ceilingId() {
            return isFound() ? FINDING : CEILING;
        }

        Ceiling ceiling() {
            return isFound() ? FOUND : LIMIT;
        }

        Use use() {
            return new Use(usage, subscription, sold.product());
        }
    }

    /** A total of usage, whose operation, purpose and unit are always the same; in the order of the lines of a batch's sums. */
    private record Use(YearMonth month, UUID subscription, String product) implements Comparable<Use> {
        @Override
        public int compareTo(Use other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return month + "\t" + subscription + "\t" + product + "\tposition\tINDUSTRY\tCALL";
        }
    }

    /** Two nodes that ship what the lines count, a few lines a batch. */
    private static final class Meters implements LeafSource {
        private static final int LINES_A_BATCH = 3;

        private final Map<String, List<LogLeaf>> leaves = new TreeMap<>(Map.of("node-a", new ArrayList<>(), "node-b", new ArrayList<>()));
        private final Map<String, String> sums = new TreeMap<>(); // by node and number

        void ship(String node, Instant at, Map<Use, Long> units) {
            StringBuilder text = new StringBuilder();
            units.forEach((use, count) -> text.append(use).append('\t').append(count).append('\n'));
            List<LogLeaf> before = Objects.requireNonNull(leaves.get(node));
            long number = before.size() + 1L;
            sums.put(node + "/" + number, text.toString());
            before.add(new LogLeaf.UsageBatch(node, number, 100 * number, 100 * number + 100, 100, at, "ab".repeat(32), LogLeaf.BatchSums.of(text.toString())));
        }

        void month(YearMonth month, List<Line> counted) {
            for (int i = 0; i < counted.size(); i += LINES_A_BATCH) {
                Map<Use, Long> units = new TreeMap<>();
                counted.subList(i, Math.min(counted.size(), i + LINES_A_BATCH)).forEach(line -> units.merge(line.use(), line.quantity(), Long::sum));
                ship(i % 2 == 0 ? "node-a" : "node-b", month.atDay(20).atTime(12, 0).toInstant(ZoneOffset.UTC).plusSeconds(i), units);
            }
            ship("node-b", month.atDay(21).atTime(12, 0).toInstant(ZoneOffset.UTC), Map.of()); // of the sandbox alone
        }

        /** After the last month: a batch that shows where it ended, one nobody needs to see, and one with what came late, three units of each. */
        void afterTheMonths(Set<Use> late) {
            Map<Use, Long> december = Map.of(new Use(YearMonth.of(2026, 12), new UUID(1, 1), "bus"), 9L);
            Map<Use, Long> units = new TreeMap<>();
            late.forEach(use -> units.put(use, LATE));
            ship("node-a", Instant.parse("2026-11-30T16:30:00Z"), december);
            ship("node-a", Instant.parse("2026-11-30T16:40:00Z"), december);
            ship("node-a", Instant.parse("2026-11-30T17:00:00Z"), units);
        }

        @Override
        public LogLeaf.Kind kind() {
            return LogLeaf.Kind.USAGE_BATCH;
        }

        @Override
        public List<String> chains() {
            return List.copyOf(leaves.keySet());
        }

        @Override
        public List<LogLeaf> after(Map<String, Long> sealed, int most) {
            return chains().stream().filter(sealed::containsKey)
                    .flatMap(node -> Objects.requireNonNull(leaves.get(node)).stream().skip(sealed.getOrDefault(node, 0L))).limit(most).toList();
        }

        @Override
        public List<String> listAltered(String chain, long after, long upTo) {
            return List.of();
        }
    }

    /** Units of each total that came after the last month: one is billed in another month, two are not billed yet. */
    private static final long LATE = 3;

    private final Meters meters = new Meters();

    private final List<Line> lines = new ArrayList<>();

    private void book(Journal journal, YearMonth month, int count, Random random) {
        List<JournalEntry> entries = new ArrayList<>();
        List<Line> now = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            now.add(new Line(month, id(random), month, id(random), new UUID(0, random.nextInt(5)),
                    SOLD.get(random.nextInt(SOLD.size())), 1 + random.nextInt(1_000), 0, Money.ZERO));
        }
        Map<UUID, Line> latest = new LinkedHashMap<>(); // of each key
        lines.forEach(line -> latest.put(line.subscription(), line));
        for (Line line : latest.values()) { // usage that came late, and some taken back
            long total = line.before() + line.quantity();
            if (total > 0 && random.nextInt(3) == 0) {
                now.add(new Line(month, id(random), line.usage(), line.subscription(), line.consumer(), line.sold(),
                        random.nextBoolean() ? 1 + random.nextInt(50) : -total, total, line.billed().plus(line.amount())));
            }
        }
        for (Line line : now) {
            boolean owed = line.amount().isPositive();
            Money vat = owed ? line.vat() : line.vat().negated();
            Money gross = owed ? line.amount() : line.amount().negated();
            Dimensions about = line.about();
            Side side = owed ? Side.DEBIT : Side.CREDIT;
            JournalEntry charge = new JournalEntry(line.id(), month.atDay(1 + random.nextInt(28)),
                    line.usage().equals(month) ? EntryReason.CHARGE : EntryReason.ADJUSTMENT, "'\"服务费\",\n第 " + line.quantity() + " 笔",
                    List.of(new Posting(Chart.RECEIVABLES, side, gross, about),
                            new Posting(Chart.REVENUE, side.opposite(), gross.minus(vat), about),
                            new Posting(Chart.OUTPUT_VAT, side.opposite(), vat, about)));
            entries.add(charge);
        }
        JournalEntry receipt = new JournalEntry(id(random), month.atDay(9), EntryReason.RECEIPT, "=收款", List.of(
                Posting.debit(Chart.BANK, Money.ofYuan("88.80"), Dimensions.NONE),
                Posting.credit(Chart.RECEIVABLES, Money.ofYuan("88.80"), Dimensions.NONE)));
        entries.add(receipt);
        entries.add(receipt.reversal(id(random), month.atEndOfMonth(), "错账"));
        entries.add(new JournalEntry(id(random), month.atDay(5), EntryReason.COST, "机房", List.of(
                Posting.debit(Chart.COST_OF_SERVICE, Money.ofYuan("123.45"), Dimensions.authorisedOperation()),
                Posting.credit(Chart.BANK, Money.ofYuan("123.45"), Dimensions.NONE))));
        Payment payment = new Payment(month, id(random));
        payments.add(payment);
        Dimensions whose = Dimensions.authorisedOperation().withConsumer(new UUID(0, 0).toString());
        entries.add(new JournalEntry(payment.id(), month.atDay(9), EntryReason.RECEIPT, "收款", List.of(
                Posting.debit(Chart.BANK, Payment.PAID.plus(Payment.AHEAD), whose),
                Posting.credit(Chart.RECEIVABLES, Payment.PAID, whose), Posting.credit(Chart.PREPAYMENTS, Payment.AHEAD, whose))));
        if (month.equals(MONTHS.through())) { // of a line nothing was taken back of, and of another consumer than the one who pays
            Line line = lines.stream().filter(each -> each.period().equals(MONTHS.from()) && each.usage().equals(MONTHS.from())
                    && each.consumer().getLeastSignificantBits() != 0 && each.amount().compareTo(GivenBack.GROSS) > 0
                    && now.stream().noneMatch(later -> later.subscription().equals(each.subscription()))).findFirst().orElseThrow();
            GivenBack refund = new GivenBack(new UUID(3, 3), line, month.atDay(17));
            refunds.add(refund);
            entries.add(refund.entry());
        }
        if (takesBack && month.equals(MONTHS.through())) {
            LocalDate end = month.atEndOfMonth();
            takenBack.add(entries.getFirst().reversal(id(random), end, "冲销"));
            takenBack.add(entries.stream().filter(each -> each.entryId().equals(payment.id())).findFirst().orElseThrow().reversal(id(random), end, "冲销"));
            JournalEntry mended = entries.get(1).reversal(id(random), end, "冲销");
            entries.addAll(takenBack);
            entries.add(mended);
            entries.add(mended.reversal(id(random), end, "恢复"));
        }
        for (PostResult posted : journal.postAll(entries)) {
            if (!(posted instanceof PostResult.Posted)) {
                throw new IllegalStateException(posted.toString());
            }
        }
        lines.addAll(now);
        meters.month(month, now.stream().filter(line -> line.quantity() > 0).toList());
    }

    private static UUID id(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private static final String OPERATOR = "op";
    private static final String MERCHANT = "m1";
    private static final Instant APPROVED_AT = Instant.parse("2026-09-15T00:00:00Z");

    /** Agreed at first, from November on by score; and those of the data providers. */
    private static final List<ShareTables.Approved> SHARES = List.of(
            approved(1, new ShareInputs("bus", YearMonth.of(2026, 9), OPERATOR, new ShareInputs.Agreed(List.of(
                    new ShareInputs.Weight(OPERATOR, new BigDecimal("55")), new ShareInputs.Weight(MERCHANT, new BigDecimal("45"))), "合同〔2026〕1号"))),
            approved(2, new ShareInputs("bus", YearMonth.of(2026, 11), OPERATOR, new ShareInputs.Scored(
                    List.of(List.of(whole(1), whole(2), whole(3)), List.of(new BigFraction(1, 2), whole(1), new BigFraction(3, 2)),
                            List.of(new BigFraction(1, 3), new BigFraction(2, 3), whole(1))),
                    List.of(new ShareInputs.Measure(OPERATOR, 300_000, whole(7)), new ShareInputs.Measure(MERCHANT, 200_001, whole(2))),
                    new ShareInputs.Contribution.Exact(new CoalitionWorth(List.of(MERCHANT, OPERATOR),
                            Map.of(Set.of(MERCHANT), whole(40), Set.of(OPERATOR), whole(60), Set.of(MERCHANT, OPERATOR), whole(125)))),
                    "评估报告"))),
            approved(3, new ShareInputs("bus", YearMonth.of(2026, 9), null, new ShareInputs.Agreed(List.of(
                    new ShareInputs.Weight("A1", new BigDecimal("1")), new ShareInputs.Weight("A2", new BigDecimal("2"))), "目录"))));

    private static ShareTables.Approved approved(int number, ShareInputs inputs) {
        return new ShareTables.Approved(new UUID(9, number), ShareRecord.of(inputs), new UUID(5, 1), APPROVED_AT, new UUID(5, 9), APPROVED_AT,
                "荆数据〔2026〕" + number + "号");
    }

    private static BigFraction whole(int number) {
        return new BigFraction(number);
    }

    /** A payment of the first consumer, some of it ahead. */
    private record Payment(YearMonth month, UUID id) {
        static final Money PAID = Money.ofYuan("5.00");
        static final Money AHEAD = Money.ofYuan("1.25");
    }

    private final List<Payment> payments = new ArrayList<>();

    /** A part of a line that was given back in the month after. */
    private record GivenBack(UUID id, Line line, LocalDate on) {
        static final Money GROSS = Money.ofYuan("0.53");
        static final Money VAT = Money.ofYuan("0.03");

        JournalEntry entry() {
            Dimensions about = line.about();
            return new JournalEntry(id, on, EntryReason.REFUND, "退费", List.of(Posting.debit(Chart.REVENUE, GROSS.minus(VAT), about),
                    Posting.debit(Chart.OUTPUT_VAT, VAT, about), Posting.credit(Chart.RECEIVABLES, GROSS, about)));
        }
    }

    private final List<GivenBack> refunds = new ArrayList<>();

    /** What a consumer was told for a month. */
    private record Told(YearMonth month, UUID consumer, UUID id, String text) {}

    /** All statements of the exported months, made anew by other code than the market's. */
    private List<Told> statements() {
        List<Told> told = new ArrayList<>();
        Map<UUID, long[]> stands = new TreeMap<>(Comparator.comparing(UUID::toString)); // owed, ahead, movements, number
        for (YearMonth month : MONTHS.list()) {
            for (long party = 0; party < 5; party++) {
                UUID consumer = new UUID(0, party);
                long[] stand = stands.computeIfAbsent(consumer, _ -> new long[4]);
                List<Line> own = lines.stream().filter(line -> line.period().equals(month) && line.consumer().equals(consumer)).toList();
                String opening = balance(stand);
                List<String> moves = new ArrayList<>();
                if (party == 0) {
                    for (Payment payment : payments.stream().filter(each -> each.month().equals(month)).toList()) {
                        moves.add(move(stand, payment.id(), "RECEIPT", month.atDay(9), null, Money.ZERO.minus(Payment.PAID).fen(), Payment.AHEAD.fen()));
                    }
                }
                Money givenBack = Money.ZERO;
                for (GivenBack refund : refunds) {
                    if (YearMonth.from(refund.on()).equals(month) && refund.line().consumer().equals(consumer)) {
                        moves.add(move(stand, refund.id(), "CREDIT_NOTE", refund.on(), null, GivenBack.GROSS.negated().fen(), 0));
                        givenBack = givenBack.plus(GivenBack.GROSS);
                    }
                }
                Money charged = Money.sum(own.stream().map(Line::amount).toList());
                Money vat = Money.sum(own.stream().map(Line::vat).toList());
                if (!charged.isZero()) {
                    moves.add(move(stand, new UUID(month.getMonthValue(), party), "CHARGES", month.atEndOfMonth(), month, charged.fen(), 0));
                }
                if (own.isEmpty() && moves.isEmpty()) {
                    continue;
                }
                stand[3]++;
                String received = (party == 0 ? Payment.PAID.plus(Payment.AHEAD) : Money.ZERO).toYuan();
                told.add(new Told(month, consumer,
                        UUID.nameUUIDFromBytes(("statement " + month + " " + consumer).getBytes(StandardCharsets.UTF_8)), """
                        {"form":"jingshu statement 1","statement":"91X-2026-%04d","number":%d,"status":"FINAL","month":"%s","organisationId":"%s",\
                        "uscc":"91X","nameZh":"=某","nameEn":"x","asOf":"2026-12-01T02:00:00Z","dueOn":"2026-12-16","currency":"CNY","vatRate":"3/50",\
                        "opening":%s,"movements":[%s],"lines":[%s],"chargedYuan":"%s","netYuan":"%s","vatYuan":"%s","receivedYuan":"%s",\
                        "givenBackYuan":"%s","shadowYuan":"0.00","closing":%s,"padding":"%s"}""".formatted(stand[3], stand[3], month, consumer,
                        opening, String.join(",", moves), own.stream().map(ExampleBundle::line).collect(Collectors.joining(",")),
                        charged.toYuan(), charged.minus(vat).toYuan(), vat.toYuan(), received, givenBack.toYuan(), balance(stand), told.isEmpty() ? "😀长".repeat(11_000) : ""))); // the first does not fit into one cell
            }
        }
        return told;
    }

    private static String balance(long[] stand) {
        return "{\"owedYuan\":\"%s\",\"prepaidYuan\":\"%s\",\"balanceYuan\":\"%s\",\"lastMovement\":%d}".formatted(new Money(stand[0]).toYuan(),
                new Money(stand[1]).toYuan(), new Money(stand[0] - stand[1]).toYuan(), stand[2]);
    }

    private static String move(long[] stand, UUID id, String kind, LocalDate on, @Nullable YearMonth month, long owed, long ahead) {
        stand[0] += owed;
        stand[1] += ahead;
        stand[2]++;
        return """
                {"number":%d,"id":"%s","kind":"%s","effectiveOn":"%s","month":%s,"owedYuan":"%s","prepaidYuan":"%s","document":"d"}""".formatted(
                stand[2], id, kind, on, month == null ? "null" : "\"" + month + "\"", new Money(owed).toYuan(), new Money(ahead).toYuan());
    }

    private static String line(Line line) {
        return """
                {"chargeId":"%s","usageMonth":"%s","correction":false,"corrects":null,"correctsStatement":null,"subscriptionId":"%s","product":"%s",\
                "productZh":"公交","productEn":"bus","operation":"position","purpose":"INDUSTRY","unit":"CALL","quantity":%d,"fenPerUnit":"1",\
                "priceVersion":"%s","ceilingVersion":"%s","ceilingFenPerUnit":"%s","amountYuan":"%s","vatYuan":"%s","shadowYuan":null}""".formatted(
                line.id(), line.usage(), line.subscription(), line.sold().product(), line.quantity(), line.sold().id(), line.ceilingId(),
                line.ceiling().perUnit().fenPerUnit().stripTrailingZeros().toPlainString(),
                line.amount().toYuan(), line.vat().toYuan());
    }

    /** The tables the market would add. */
    private List<TableFile> market() {
        Instant from = Instant.parse("2026-08-01T00:00:00Z");
        return List.of(
                new TableFile(Table.PARTIES, (view, sink) -> sink.row(new UUID(0, 1), "91420800MA00000000", "=某公司", "Company", "CONSUMER")),
                new TableFile(Table.CEILINGS, (view, sink) -> sink.row(CEILING, "bus", "*", LIMIT.perUnit().fenPerUnit(),
                        LIMIT.perMonth(), from, "某价〔2026〕1号", new UUID(5, 1), null)),
                new TableFile(Table.FINDINGS, (view, sink) -> sink.row(FINDING, "bus", "*", MONTHS.from(), MONTHS.from(), FOUND.perUnit().fenPerUnit(),
                        FOUND.perMonth(), "某市监〔2026〕1号", new UUID(5, 1), new UUID(5, 4))),
                new TableFile(Table.TARIFFS, (view, sink) -> {
                    for (Sold sold : SOLD) {
                        sink.row(sold.id(), sold.product(), "*", "INDUSTRY", sold.plan(), false, TariffJson.write(sold.tariff()), from, from,
                                new UUID(5, 1), new UUID(5, 2));
                    }
                }),
                new TableFile(Table.PERMITTED_REVENUE, (view, sink) -> sink.row(new UUID(6, 1), 2026, Money.ofYuan("900000.00"), Money.ofYuan("1.00"),
                        Money.ofYuan("2.00"), Money.ofYuan("3.00"), Money.ofYuan("4.00"), Money.ofYuan("10.00"), new BigDecimal("0.018"),
                        new BigDecimal("0.06"), new BigDecimal("0.05"), Money.ofYuan("100.00"), true, Money.ZERO,
                        Money.ofYuan("945100.00"), "成本调查报告", new UUID(5, 1), new UUID(5, 3))),
                new TableFile(Table.SHARES, (view, sink) -> {
                    for (ShareTables.Approved share : SHARES) {
                        ShareTables.share(sink, share);
                    }
                }),
                new TableFile(Table.SHARE_PARTIES, (view, sink) -> {
                    for (ShareTables.Approved share : SHARES) {
                        ShareTables.parties(sink, share);
                    }
                }),
                new TableFile(Table.USAGE, (view, sink) -> {
                    Map<String, Long> units = new TreeMap<>();
                    lines.stream().filter(line -> MONTHS.contains(line.usage()))
                            .forEach(line -> units.merge(line.usage() + " " + line.subscription(), line.quantity(), Long::sum));
                    for (Map.Entry<String, Long> each : units.entrySet()) {
                        String[] key = each.getKey().split(" ", 2);
                        sink.row(key[0], key[1], "bus", "INDUSTRY", "CALL", each.getValue() + LATE, 1, LATE - 1);
                    }
                }),
                new TableFile(Table.USAGE_BATCHES, (view, sink) -> {
                    try (PreparedStatement select = view.connection().prepareStatement("""
                            SELECT l.leaf_index, l.chain, l.number
                              FROM ledger.leaves_of_months((SELECT max(size) FROM ledger.log_checkpoint), ?, ?) l
                             WHERE l.kind = 'USAGE_BATCH'
                             ORDER BY l.leaf_index
                            """)) {
                        select.setString(1, MONTHS.from().toString());
                        select.setString(2, MONTHS.through().toString());
                        try (ResultSet row = select.executeQuery()) {
                            while (row.next()) {
                                String sums = Objects.requireNonNull(meters.sums.get(row.getString("chain") + "/" + row.getLong("number")));
                                for (String line : sums.lines().toList()) {
                                    String[] cells = line.split("\t", -1);
                                    sink.row(row.getLong("leaf_index"), row.getString("chain"), row.getLong("number"), cells[0], cells[1], cells[2],
                                            cells[3], cells[4], cells[5], Long.parseLong(cells[6]));
                                }
                            }
                        }
                    }
                }),
                new TableFile(Table.USAGE_VOIDS, (view, sink) -> {
                    for (Line line : lines.stream().filter(line -> line.quantity() < 0 && MONTHS.contains(line.usage()))
                            .sorted(Comparator.comparing(line -> line.id().toString())).toList()) {
                        sink.row(line.id(), new UUID(line.id().getLeastSignificantBits(), 1), line.usage(), line.subscription(), line.sold().product(),
                                "position", "INDUSTRY", "CALL", -line.quantity(), new UUID(5, 2), "2026-11-30T00:00:00Z");
                    }
                }),
                new TableFile(Table.CHARGES, (view, sink) -> {
                    List<Line> sorted = new ArrayList<>(lines.stream().filter(line -> MONTHS.contains(line.period())).toList());
                    sorted.sort(Comparator.comparing((Line line) -> line.period() + " " + line.consumer() + line.usage() + line.id()));
                    for (Line line : sorted) {
                        sink.row(line.period(), line.id(), line.usage(), line.subscription(), line.consumer(), line.sold().product(),
                                "position", "INDUSTRY", "CALL", line.sold().id(), TariffJson.write(line.sold().tariff()), "1/1", line.ceilingId(),
                                line.ceiling().perUnit().fenPerUnit(), line.ceiling().perMonth(), line.quantity(), line.before() + line.quantity(),
                                line.before(), line.billed(), line.amount(), line.vat(), null, Money.ZERO);
                    }
                }),
                new TableFile(Table.REFUNDS, (view, sink) -> {
                    for (GivenBack each : refunds) {
                        sink.row(each.id(), each.line().id(), each.on(), GivenBack.GROSS, GivenBack.VAT);
                    }
                }),
                new TableFile(Table.SPELLS, (view, sink) -> {
                    for (Line line : lines.stream().filter(line -> line.usage().equals(line.period()) && MONTHS.contains(line.usage()))
                            .sorted(Comparator.comparing(line -> line.subscription().toString())).toList()) {
                        sink.row(line.subscription(), line.sold().product(), line.sold().plan(), line.usage().atDay(3) + "T00:00:00Z",
                                line.usage().atDay(25) + "T00:00:00Z");
                    }
                }),
                new TableFile(Table.STATEMENTS, (view, sink) -> {
                    for (Told told : statements()) {
                        StatementText read = StatementText.read(told.text());
                        sink.row(told.month(), told.consumer(), told.id(), read.reference(), read.number(), read.asOf(), read.dueOn(),
                                read.opening().net(), read.charged(), read.vat(), read.closing().net(), read.closing().lastMovement(),
                                HexFormat.of().formatHex(Digests.sha256().digest(told.text().getBytes(StandardCharsets.UTF_8))));
                    }
                }),
                new TableFile(Table.STATEMENT_TEXTS, (view, sink) -> {
                    for (Told told : statements()) {
                        TextParts.write(sink, told.id(), told.text());
                    }
                }));
    }

    private void settle(SettlementBook book, YearMonth month) {
        SettlementPeriod period = SettlementPeriod.month(month);
        var facts = book.facts(period, Dimensions.AUTHORISED_OPERATION);
        ShareRecord parties = SHARES.get(month.getMonthValue() < 11 ? 0 : 1).record();
        List<StoredSettlement> before = book.listSettlements(Dimensions.AUTHORISED_OPERATION);
        DistributionDetail left = before.isEmpty() ? null : before.getLast().result().detail();
        SettlementDetail detail = new SettlementDetail(period.lastDay(), List.of(new ProductRevenue("bus",
                facts.gross().minus(facts.outputVat()), parties, SHARES.getLast().record(), List.of())),
                new CostKey(CostKey.METERED_UNITS, 3, 1), Money.ZERO, left == null ? List.of() : left.carried(),
                left == null ? List.of() : left.carriedByProvider());
        SettleResult settled = book.settle(new SettlementInputs(period, Dimensions.AUTHORISED_OPERATION, facts.gross(),
                facts.outputVat(), facts.inputVat(), List.of(new PartyAmount("m1", Money.ofYuan("10"))), facts.costs(),
                SettlementRates.at(PolicyRates.load(dataSource), period.lastDay()), TreasuryBase.NET_PROFIT, Money.ZERO,
                detail.shares().operator(), detail.shares().merchants(), detail));
        if (!(settled instanceof SettleResult.Settled)) {
            throw new IllegalStateException(settled.toString());
        }
    }

    private List<ExportFile> files() {
        List<TableFile> tables = new ArrayList<>(LedgerTables.list());
        tables.addAll(LogTables.list());
        tables.addAll(market());
        List<ExportFile> files = new ArrayList<>(tables);
        files.add(new XlsxFile(tables));
        files.add(new HledgerExport());
        for (Gbt24589File.Part part : Gbt24589File.Part.values()) {
            files.add(new Gbt24589File(part, view -> new Bookkeeper("某运营公司", "91420800MA00000000",
                    List.of(new Bookkeeper.Party("c<1>", "客户&一")), List.of(), Map.of())));
        }
        return files;
    }

    Manifest write(Path to) throws IOException {
        return new BundleExport(dataSource, files(), () -> sealers, CLOCK).write(MONTHS, to, ExportProgress.SILENT);
    }

    /** Every file of the true bundle, by name. */
    Map<String, byte[]> contents() throws IOException {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        BundleExport export = new BundleExport(dataSource, files(), List::of, CLOCK);
        for (ExportFile file : files()) {
            java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
            export.write(file, MONTHS, out, ExportProgress.SILENT);
            contents.put(file.name(), out.toByteArray());
        }
        return contents;
    }

    /** A bundle of whatever files, with a manifest that fits them, signed by whom one likes. */
    void write(Map<String, byte[]> contents, List<Sealer> by, Path to) throws IOException {
        List<ExportFile> files = new ArrayList<>();
        contents.forEach((name, bytes) -> files.add(new ExportFile() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String mediaType() {
                return "application/octet-stream";
            }

            @Override
            public void write(ExportView view, OutputStream out) throws IOException {
                out.write(bytes);
            }
        }));
        new BundleExport(dataSource, files, () -> by, CLOCK).write(MONTHS, to, ExportProgress.SILENT);
    }
}
