package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.Charges;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.billing.account.Spending;
import cn.jingshu.marketplace.billing.statement.CreditNotes;
import cn.jingshu.marketplace.billing.statement.Dunning;
import cn.jingshu.marketplace.billing.statement.Invoices;
import cn.jingshu.marketplace.billing.statement.Refunds;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Where who runs the market sees what consumers owe, enters what they paid, and notes what was invoiced. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ReceivablePages {
    private static final int MOVES_SHOWN = 50;
    private static final int REFUNDS_SHOWN = 50;
    private static final int MOST_CHARS = 500;
    private static final Bilingual NO_AMOUNT =
            new Bilingual("请填写金额(元),最多两位小数", "enter an amount in yuan with at most two decimals");
    private static final Bilingual NO_DAY = new Bilingual("请填写日期", "enter a date");
    private static final Bilingual NO_TEXT = new Bilingual("须填写,最多 500 字", "it is needed, of 500 characters at most");

    private final PageFrame frame;
    private final Pages pages;
    private final Accounts accounts;
    private final Spending spending;
    private final Dunning dunning;
    private final CreditNotes notes;
    private final Refunds refunds;
    private final Invoices invoices;
    private final Charges charges;
    private final Organisations organisations;

    ReceivablePages(PageFrame frame, Pages pages, Accounts accounts, Spending spending, Dunning dunning, CreditNotes notes,
            Refunds refunds, Invoices invoices, Charges charges, Organisations organisations) {
        this.frame = frame;
        this.pages = pages;
        this.accounts = accounts;
        this.spending = spending;
        this.dunning = dunning;
        this.notes = notes;
        this.refunds = refunds;
        this.invoices = invoices;
        this.charges = charges;
        this.organisations = organisations;
    }

    @Get(Links.RECEIVABLES)
    HttpResponse<String> receivables(HttpRequest<?> request) {
        frame.requireBooks(request);
        return show(request, Form.EMPTY, HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, Form form, HttpStatus status) {
        Person reader = frame.personOf(request);
        ReceivablesView view = new ReceivablesView(
                accounts.listBalances().stream()
                        .map(each -> new ReceivablesView.Owing(each.organisationId(), nameOf(each.organisationId()),
                                each.balance().owed().fen(), each.balance().prepaid().fen(), gravest(each.organisationId())))
                        .toList(),
                refunds.listNewest(Refunds.Status.REQUESTED, REFUNDS_SHOWN).stream()
                        .map(each -> new ReceivablesView.Refund(each.id(),
                                charges.find(each.chargeId()).map(line -> nameOf(line.key().organisationId()))
                                        .orElse(Bilingual.same("–")),
                                each.chargeId(), each.amount().fen(), each.reason(), each.requestedAt(),
                                each.requestedBy().equals(reader.id())))
                        .toList(),
                runsTheMarket(reader), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.receivables(page, view));
    }

    private static boolean runsTheMarket(Person reader) {
        return reader.roles().contains(Role.OPERATIONS);
    }

    private Bilingual nameOf(UUID organisationId) {
        return PageFrame.nameOf(organisation(organisationId));
    }

    private Organisation organisation(UUID id) {
        return organisations.find(id).orElseThrow(PageRefused::noSuchPage);
    }

    /** The furthest step of any statement that is not settled. */
    private DunningState gravest(UUID organisationId) {
        return dunning.standings(organisationId).stream()
                .map(Dunning.Standing::state)
                .filter(state -> state != Dunning.State.SETTLED)
                .max(Enum::compareTo)
                .map(state -> DunningState.valueOf(state.name()))
                .orElse(DunningState.SETTLED);
    }

    @Post(Links.DUNNING)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> dun(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        frame.posted(request, body);
        dunning.run(frame.personWith(request, Role.OPERATIONS).id());
        return to(Links.RECEIVABLES, Done.DUNNED);
    }

    @Post(Links.RECEIVABLES + "/refunds/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> decide(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.OPERATIONS);
        UUID refund = SubscriptionPages.uuid(id);
        String reason = posted.text("reason");
        if (reason.isEmpty() || reason.length() > MOST_CHARS) {
            return show(request, new Form(Map.of(), Map.of("reason", NO_TEXT)), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        Refunds.Outcome outcome = switch (posted.text("decision")) {
            case "GRANTED" -> refunds.grant(refund, person.id());
            case "REFUSED" -> refunds.refuse(refund, person.id(), reason);
            default -> throw PageRefused.noSuchPage();
        };
        return switch (outcome) {
            case Refunds.Outcome.Done _ -> to(Links.RECEIVABLES, Done.DECIDED);
            case Refunds.Outcome.Refused(var fault) -> show(request, new Form(Map.of(),
                    Map.of("reason", new Bilingual(fault.zh(), fault.en()))), HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    private static HttpResponse<?> to(String link, Done done) {
        return HttpResponse.seeOther(URI.create(link + "?done=" + done.word()));
    }

    // One consumer ------------------------------------------------------------------------------------------------------

    @Get(Links.RECEIVABLES + "/{id}")
    HttpResponse<String> consumer(HttpRequest<?> request, String id) {
        frame.requireBooks(request);
        return show(request, SubscriptionPages.uuid(id), Form.EMPTY, HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, UUID whose, Form form, HttpStatus status) {
        Organisation consumer = organisation(whose);
        Spending.Position position = spending.position(whose);
        List<Dunning.Standing> standings = dunning.standings(whose);
        ConsumerAccountView view = new ConsumerAccountView(whose, PageFrame.nameOf(consumer), consumer.uscc().code(),
                StatementPages.standing(position), StatementPages.stops(position, standings),
                standings.reversed().stream()
                        .map(each -> new ConsumerAccountView.Bill(each.statement().id(), each.statement().month(),
                                each.statement().reference(), each.statement().charged().fen(), each.statement().dueOn(),
                                each.open().fen(), DunningState.valueOf(each.state().name()),
                                invoices.listOf(each.statement().id()).stream()
                                        .map(invoice -> (invoice.isRed() ? "-" : "") + invoice.number())
                                        .toList()))
                        .toList(),
                accounts.listBefore(whose, Long.MAX_VALUE, MOVES_SHOWN).stream()
                        .map(each -> new ConsumerAccountView.Move(each.number(), MoveKind.valueOf(each.kind().name()),
                                each.effectiveOn(), each.document(), each.owed().fen(), each.prepaid().fen()))
                        .toList(),
                notes.listOf(whose).stream()
                        .map(each -> new ConsumerAccountView.Note(each.reference(), each.issuedOn(), each.amount().fen(), each.reason()))
                        .toList(),
                runsTheMarket(frame.personOf(request)), form, UUID.randomUUID());
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status),
                page -> pages.consumerAccount(page, view));
    }

    /** What was entered, field by field, and what is wrong with it. */
    private static final class Entered {
        private final Posted posted;
        private final Map<String, Bilingual> errors = new LinkedHashMap<>();

        Entered(Posted posted) {
            this.posted = posted;
        }

        Money amount(String field) {
            Optional<Money> amount = StatementPages.yuan(posted.text(field));
            if (amount.isEmpty()) {
                errors.put(field, NO_AMOUNT);
            }
            return amount.orElse(Money.ZERO);
        }

        LocalDate day(String field) {
            try {
                return LocalDate.parse(posted.text(field));
            } catch (DateTimeException notADay) {
                errors.put(field, NO_DAY);
                return LocalDate.EPOCH;
            }
        }

        String text(String field, int most) {
            String text = posted.text(field);
            if (text.isEmpty() || text.length() > most) {
                errors.put(field, NO_TEXT);
            }
            return text;
        }

        UUID id(String field) {
            try {
                return UUID.fromString(posted.text(field));
            } catch (IllegalArgumentException notAnId) {
                errors.put(field, new Bilingual("编号不正确", "that is no id"));
                return new UUID(0, 0);
            }
        }

        boolean isWrong() {
            return !errors.isEmpty();
        }

        Entered and(String field, String zh, String en) {
            errors.put(field, new Bilingual(zh, en));
            return this;
        }

        Form form() {
            return new Form(posted.shown(), errors);
        }
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, UUID whose, Entered entered) {
        return show(request, whose, entered.form(), HttpStatus.UNPROCESSABLE_ENTITY);
    }

    @Post(Links.RECEIVABLES + "/{id}/receipts")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> receive(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Entered entered = new Entered(frame.posted(request, body));
        Person person = frame.personWith(request, Role.OPERATIONS);
        UUID whose = SubscriptionPages.uuid(id);
        UUID receiptId = entered.id("id");
        Money amount = entered.amount("amount");
        LocalDate on = entered.day("receivedOn");
        String reference = entered.text("bankReference", 100);
        if (!entered.isWrong() && !amount.isPositive()) {
            entered.and("amount", NO_AMOUNT.zh(), NO_AMOUNT.en());
        }
        if (entered.isWrong()) {
            return wrong(request, whose, entered);
        }
        return switch (accounts.receive(new Accounts.Receipt(receiptId, whose, amount, on, reference), person.id())) {
            case Accounts.Received.Booked _ -> {
                spending.judge(whose);
                yield to(Links.receivables(whose), Done.RECEIVED);
            }
            case Accounts.Received.Refused(var fault) -> wrong(request, whose,
                    entered.and(fieldOf(fault), fault.zh(), fault.en()));
        };
    }

    @Post(Links.RECEIVABLES + "/{id}/terms")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> terms(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Entered entered = new Entered(posted);
        Person person = frame.personWith(request, Role.OPERATIONS);
        UUID whose = organisation(SubscriptionPages.uuid(id)).id();
        String reason = entered.text("reason", MOST_CHARS);
        Money limit = posted.text("creditLimit").isEmpty() ? null : entered.amount("creditLimit");
        if (limit != null && limit.isNegative()) {
            entered.and("creditLimit", NO_AMOUNT.zh(), NO_AMOUNT.en());
        }
        if (entered.isWrong()) {
            return wrong(request, whose, entered);
        }
        spending.agree(whose, limit, person.id(), reason);
        return to(Links.receivables(whose), Done.TERMS_SET);
    }

    @Post(Links.RECEIVABLES + "/{id}/refunds")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> refund(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Entered entered = new Entered(frame.posted(request, body));
        Person person = frame.personWith(request, Role.OPERATIONS);
        UUID whose = SubscriptionPages.uuid(id);
        UUID refundId = entered.id("id");
        UUID chargeId = entered.id("chargeId");
        Money amount = entered.amount("refundAmount");
        String reason = entered.text("refundReason", MOST_CHARS);
        if (!entered.isWrong() && charges.find(chargeId).map(Charge::key).filter(key -> key.organisationId().equals(whose)).isEmpty()) {
            entered.and("chargeId", Refunds.Fault.NO_SUCH_LINE.zh(), Refunds.Fault.NO_SUCH_LINE.en());
        }
        if (entered.isWrong()) {
            return wrong(request, whose, entered);
        }
        return switch (refunds.request(refundId, chargeId, amount, reason, person.id())) {
            case Refunds.Outcome.Done _ -> to(Links.receivables(whose), Done.REFUND_ASKED);
            case Refunds.Outcome.Refused(var fault) ->
                wrong(request, whose, entered.and(fault == Refunds.Fault.TOO_MUCH ? "refundAmount" : "chargeId", fault.zh(), fault.en()));
        };
    }

    @Post(Links.RECEIVABLES + "/{id}/invoices")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> invoice(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Entered entered = new Entered(posted);
        Person person = frame.personWith(request, Role.OPERATIONS);
        UUID whose = SubscriptionPages.uuid(id);
        UUID invoiceId = entered.id("id");
        UUID statement = entered.id("statement");
        String number = entered.text("invoiceNumber", 20);
        LocalDate on = entered.day("issuedOn");
        Money amount = entered.amount("invoiceAmount");
        Money vat = entered.amount("invoiceVat");
        String takesBack = posted.text("redOf");
        Optional<UUID> redOf = invoices.listOf(statement).stream()
                .filter(each -> each.number().equals(takesBack))
                .map(Invoices.Invoice::id)
                .findFirst();
        if (!takesBack.isEmpty() && redOf.isEmpty()) {
            entered.and("redOf", Invoices.Fault.NOT_ITS_INVOICE.zh(), Invoices.Fault.NOT_ITS_INVOICE.en());
        }
        if (entered.isWrong()) {
            return wrong(request, whose, entered);
        }
        return switch (invoices.record(new Invoices.Invoice(invoiceId, statement, number, on, amount, vat, redOf.orElse(null), null),
                person.id())) {
            case Invoices.Outcome.Done _ -> to(Links.receivables(whose), Done.INVOICE_NOTED);
            case Invoices.Outcome.Refused(var fault) -> wrong(request, whose,
                    entered.and(fieldOf(fault), fault.zh(), fault.en()));
        };
    }

    private static String fieldOf(Accounts.Fault fault) {
        return switch (fault) {
            case IN_THE_FUTURE -> "receivedOn";
            case ID_TAKEN, TRANSFER_KNOWN, NO_SUCH_CONSUMER -> "bankReference";
        };
    }

    private static String fieldOf(Invoices.Fault fault) {
        return switch (fault) {
            case NOT_TWENTY_DIGITS, YEAR_DIFFERS, NO_SUCH_PROVINCE, NUMBER_TAKEN, ID_TAKEN -> "invoiceNumber";
            case IN_THE_FUTURE -> "issuedOn";
            case AMOUNTS_WRONG, BEYOND_STATEMENT, BEYOND_INVOICE, BEYOND_NOTE -> "invoiceAmount";
            case UNKNOWN_STATEMENT, NOT_ITS_INVOICE, NOT_ITS_NOTE -> "redOf";
        };
    }
}
