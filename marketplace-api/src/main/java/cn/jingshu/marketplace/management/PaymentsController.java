package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.payment.BankFiles;
import cn.jingshu.marketplace.payment.BankLine;
import cn.jingshu.marketplace.payment.Payable;
import cn.jingshu.marketplace.payment.Payable.Kind;
import cn.jingshu.marketplace.payment.PaymentOrder;
import cn.jingshu.marketplace.payment.Payments;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.Year;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;

/** Remittances (上缴), payouts (支付) and the bank's files that confirm them. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PaymentsController {
    private final Payments payments;
    private final BankFiles bank;

    PaymentsController(Payments payments, BankFiles bank) {
        this.payments = payments;
        this.bank = bank;
    }

    /** @param period a month for a cost of service, a year for everything else */
    @Serdeable
    record PayableView(String kind, String period, String party, String owedYuan, String orderedYuan, String paidYuan,
            String leftYuan) {
        static PayableView of(Payable p) {
            return new PayableView(p.key().kind().name(), p.key().period().toString(), p.key().party(), p.owed().toYuan(),
                    p.ordered().toYuan(), p.paid().toYuan(), p.left().toYuan());
        }
    }

    @Serdeable
    record Payables(List<PayableView> payables) {}

    /** What settlements owe to treasury, merchants and operator, and how much of it was ordered and paid. */
    @Get("/payables")
    Payables payables(Visitor visitor) {
        Rights.requireBooks(visitor);
        return new Payables(payments.listPayables().stream().map(PayableView::of).toList());
    }

    @Serdeable
    record OrderRequest(@Nullable Kind kind, @Nullable String period, @Nullable String party,
            @Nullable String amountYuan, @Nullable String payeeName, @Nullable String payeeBank,
            @Nullable String payeeAccount) {}

    /** @param reference has to stand in the transfer's text */
    @Serdeable
    record OrderView(UUID id, String kind, String period, String party, String amountYuan, String payeeName, String payeeBank,
            String payeeAccount, String reference, String status, UUID draftedBy, Instant draftedAt, @Nullable UUID approvedBy,
            @Nullable Instant approvedAt, @Nullable UUID sentBy, @Nullable Instant sentAt, @Nullable String bankReference,
            @Nullable Instant endedAt, @Nullable String ground) {
        static OrderView of(PaymentOrder o) {
            return new OrderView(o.id(), o.key().kind().name(), o.key().period().toString(), o.key().party(),
                    o.amount().toYuan(), o.payee().name(), o.payee().bank(), o.payee().account(), o.reference(),
                    o.status().name(), o.draftedBy(), o.draftedAt(), o.approvedBy(), o.approvedAt(), o.sentBy(), o.sentAt(),
                    o.bankReference(), o.endedAt(), o.ground());
        }
    }

    @Serdeable
    record Orders(List<OrderView> orders) {}

    /** Orders, the latest first. */
    @Get("/payment-orders")
    Orders orders(Visitor visitor, @Nullable @QueryValue String status, @QueryValue(defaultValue = "100") int limit) {
        Rights.requireBooks(visitor);
        PaymentOrder.Status of = status == null ? null : Pages.constant("status", status, PaymentOrder.Status.class);
        return new Orders(payments.list(of, Facts.limit(limit)).stream().map(OrderView::of).toList());
    }

    /** One payment order. */
    @Get("/payment-orders/{id}")
    OrderView order(Visitor visitor, UUID id) {
        Rights.requireBooks(visitor);
        return Facts.found(payments.find(id).map(OrderView::of));
    }

    /** Drafts an order under the caller's own id, of at most what is left. */
    @Put("/payment-orders/{id}")
    HttpResponse<OrderView> draft(Visitor visitor, UUID id, @Body OrderRequest request) {
        Person drafter = Rights.require(visitor, Role.OPERATIONS);
        SettlementPeriod period = period(Facts.need("period", request.period()));
        Money amount = CostsController.yuan("amountYuan", Facts.need("amountYuan", request.amountYuan()));
        if (!amount.isPositive()) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "金额须大于零。", "The amount is above zero.");
        }
        Payable.Key key = Facts.built(() -> new Payable.Key(
                Facts.need("kind", request.kind()), period, Facts.need("party", request.party())));
        PaymentOrder.Payee payee = Facts.built(() -> new PaymentOrder.Payee(Facts.need("payeeName", request.payeeName()),
                Facts.need("payeeBank", request.payeeBank()), Facts.need("payeeAccount", request.payeeAccount())));
        return switch (payments.draft(id, key, amount, payee, drafter.id())) {
            case Payments.Outcome.Done(var order, var already) ->
                already ? HttpResponse.ok(OrderView.of(order)) : HttpResponse.created(OrderView.of(order));
            case Payments.Outcome other -> throw problem(other);
        };
    }

    /** Approves a draft: another person of the operator than drafted it, or the finance bureau. */
    @Post("/payment-orders/{id}/approval")
    OrderView approve(Visitor visitor, UUID id) {
        return stepped(payments.approve(id, Rights.require(visitor, Role.OPERATIONS, Role.TREASURY_OFFICER).id()));
    }

    @Serdeable
    record Sent(@Nullable String bankReference) {}

    /** Says that the bank was told to pay. */
    @Post("/payment-orders/{id}/sending")
    OrderView send(Visitor visitor, UUID id, @Nullable @Body Sent sent) {
        return stepped(payments.send(
                id, Rights.require(visitor, Role.OPERATIONS).id(), sent == null ? null : sent.bankReference()));
    }

    /** Cancels an order that the bank was not told. */
    @Post("/payment-orders/{id}/cancellation")
    OrderView cancel(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        return stepped(payments.cancel(id, Rights.require(visitor, Role.OPERATIONS).id(), ground.given()));
    }

    /** Says that the bank refused the transfer before money left. */
    @Post("/payment-orders/{id}/return")
    OrderView returned(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        return stepped(payments.refusedByBank(id, Rights.require(visitor, Role.OPERATIONS).id(), ground.given()));
    }

    private static OrderView stepped(Payments.Outcome outcome) {
        return switch (outcome) {
            case Payments.Outcome.Done(var order, var _) -> OrderView.of(order);
            case Payments.Outcome other -> throw problem(other);
        };
    }

    private static ManagementProblem problem(Payments.Outcome outcome) {
        return switch (outcome) {
            case Payments.Outcome.Done done -> throw new IllegalStateException("no problem: " + done);
            case Payments.Outcome.Refused(var fault) -> Facts.refused(fault);
            case Payments.Outcome.NotOwed(var left) -> new ManagementProblem(Refusal.RULE_BROKEN,
                    "应付余额为 " + left.toYuan() + " 元。", "What is left to pay is " + left.toYuan() + " yuan.");
            case Payments.Outcome.WrongState(var status) -> new ManagementProblem(Refusal.CONFLICT,
                    "该付款单状态为 " + status + "。", "The order is " + status + ".");
        };
    }

    @Serdeable
    record FileView(UUID id, String sha256, String name, String form, String account, String from, String to,
            String openingYuan, String closingYuan, int lines, Instant importedAt) {
        static FileView of(BankFiles.BankFile f) {
            return new FileView(f.id(), f.sha256(), f.name(), f.form(), f.account(), f.from().toString(), f.to().toString(),
                    f.opening().toYuan(), f.closing().toYuan(), f.lines(), f.importedAt());
        }
    }

    /** @param already true: the same file was taken in before, and nothing was changed */
    @Serdeable
    record ImportView(boolean already, FileView file, int seenBefore, int matched, int open) {}

    /** Takes in a bank's file: the CSV form of the operations guide, or camt.053. */
    @Post("/bank-files")
    @Consumes(MediaType.ALL)
    ImportView take(Visitor visitor, @QueryValue String name, @Body byte[] content) {
        UUID person = Rights.require(visitor, Role.OPERATIONS).id();
        return switch (bank.take(content, name, person)) {
            case BankFiles.Outcome.Imported(var file, var seenBefore, var matched, var open) ->
                new ImportView(false, FileView.of(file), seenBefore, matched, open);
            case BankFiles.Outcome.AlreadyImported(var file) -> new ImportView(true, FileView.of(file), 0, 0, 0);
            case BankFiles.Outcome.Refused(var reason) -> throw new ManagementProblem(
                    Refusal.INVALID_REQUEST, "银行文件未导入:" + reason, "The bank's file was not taken in: " + reason);
        };
    }

    /** @param matchedKind null: not explained yet, for {@code difference} */
    @Serdeable
    record LineView(UUID id, UUID fileId, int line, String bookedOn, String direction, String amountYuan,
            String counterpartyName, String counterpartyAccount, String bankReference, String text,
            @Nullable String difference, @Nullable String matchedKind, @Nullable String matchedId, @Nullable String note) {
        static LineView of(BankLine l) {
            BankLine.Movement m = l.movement();
            BankLine.Difference difference = l.difference();
            return new LineView(l.id(), l.fileId(), l.line(), m.bookedOn().toString(), m.direction().name(),
                    m.amount().toYuan(), m.counterpartyName(), m.counterpartyAccount(), m.bankReference(), m.text(),
                    difference == null ? null : difference.name(), l.matchedKind(), l.matchedId(), l.note());
        }
    }

    /**
     * The bank beside the books.
     *
     * @param bankYuan closing balance of the latest file; null: there is none
     * @param booksYuan account 1002 on its last day
     */
    @Serdeable
    record BankView(long lines, long matched, @Nullable String asOf, @Nullable String bankYuan, @Nullable String booksYuan,
            List<FileView> files, List<LineView> shown) {}

    /** Files, how far they are explained, and movements: those that nothing explains, or all. */
    @Get("/bank-files")
    BankView bank(Visitor visitor, @QueryValue(defaultValue = "true") boolean open, @QueryValue(defaultValue = "100") int limit) {
        Rights.requireBooks(visitor);
        BankFiles.Progress progress = bank.progress();
        BankFiles.Comparison compared = bank.compare().orElse(null);
        return new BankView(progress.lines(), progress.matched(), compared == null ? null : compared.asOf().toString(),
                compared == null ? null : compared.bank().toYuan(), compared == null ? null : compared.books().toYuan(),
                bank.listFiles(Facts.limit(limit)).stream().map(FileView::of).toList(),
                bank.listLines(open, limit).stream().map(LineView::of).toList());
    }

    @Serdeable
    record Matched(int matched) {}

    /** Looks at all open movements again. */
    @Post("/bank-lines/matching")
    Matched matchAgain(Visitor visitor) {
        Rights.require(visitor, Role.OPERATIONS);
        return new Matched(bank.matchAgain());
    }

    @Serdeable
    record MatchRequest(@Nullable UUID orderId, @Nullable String reason) {}

    /** Matches a movement with an order whose reference the bank lost. */
    @Post("/bank-lines/{id}/match")
    LineView match(Visitor visitor, UUID id, @Body MatchRequest request) {
        UUID person = Rights.require(visitor, Role.OPERATIONS).id();
        return said(bank.matchWith(id, Facts.need("orderId", request.orderId()), person, Facts.need("reason", request.reason())));
    }

    /** Says what a movement is that is booked elsewhere; above the limit of entries by hand another person says so too. */
    @Post("/bank-lines/{id}/explanation")
    LineView explain(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        return said(bank.explain(id, Rights.require(visitor, Role.OPERATIONS).id(), ground.given()));
    }

    private static LineView said(BankFiles.Said said) {
        return switch (said) {
            case BankFiles.Said.Done(var line) -> LineView.of(line);
            case BankFiles.Said.Refused(Change.Fault fault) -> throw Facts.refused(fault);
            case BankFiles.Said.Spent() -> throw new ManagementProblem(Refusal.RULE_BROKEN, "数据使用方已用去这笔预收款,流水保持未匹配",
                    "the consumer has used this prepayment since; the movement stays open");
            case BankFiles.Said.Differs(var difference) -> throw new ManagementProblem(Refusal.RULE_BROKEN,
                    "该笔流水与付款单不符:" + difference, "The movement does not fit the order: " + difference);
        };
    }

    private static SettlementPeriod period(String text) {
        try {
            return text.length() == 4 ? SettlementPeriod.year(Year.parse(text)) : SettlementPeriod.month(YearMonth.parse(text));
        } catch (DateTimeException neither) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "期间须为 2026-11 或 2026 形式。",
                    "A period has the form 2026-11 or 2026.");
        }
    }
}
