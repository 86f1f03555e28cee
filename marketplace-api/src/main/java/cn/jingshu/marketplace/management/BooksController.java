package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportFile;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.server.types.files.StreamedFile;
import io.micronaut.http.MediaType;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;

/** What is owed and what is booked: statements, entries, exports. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class BooksController {
    private final Rights rights;
    private final MonthClose months;
    private final Journal journal;
    private final BundleExport export;
    private final Clock clock;

    BooksController(
            Rights rights,
            MonthClose months,
            Journal journal,
            BundleExport export,
            Clock clock) {
        this.rights = rights;
        this.months = months;
        this.journal = journal;
        this.export = export;
        this.clock = clock;
    }

    /**
     * What one consumer owes for one month.
     *
     * @param status {@code OPEN}: a preview as of {@code asOf}; else how far the close has come
     */
    @Serdeable
    record StatementView(
            String month,
            UUID organisationId,
            String status,
            Instant asOf,
            String totalYuan,
            String vatYuan,
            List<ChargeView> lines) {}

    @Serdeable
    record ChargeView(
            UUID chargeId,
            String usageMonth,
            boolean correction,
            UUID subscriptionId,
            String product,
            String operation,
            String purpose,
            String unit,
            long quantity,
            String fenPerUnit,
            @Nullable String ceilingFenPerUnit,
            @Nullable UUID priceVersion,
            String amountYuan,
            String vatYuan) {}

    @Serdeable
    record EntryView(
            long number,
            UUID entryId,
            String effectiveOn,
            Instant bookedAt,
            String reason,
            String description,
            @Nullable UUID reverses,
            List<PostingView> postings) {}

    @Serdeable
    record PostingView(
            String account,
            String side,
            String amountYuan,
            @Nullable String product,
            @Nullable String provider,
            @Nullable String consumer,
            @Nullable String merchant,
            @Nullable String purpose,
            @Nullable String businessLine,
            @Nullable String priceVersion,
            @Nullable String servicePeriod) {}

    @Serdeable
    record EntryPage(String month, List<EntryView> entries, @Nullable Long nextCursor) {}

    /** The bill of a month: a preview while it is open. */
    @Get("/statements/{month}")
    StatementView statement(Visitor visitor, String month, @Nullable @QueryValue UUID organisation) {
        YearMonth asked = month(month);
        UUID whose = rights.organisationOf(visitor, organisation);
        List<Charge> lines = months.preview(asked).stream()
                .filter(charge -> charge.key().organisationId().equals(whose))
                .sorted(Charge.ON_A_BILL)
                .toList();
        return new StatementView(asked.toString(), whose,
                months.findState(asked).map(state -> state.status().name()).orElse("OPEN"), clock.instant(),
                Money.sum(lines.stream().map(Charge::amount).toList()).toYuan(),
                Money.sum(lines.stream().map(Charge::vat).toList()).toYuan(),
                lines.stream().map(BooksController::toApi).toList());
    }

    /** Journal entries of a month, page by page, as the books stood and were known at a moment. */
    @Get("/entries")
    EntryPage entries(Visitor visitor, @QueryValue String month, @Nullable @QueryValue String asOf,
            @Nullable @QueryValue String asKnownAt, @QueryValue(defaultValue = "0") long cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Rights.requireBooks(visitor);
        if (limit < 1 || limit > 1_000 || cursor < 0) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "limit 须为 1 至 1000,cursor 不得为负。",
                    "limit must be 1 to 1000, cursor not below zero.");
        }
        YearMonth asked = month(month);
        List<BookedEntry> page = journal.listEntries(
                asked, cursor, limit, GeneralLedgerController.readPoint(asOf, asKnownAt));
        return new EntryPage(asked.toString(), page.stream().map(BooksController::toApi).toList(),
                page.size() == limit ? page.getLast().number() : null);
    }

    /** All of the books of a period as one signed archive, which {@code jingshu verify} checks. */
    @Get("/exports/{period}/bundle.zip")
    HttpResponse<StreamedFile> bundle(Visitor visitor, String period) throws IOException {
        return exported(visitor, period, "bundle.zip", "application/zip",
                (months, file) -> export.write(months, file, ExportProgress.SILENT));
    }

    /** One file of the bundle by itself, such as {@code entries.csv}, {@code books.journal} or {@code tables.xlsx}. */
    @Get("/exports/{period}/{name}")
    HttpResponse<StreamedFile> file(Visitor visitor, String period, String name) throws IOException {
        Rights.requireBooks(visitor);
        ExportFile asked = export.files().stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND, "没有这个导出文件。", "There is no export file of that name."));
        return exported(visitor, period, name, asked.mediaType(), (months, file) -> {
            try (OutputStream out = Files.newOutputStream(file)) {
                export.write(asked, months, out, ExportProgress.SILENT);
            }
        });
    }

    private interface Export {
        void write(Months months, Path file) throws IOException;
    }

    /** Written to a file first: an export that fails half-way is an error, never half an answer. The file goes with its last byte sent. */
    private HttpResponse<StreamedFile> exported(Visitor visitor, String period, String name, String type, Export write)
            throws IOException {
        Rights.requireBooks(visitor);
        Months months = months(period);
        Path file = Files.createTempFile("jingshu-export-", "-" + name);
        try {
            write.write(months, file);
            long size = Files.size(file);
            StreamedFile sent = new StreamedFile(Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE),
                    MediaType.of(type), clock.instant().toEpochMilli(), size);
            return HttpResponse.ok(sent.attach(period + "-" + name)).header("Cache-Control", "no-store");
        } catch (IOException | RuntimeException failed) {
            Files.deleteIfExists(file);
            throw failed;
        }
    }

    private static Months months(String text) {
        try {
            return Months.parse(text);
        } catch (IllegalArgumentException notAPeriod) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "期间须为 2026-11、2026-Q4 或 2026,或以 .. 连接其二。",
                    "A period has the form 2026-11, 2026-Q4 or 2026, or two of them with .. between.");
        }
    }

    private static ChargeView toApi(Charge charge) {
        var ceiling = charge.ceiling();
        return new ChargeView(charge.id(), charge.key().usageMonth().toString(), charge.isCorrection(),
                charge.key().subscriptionId(), charge.key().product(), charge.key().operation(), charge.key().purpose(),
                charge.key().unit(), charge.quantity(),
                charge.price().fenPerUnit().stripTrailingZeros().toPlainString(),
                ceiling == null ? null : ceiling.fenPerUnit().stripTrailingZeros().toPlainString(),
                charge.key().tariffId(), charge.amount().toYuan(), charge.vat().toYuan());
    }

    private static EntryView toApi(BookedEntry booked) {
        var entry = booked.entry();
        return new EntryView(booked.number(), entry.entryId(), entry.effectiveOn().toString(), booked.bookedAt(),
                entry.reason().name(), entry.description(), entry.reverses(), entry.postings().stream()
                        .map(BooksController::toApi)
                        .toList());
    }

    private static PostingView toApi(Posting posting) {
        Dimensions about = posting.dimensions();
        YearMonth servicePeriod = about.servicePeriod();
        return new PostingView(posting.account().value(), posting.side().name(), posting.amount().toYuan(), about.product(),
                about.provider(), about.consumer(), about.merchant(), about.purposeClass(), about.businessLine(), about.priceVersion(),
                servicePeriod == null ? null : servicePeriod.toString());
    }

    private static YearMonth month(String text) {
        try {
            return YearMonth.parse(text);
        } catch (DateTimeException notAMonth) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "月份须为 2026-11 形式。", "A month has the form 2026-11.");
        }
    }
}
