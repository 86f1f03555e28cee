package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.MonthBills;
import cn.jingshu.marketplace.billing.account.AccountTerms;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.billing.account.Movement;
import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.billing.account.Spending;
import cn.jingshu.marketplace.billing.statement.Dunning;
import cn.jingshu.marketplace.billing.statement.CreditNotes;
import cn.jingshu.marketplace.billing.statement.Invoices;
import cn.jingshu.marketplace.billing.statement.Refunds;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Accounts of consumers: what they owe and have paid, their limits, and how what is unpaid is asked for. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class AccountsController {
    private static final Role[] REFUND_READERS = {Role.OPERATIONS, Role.AUDITOR, Role.REGULATOR};
    private static final Role[] REFUND_DECIDERS = {Role.OPERATIONS, Role.REGULATOR};

    private final Rights rights;
    private final Accounts accounts;
    private final Spending spending;
    private final Notifications notifications;
    private final Dunning dunning;
    private final Refunds refunds;
    private final Invoices invoices;
    private final CreditNotes notes;
    private final MonthBills bills;
    private final Organisations organisations;

    AccountsController(Rights rights, Accounts accounts, Spending spending, Notifications notifications, Dunning dunning,
            Refunds refunds, Invoices invoices, MonthBills bills, Organisations organisations, CreditNotes notes) {
        this.notes = notes;
        this.rights = rights;
        this.accounts = accounts;
        this.spending = spending;
        this.notifications = notifications;
        this.dunning = dunning;
        this.refunds = refunds;
        this.invoices = invoices;
        this.bills = bills;
        this.organisations = organisations;
    }

    /**
     * Where a consumer's account stands.
     *
     * @param balanceYuan owed less paid ahead
     * @param spentYuan what this month's calls cost so far, from hourly totals
     * @param unbilledYuan all calls not billed yet
     * @param mode {@code POSTPAID}, {@code PREPAID}, or {@code CREDIT_LIMIT}
     * @param leftYuan what may still be used; null: there is no limit
     * @param stops why paid calls are refused; empty: they are not
     */
    @Serdeable
    record Account(UUID organisationId, String month, String owedYuan, String prepaidYuan, String balanceYuan,
            String spentYuan, String unbilledYuan, String mode, @Nullable String creditLimitYuan, @Nullable String leftYuan,
            @Nullable String budgetYuan, boolean budgetHard, List<String> stops, List<Moved> movements) {}

    @Serdeable
    record Moved(long number, UUID id, String kind, String effectiveOn, @Nullable String month, String owedYuan,
            String prepaidYuan, String document) {
        static Moved of(Movement movement) {
            var month = movement.month();
            return new Moved(movement.number(), movement.id(), movement.kind().name(), movement.effectiveOn().toString(),
                    month == null ? null : month.toString(), movement.owed().toYuan(), movement.prepaid().toYuan(),
                    movement.document());
        }
    }

    @Serdeable
    record Owing(UUID organisationId, String nameZh, String nameEn, String owedYuan, String prepaidYuan) {}

    /** @param creditLimitYuan zero: prepaid; null: no limit */
    @Serdeable
    record Terms(@Nullable String creditLimitYuan, @Nullable String reason) {}

    /** @param budgetYuan null: no budget */
    @Serdeable
    record Budget(@Nullable String budgetYuan, @Nullable Boolean hard) {}

    @Serdeable
    record Receipt(@Nullable UUID receiptId, @Nullable String amountYuan, @Nullable String receivedOn,
            @Nullable String bankReference) {}

    @Serdeable
    record Told(String kind, String about, @Nullable String amountYuan, Instant at) {}

    @Serdeable
    record Step(UUID organisationId, String statement, String state, String openYuan) {}

    @Serdeable
    record Steps(List<Step> steps) {}

    @Serdeable
    record Issued(int statements) {}

    @Serdeable
    record RefundAsked(@Nullable UUID refundId, @Nullable UUID chargeId, @Nullable String amountYuan, @Nullable String reason) {}

    @Serdeable
    record Refund(UUID refundId, UUID chargeId, String amountYuan, String reason, UUID requestedBy, Instant requestedAt,
            String status, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String refusal) {
        static Refund of(Refunds.Refund refund) {
            return new Refund(refund.id(), refund.chargeId(), refund.amount().toYuan(), refund.reason(),
                    refund.requestedBy(), refund.requestedAt(), refund.status().name(), refund.decidedBy(), refund.decidedAt(),
                    refund.refusal());
        }
    }

    /**
     * An invoice of the tax platform.
     *
     * @param redOf of a red-letter invoice: the invoice it takes back
     * @param redBy of an invoice: the red-letter invoices that take it back; ignored when one is sent
     * @param creditNote of a red-letter invoice: the number of the credit note it is issued for; ignored when one is sent
     */
    @Serdeable
    record Invoice(@Nullable UUID invoiceId, @Nullable UUID statementId, @Nullable String number, @Nullable String issuedOn,
            @Nullable String amountYuan, @Nullable String vatYuan, @Nullable UUID redOf, @Nullable UUID creditNoteId,
            @Nullable List<UUID> redBy, @Nullable String creditNote) {
        static Invoice of(Invoices.Invoice invoice, List<Invoices.Invoice> all, Optional<CreditNotes.Note> note) {
            return new Invoice(invoice.id(), invoice.statementId(), invoice.number(), invoice.issuedOn().toString(),
                    invoice.amount().toYuan(), invoice.vat().toYuan(), invoice.redOf(), invoice.creditNoteId(),
                    all.stream().filter(each -> invoice.id().equals(each.redOf())).map(Invoices.Invoice::id).toList(),
                    note.map(CreditNotes.Note::reference).orElse(null));
        }
    }

    // Accounts ----------------------------------------------------------------------------------------------------------

    /** Every account that has ever moved. */
    @Get("/accounts")
    List<Owing> list(Visitor visitor) {
        Rights.requireBooks(visitor);
        return accounts.listBalances().stream()
                .map(each -> {
                    Organisation consumer = organisations.find(each.organisationId()).orElseThrow();
                    return new Owing(consumer.id(), consumer.nameZh(), consumer.nameEn(), each.balance().owed().toYuan(),
                            each.balance().prepaid().toYuan());
                })
                .toList();
    }

    /** One's own account; readers of the books ask for any. */
    @Get("/account")
    Account account(Visitor visitor, @Nullable @QueryValue UUID organisation) {
        UUID whose = rights.organisationOf(visitor, organisation);
        return view(whose, spending.position(whose));
    }

    private Account view(UUID whose, Spending.Position position) {
        AccountTerms terms = position.terms();
        Money limit = terms.creditLimit();
        Money left = position.left();
        Money budget = terms.budget();
        return new Account(whose, position.month().toString(), position.balance().owed().toYuan(),
                position.balance().prepaid().toYuan(), position.balance().net().toYuan(), position.spent().toYuan(),
                position.unbilled().toYuan(), limit == null ? "POSTPAID" : limit.isZero() ? "PREPAID" : "CREDIT_LIMIT",
                limit == null ? null : limit.toYuan(), left == null ? null : left.toYuan(),
                budget == null ? null : budget.toYuan(), terms.hard(),
                position.stops().keySet().stream().map(Enum::name).sorted().toList(),
                accounts.listBefore(whose, Long.MAX_VALUE, 100).stream().map(Moved::of).toList());
    }

    /** The operator agrees to a credit limit. */
    @Put("/accounts/{organisation}/terms")
    Account terms(Visitor visitor, UUID organisation, @Body Terms terms) {
        Person person = Rights.require(visitor, Role.OPERATIONS);
        consumer(organisation);
        Money limit = terms.creditLimitYuan() == null ? null : notNegative("creditLimitYuan", terms.creditLimitYuan());
        spending.agree(organisation, limit, person.id(), Facts.need("reason", terms.reason()));
        return view(organisation, spending.position(organisation));
    }

    /** The consumer's own limit of a month; set by its owner. */
    @Put("/account/budget")
    Account budget(Visitor visitor, @Body Budget wish) {
        Person person = Rights.require(visitor, Role.OWNER);
        Money budget = wish.budgetYuan() == null ? null : notNegative("budgetYuan", wish.budgetYuan());
        boolean hard = Boolean.TRUE.equals(wish.hard());
        if (hard && budget == null) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "硬上限须填写预算金额。", "A hard budget needs an amount.");
        }
        spending.budget(person.organisationId(), budget, hard, person.id());
        return view(person.organisationId(), spending.position(person.organisationId()));
    }

    /** Money that came in: it pays what is owed, and what is beyond is paid ahead. */
    @Post("/accounts/{organisation}/receipts")
    HttpResponse<Moved> receive(Visitor visitor, UUID organisation, @Body Receipt receipt) {
        Person person = Rights.require(visitor, Role.OPERATIONS);
        Accounts.Receipt received = Facts.built(() -> new Accounts.Receipt(Facts.need("receiptId", receipt.receiptId()),
                organisation, yuan("amountYuan", receipt.amountYuan()), day("receivedOn", receipt.receivedOn()),
                Facts.need("bankReference", receipt.bankReference())));
        return switch (accounts.receive(received, person.id())) {
            case Accounts.Received.Booked(var movement, var already) -> {
                spending.judge(organisation);
                yield already ? HttpResponse.ok(Moved.of(movement)) : HttpResponse.created(Moved.of(movement));
            }
            case Accounts.Received.Refused(var fault) -> throw problem(fault);
        };
    }

    private static ManagementProblem problem(Accounts.Fault fault) {
        return new ManagementProblem(switch (fault) {
            case ID_TAKEN, TRANSFER_KNOWN -> Refusal.CONFLICT;
            case IN_THE_FUTURE -> Refusal.RULE_BROKEN;
            case NO_SUCH_CONSUMER -> Refusal.NOT_FOUND;
        }, fault.zh(), fault.en());
    }

    /** What a consumer was told, the youngest first. */
    @Get("/notifications")
    List<Told> notifications(Visitor visitor, @Nullable @QueryValue UUID organisation) {
        return notifications.listNewest(rights.organisationOf(visitor, organisation), 200).stream()
                .map(each -> {
                    Money amount = each.amount();
                    return new Told(each.kind().name(), each.about(), amount == null ? null : amount.toYuan(), each.at());
                })
                .toList();
    }

    /** Takes every step of asking for what is unpaid whose day has come. */
    @Post("/dunning/run")
    Steps dun(Visitor visitor) {
        Person person = Rights.require(visitor, Role.OPERATIONS);
        return new Steps(dunning.run(person.id()).stream()
                .map(step -> new Step(step.organisationId(), step.statement(), step.state().name(), step.open().toYuan()))
                .toList());
    }

    /** Issues statements of closed months that have none; closing a month does so by itself. */
    @Post("/statements/issue")
    Issued issue(Visitor visitor) {
        Rights.require(visitor, Role.OPERATIONS);
        return new Issued(bills.issueUntil(YearMonth.of(2119, 12)));
    }

    // Refunds -----------------------------------------------------------------------------------------------------------

    /** Refunds that were asked for, the latest first. */
    @Get("/refunds")
    List<Refund> refunds(Visitor visitor, @Nullable @QueryValue String status) {
        Rights.require(visitor, REFUND_READERS);
        return refunds.listNewest(status == null ? null : Pages.constant("status", status, Refunds.Status.class), 200).stream()
                .map(Refund::of)
                .toList();
    }

    /** Asks for a refund (退费) of what was overcharged, under the caller's own id. */
    @Post("/refunds")
    HttpResponse<Refund> askRefund(Visitor visitor, @Body RefundAsked asked) {
        Person person = Rights.require(visitor, Role.OPERATIONS);
        return HttpResponse.created(answer(refunds.request(Facts.need("refundId", asked.refundId()),
                Facts.need("chargeId", asked.chargeId()), yuan("amountYuan", asked.amountYuan()), reason(asked.reason()),
                person.id())));
    }

    /** Grants a refund that another person asked for. */
    @Post("/refunds/{refundId}/grant")
    Refund grant(Visitor visitor, UUID refundId) {
        return answer(refunds.grant(refundId, Rights.require(visitor, REFUND_DECIDERS).id()));
    }

    /** Refuses a refund that was asked for. */
    @Post("/refunds/{refundId}/refuse")
    Refund refuse(Visitor visitor, UUID refundId, @Body Facts.Ground ground) {
        return answer(refunds.refuse(refundId, Rights.require(visitor, REFUND_DECIDERS).id(), reason(ground.reason())));
    }

    private static Refund answer(Refunds.Outcome outcome) {
        return switch (outcome) {
            case Refunds.Outcome.Done(var refund) -> Refund.of(refund);
            case Refunds.Outcome.Refused(var fault) -> throw problem(fault);
        };
    }

    private static ManagementProblem problem(Refunds.Fault fault) {
        return new ManagementProblem(switch (fault) {
            case UNKNOWN, NO_SUCH_LINE -> Refusal.NOT_FOUND;
            case ID_TAKEN, DECIDED -> Refusal.CONFLICT;
            case TOO_MUCH, OWN_REQUEST -> Refusal.RULE_BROKEN;
        }, fault.zh(), fault.en());
    }

    // Invoices ----------------------------------------------------------------------------------------------------------

    /** The invoices noted for a statement. */
    @Get("/invoices")
    List<Invoice> invoices(Visitor visitor, @QueryValue UUID statement) {
        Rights.requireBooks(visitor);
        List<Invoices.Invoice> all = invoices.listOf(statement);
        return all.stream().map(each -> invoice(each, all)).toList();
    }

    private Invoice invoice(Invoices.Invoice invoice, List<Invoices.Invoice> all) {
        return Invoice.of(invoice, all, Optional.ofNullable(invoice.creditNoteId()).flatMap(notes::find));
    }

    /** Notes an invoice the tax platform issued; nothing is issued here. */
    @Post("/invoices")
    HttpResponse<Invoice> note(Visitor visitor, @Body Invoice sent) {
        Person person = Rights.require(visitor, Role.OPERATIONS);
        Invoices.Invoice invoice = new Invoices.Invoice(Facts.need("invoiceId", sent.invoiceId()),
                Facts.need("statementId", sent.statementId()), Facts.need("number", sent.number()),
                day("issuedOn", sent.issuedOn()), yuan("amountYuan", sent.amountYuan()), yuan("vatYuan", sent.vatYuan()),
                sent.redOf(), sent.creditNoteId());
        return switch (invoices.record(invoice, person.id())) {
            case Invoices.Outcome.Done(var noted, var already) ->
                already ? HttpResponse.ok(invoice(noted, invoices.listOf(noted.statementId())))
                        : HttpResponse.created(invoice(noted, invoices.listOf(noted.statementId())));
            case Invoices.Outcome.Refused(var fault) -> throw problem(fault);
        };
    }

    private static ManagementProblem problem(Invoices.Fault fault) {
        return new ManagementProblem(switch (fault) {
            case NOT_TWENTY_DIGITS, YEAR_DIFFERS, NO_SUCH_PROVINCE, AMOUNTS_WRONG -> Refusal.INVALID_REQUEST;
            case UNKNOWN_STATEMENT -> Refusal.NOT_FOUND;
            case NUMBER_TAKEN, ID_TAKEN -> Refusal.CONFLICT;
            case IN_THE_FUTURE, BEYOND_STATEMENT, NOT_ITS_INVOICE, BEYOND_INVOICE, NOT_ITS_NOTE, BEYOND_NOTE -> Refusal.RULE_BROKEN;
        }, fault.zh(), fault.en());
    }

    /** Every invoice noted with a date in {@code [from, to)}, for whoever reconciles them with the tax platform. */
    @Get("/invoices.csv")
    @Produces("text/csv; charset=utf-8")
    HttpResponse<String> invoicesCsv(Visitor visitor, @QueryValue String from, @QueryValue String to) {
        Rights.requireBooks(visitor);
        Csv csv = new Csv();
        csv.line(List.of("invoice_id", "number", "issued_on", "kind", "amount_yuan", "vat_yuan", "statement_id", "red_of",
                "credit_note_id"));
        for (Invoices.Invoice invoice : invoices.listBetween(day("from", from), day("to", to))) {
            // As text: twenty digits are more than a spreadsheet's number holds.
            csv.line(List.of(invoice.id().toString(), "'" + invoice.number(), invoice.issuedOn().toString(),
                    invoice.isRed() ? "RED" : "BLUE",
                    invoice.isRed() ? invoice.amount().negated().toYuan() : invoice.amount().toYuan(),
                    invoice.isRed() ? invoice.vat().negated().toYuan() : invoice.vat().toYuan(),
                    invoice.statementId().toString(), text(invoice.redOf()), text(invoice.creditNoteId())));
        }
        return csv.answer("invoices-" + from + "-" + to + ".csv");
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    // What was sent -----------------------------------------------------------------------------------------------------

    private void consumer(UUID organisation) {
        if (organisations.find(organisation).isEmpty()) {
            throw new ManagementProblem(Refusal.NOT_FOUND);
        }
    }

    private static Money yuan(String field, @Nullable String text) {
        String given = Facts.need(field, text);
        try {
            return Money.entered(given);
        } catch (ArithmeticException | NumberFormatException wrong) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, field + " 须为元,最多两位小数,不超过 100 亿元。",
                    field + " is an amount in yuan with at most two decimals, and no more than ten thousand million.");
        }
    }

    private static Money notNegative(String field, @Nullable String text) {
        Money amount = yuan(field, text);
        if (amount.isNegative()) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, field + " 不得为负。", field + " is not below zero.");
        }
        return amount;
    }

    private static LocalDate day(String field, @Nullable String text) {
        try {
            return LocalDate.parse(Facts.need(field, text));
        } catch (DateTimeException wrong) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, field + " 须为 2026-11-30 形式。",
                    field + " has the form 2026-11-30.");
        }
    }

    private static String reason(@Nullable String text) {
        String reason = Facts.need("reason", text);
        if (reason.length() > Refunds.MOST_REASON_CHARS || reason.indexOf('\0') >= 0) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "须填写理由,最多 500 字。",
                    "a reason is needed, of 500 characters at most.");
        }
        return reason;
    }
}
