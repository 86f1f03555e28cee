package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.LineEvents;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.statement.CreditNotes;
import cn.jingshu.marketplace.billing.statement.Dunning;
import cn.jingshu.marketplace.billing.statement.StatementCsv;
import cn.jingshu.marketplace.billing.statement.StatementPdf;
import cn.jingshu.marketplace.billing.statement.Invoices;
import cn.jingshu.marketplace.billing.statement.Statements;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.metering.usage.EventPage;
import cn.jingshu.metering.usage.StoredEvent;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Statements as documents, and the calls behind each of their lines. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class StatementsController {
    private final Rights rights;
    private final Statements statements;
    private final Dunning dunning;
    private final CreditNotes notes;
    private final MonthClose months;
    private final LineEvents lines;
    private final Invoices invoices;

    StatementsController(Rights rights, Statements statements, Dunning dunning, CreditNotes notes, MonthClose months,
            LineEvents lines, Invoices invoices) {
        this.invoices = invoices;
        this.rights = rights;
        this.statements = statements;
        this.dunning = dunning;
        this.notes = notes;
        this.months = months;
        this.lines = lines;
    }

    /**
     * An issued statement in a list.
     *
     * @param state how far the asking for it has come
     * @param sha256 of its JSON
     */
    @Serdeable
    record Listed(UUID statementId, String statement, UUID organisationId, String month, Instant issuedAt, String dueOn,
            String chargedYuan, String vatYuan, String balanceYuan, String openYuan, String state, String stateSince,
            String sha256) {
        static Listed of(Dunning.Standing standing) {
            Statements.Listed statement = standing.statement();
            return new Listed(statement.id(), statement.reference(), statement.organisationId(), statement.month().toString(),
                    statement.issuedAt(), statement.dueOn().toString(), statement.charged().toYuan(), statement.vat().toYuan(),
                    statement.balance().toYuan(), standing.open().toYuan(), standing.state().name(),
                    standing.since().toString(), statement.sha256());
        }
    }

    @Serdeable
    record Day(String day, long events, long quantity) {}

    @Serdeable
    record Days(UUID chargeId, long quantity, List<Day> days) {}

    /** @param quantity units it counts on this line; below zero: taken back */
    @Serdeable
    record Event(UUID eventId, Instant occurredAt, String requestId, long quantity) {}

    @Serdeable
    record Events(UUID chargeId, List<Event> events, @Nullable String nextCursor) {}

    /**
     * A credit note.
     *
     * @param statementMonth the month of the statement it is about; null: issued before statements were kept
     * @param redLetters the red-letter invoices issued for it by the tax platform, as far as they were noted
     * @param invoicedYuan what of the statement stands invoiced; above zero while {@code toRedLetterYuan} is, a red-letter invoice is due
     * @param toRedLetterYuan of its amount, what no red-letter invoice names yet
     */
    @Serdeable
    record Note(UUID creditNoteId, String creditNote, UUID organisationId, String kind, @Nullable UUID statementId,
            @Nullable String statementMonth, String amountYuan, String vatYuan, String reason, String issuedOn,
            List<NoteLine> lines, List<RedLetter> redLetters, String invoicedYuan, String toRedLetterYuan) {}

    /** @param blueNumber number of the invoice it takes back */
    @Serdeable
    record RedLetter(UUID invoiceId, String number, String issuedOn, String amountYuan, UUID redOf, String blueNumber) {}

    @Serdeable
    record NoteLine(@Nullable UUID chargeId, @Nullable UUID corrects, String amountYuan, String vatYuan) {}

    /** One consumer's issued statements, the oldest first. */
    @Get("/statements")
    List<Listed> list(Visitor visitor, @Nullable @QueryValue UUID organisation) {
        return dunning.standings(rights.organisationOf(visitor, organisation)).stream().map(Listed::of).toList();
    }

    /** The statement as it was stored, byte by byte; a preview while it is not issued. */
    @Get("/statements/{month}/document.json")
    @Produces(MediaType.APPLICATION_JSON)
    HttpResponse<String> json(Visitor visitor, String month, @Nullable @QueryValue UUID organisation) {
        Statements.Shown shown = shown(visitor, month, organisation);
        return tagged(HttpResponse.ok(shown.content()), shown);
    }

    /** The statement of a month as CSV. */
    @Get("/statements/{month}/document.csv")
    @Produces("text/csv; charset=utf-8")
    HttpResponse<String> csv(Visitor visitor, String month, @Nullable @QueryValue UUID organisation) {
        Statements.Shown shown = shown(visitor, month, organisation);
        Csv csv = new Csv();
        StatementCsv.rows(shown.statement()).forEach(csv::line);
        return tagged(csv.answer("statement-" + shown.statement().heading().month() + ".csv"), shown);
    }

    /** The statement of a month as PDF. */
    @Get("/statements/{month}/document.pdf")
    @Produces("application/pdf")
    HttpResponse<byte[]> pdf(Visitor visitor, String month, @Nullable @QueryValue UUID organisation) {
        Statements.Shown shown = shown(visitor, month, organisation);
        return tagged(HttpResponse.ok(StatementPdf.of(shown.statement(), shown.sha256())).header("Content-Disposition",
                "attachment; filename=\"statement-" + shown.statement().heading().month() + ".pdf\""), shown);
    }

    private static <T> HttpResponse<T> tagged(MutableHttpResponse<T> answer, Statements.Shown shown) {
        return answer.header("Cache-Control", "no-store").header("Jingshu-Sha256", shown.sha256());
    }

    private Statements.Shown shown(Visitor visitor, String month, @Nullable UUID organisation) {
        return statements.of(rights.organisationOf(visitor, organisation), month(month));
    }

    /** The days of a line; their quantities add up to the line's. */
    @Get("/statements/{month}/lines/{chargeId}/days")
    Days days(Visitor visitor, String month, UUID chargeId, @Nullable @QueryValue UUID organisation) {
        Charge line = line(visitor, month, chargeId, organisation);
        return new Days(chargeId, line.quantity(), lines.listDays(line).stream()
                .map(day -> new Day(day.day().toString(), day.events(), day.quantity()))
                .toList());
    }

    /** The calls of a line, the youngest first; what it takes back of an earlier line comes on the first page. */
    @Get("/statements/{month}/lines/{chargeId}/events")
    Events events(Visitor visitor, String month, UUID chargeId, @Nullable @QueryValue UUID organisation,
            @Nullable @QueryValue String cursor, @QueryValue(defaultValue = "100") int limit) {
        Pages.requireLimit(limit);
        Charge line = line(visitor, month, chargeId, organisation);
        LineEvents.Page page = lines.listEvents(line, Optional.ofNullable(cursor).map(Pages::readCursor)
                .map(end -> new EventPage.Cursor(end.moment(), end.id())), limit);
        List<Event> events = new ArrayList<>();
        page.takenBack().forEach(event -> events.add(event(event, -1)));
        page.events().forEach(event -> events.add(event(event, 1)));
        return new Events(chargeId, events,
                page.next().map(end -> Pages.writeCursor(end.occurredAt(), end.eventId())).orElse(null));
    }

    private static Event event(StoredEvent stored, int sign) {
        return new Event(stored.event().eventId(), stored.event().occurredAt(), stored.event().requestId(),
                sign * stored.event().quantity());
    }

    private Charge line(Visitor visitor, String month, UUID chargeId, @Nullable UUID organisation) {
        UUID whose = rights.organisationOf(visitor, organisation);
        return months.preview(month(month), whose).stream()
                .filter(charge -> charge.id().equals(chargeId))
                .findFirst()
                .orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND));
    }

    /** One consumer's credit notes, the oldest first. */
    @Get("/credit-notes")
    List<Note> notes(Visitor visitor, @Nullable @QueryValue UUID organisation) {
        return notes.listOf(rights.organisationOf(visitor, organisation)).stream()
                .map(note -> {
                    List<Invoices.Invoice> reds = invoices.listOfNote(note.id());
                    UUID statement = note.statementId();
                    List<Invoices.Invoice> all = statement == null ? List.of() : invoices.listOf(statement);
                    Money standing = Money.sum(all.stream().map(each -> each.isRed() ? each.amount().negated() : each.amount()).toList());
                    Money open = note.amount().minus(Money.sum(reds.stream().map(Invoices.Invoice::amount).toList()));
                    var month = note.statementMonth();
                    return new Note(note.id(), note.reference(), note.organisationId(), note.kind().name(), note.statementId(),
                            month == null ? null : YearMonth.from(month).toString(), note.amount().toYuan(),
                            note.vat().toYuan(), note.reason(), note.issuedOn().toString(),
                            notes.listLines(note.id()).stream()
                                    .map(each -> new NoteLine(each.chargeId(), each.corrects(), yuan(each.amount()), yuan(each.vat())))
                                    .toList(),
                            reds.stream().flatMap(red -> redLetter(red, all).stream()).toList(), standing.toYuan(), open.toYuan());
                })
                .toList();
    }

    private static Optional<RedLetter> redLetter(Invoices.Invoice red, List<Invoices.Invoice> all) {
        return all.stream().filter(each -> each.id().equals(red.redOf())).findFirst().map(blue -> new RedLetter(red.id(), red.number(),
                red.issuedOn().toString(), red.amount().toYuan(), blue.id(), blue.number()));
    }

    private static String yuan(Money amount) {
        return amount.toYuan();
    }

    private static YearMonth month(String text) {
        try {
            YearMonth month = YearMonth.parse(text);
            if (month.getYear() >= 2020 && month.getYear() < 2120) {
                return month;
            }
        } catch (DateTimeException notAMonth) {
            // Answered below, together with months nobody keeps books for.
        }
        throw new ManagementProblem(Refusal.INVALID_REQUEST, "月份须为 2026-11 形式。", "A month has the form 2026-11.");
    }
}
