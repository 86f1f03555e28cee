package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.LedgerDatabase;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.bundle.Manifest;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportFile;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.export.ExportView;
import cn.jingshu.ledger.export.HledgerExport;
import cn.jingshu.ledger.export.LedgerTables;
import cn.jingshu.ledger.export.XlsxFile;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.Vat;
import cn.jingshu.ledger.period.CloseResult;
import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.seal.Sealer;
import cn.jingshu.ledger.settlement.MerchantShare;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.SettleResult;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementInputs;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementRates;
import cn.jingshu.ledger.settlement.TreasuryBase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;

/** Two months of real books, settled and closed, in a real database; and bundles of them, true and false ones. */
final class ExampleBundle {
    static final Months MONTHS = new Months(YearMonth.of(2026, 10), YearMonth.of(2026, 11));
    static final Sealer SEALER = Sealer.newEd25519("city.example/books");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-12-01T02:00:00.123456Z"), ZoneOffset.UTC);

    private final DataSource dataSource = LedgerDatabase.create();

    ExampleBundle(int entriesAMonth) {
        Journal journal = new Journal(dataSource, CLOCK);
        SettlementBook book = new SettlementBook(dataSource, journal, CLOCK);
        Random random = new Random(20261201);
        for (YearMonth month : MONTHS.list()) {
            book(journal, month, entriesAMonth, random);
            settle(book, month);
            if (!(new Periods(dataSource, CLOCK).close(month) instanceof CloseResult.Closed)) {
                throw new IllegalStateException(month + " does not close");
            }
        }
    }

    private static void book(Journal journal, YearMonth month, int count, Random random) {
        List<JournalEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Money gross = new Money(1 + random.nextInt(1_000_000));
            Vat vat = Vat.inside(gross, Portion.percent(6));
            Dimensions about = Dimensions.authorisedOperation().withProduct("bus").withConsumer("=c" + random.nextInt(5))
                    .withPurposeClass("INDUSTRY");
            JournalEntry charge = new JournalEntry(new UUID(random.nextLong(), random.nextLong()),
                    month.atDay(1 + random.nextInt(28)), EntryReason.CHARGE, "'\"服务费\",\n第 " + i + " 笔", List.of(
                            Posting.debit(Chart.RECEIVABLES, gross, about), Posting.credit(Chart.REVENUE, vat.net(), about),
                            vat.tax().isZero() ? Posting.credit(Chart.BANK, Money.ofFen(1), about) : Posting.credit(Chart.OUTPUT_VAT, vat.tax(), about)));
            entries.add(charge);
            if (random.nextInt(10) == 0) {
                entries.add(charge.reversal(new UUID(random.nextLong(), random.nextLong()), month.atEndOfMonth(), "错账"));
            }
        }
        entries.add(new JournalEntry(new UUID(random.nextLong(), random.nextLong()), month.atDay(5), EntryReason.COST, "机房", List.of(
                Posting.debit(Chart.COST_OF_SERVICE, Money.ofYuan("123.45"), Dimensions.authorisedOperation()),
                Posting.credit(Chart.BANK, Money.ofYuan("123.45"), Dimensions.NONE))));
        journal.postAll(entries);
    }

    private void settle(SettlementBook book, YearMonth month) {
        SettlementPeriod period = SettlementPeriod.month(month);
        var facts = book.facts(period, Dimensions.AUTHORISED_OPERATION);
        SettleResult settled = book.settle(new SettlementInputs(period, Dimensions.AUTHORISED_OPERATION, facts.gross(),
                facts.outputVat(), facts.inputVat(), List.of(new PartyAmount("m1", Money.ofYuan("10"))), facts.costs(),
                SettlementRates.at(PolicyRates.load(dataSource), period.lastDay()), TreasuryBase.NET_PROFIT, Money.ZERO,
                Portion.percent(55), List.of(new MerchantShare("m1", Portion.percent(45)))));
        if (!(settled instanceof SettleResult.Settled)) {
            throw new IllegalStateException(settled.toString());
        }
    }

    private static List<ExportFile> files() {
        List<ExportFile> files = new ArrayList<>(LedgerTables.list());
        files.add(new XlsxFile(LedgerTables.list()));
        files.add(new HledgerExport());
        return files;
    }

    Manifest write(Path to) throws IOException {
        return new BundleExport(dataSource, files(), List.of(SEALER), CLOCK).write(MONTHS, to, ExportProgress.SILENT);
    }

    /** Every file of the true bundle, by name. */
    Map<String, byte[]> contents() throws IOException {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        BundleExport export = new BundleExport(dataSource, files(), List.of(), CLOCK);
        for (ExportFile file : files()) {
            java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
            export.write(file, MONTHS, out, ExportProgress.SILENT);
            contents.put(file.name(), out.toByteArray());
        }
        return contents;
    }

    /** A bundle of whatever files, with a manifest that fits them, signed by whom one likes. */
    void write(Map<String, byte[]> contents, List<Sealer> sealers, Path to) throws IOException {
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
        new BundleExport(dataSource, files, sealers, CLOCK).write(MONTHS, to, ExportProgress.SILENT);
    }
}
