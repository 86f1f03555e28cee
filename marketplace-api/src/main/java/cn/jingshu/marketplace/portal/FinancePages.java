package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.ProductShares;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.payment.BankFiles;
import cn.jingshu.marketplace.payment.BankLine;
import cn.jingshu.marketplace.payment.Payable;
import cn.jingshu.marketplace.payment.PaymentOrder;
import cn.jingshu.marketplace.payment.Payments;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Part;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.multipart.CompletedFileUpload;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where finance staff order payments, two people to an order, and compare the bank with the books. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class FinancePages {
    private static final int ORDERS_SHOWN = 100;
    private static final int LINES_SHOWN = 200;
    private static final int FILES_SHOWN = 12;
    private static final int REASON_MAX = 500;

    private final PageFrame frame;
    private final Pages pages;
    private final Payments payments;
    private final BankFiles bank;
    private final Organisations organisations;
    private final DataProviders providers;
    private final Clock clock;

    FinancePages(PageFrame frame, Pages pages, Payments payments, BankFiles bank, Organisations organisations,
            DataProviders providers, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.payments = payments;
        this.bank = bank;
        this.organisations = organisations;
        this.providers = providers;
        this.clock = clock;
    }

    @Get(Links.FINANCE)
    HttpResponse<String> finance(HttpRequest<?> request) {
        frame.requireBooks(request);
        return show(request, Form.EMPTY, HttpStatus.OK);
    }

    private HttpResponse<String> show(HttpRequest<?> request, Form form, HttpStatus status, Notice... notices) {
        Person reader = frame.personOf(request);
        Instant now = clock.instant();
        Map<String, Bilingual> names = PageFrame.namesOf(providers.listAll());
        FinanceView view = new FinanceView(reader.roles().contains(Role.OPERATIONS),
                reader.roles().contains(Role.OPERATIONS) || reader.roles().contains(Role.TREASURY_OFFICER),
                Reading.known(payments.listPayables().stream().map(each -> owed(each, names)).toList(), now),
                Reading.known(payments.list(null, ORDERS_SHOWN).stream().map(each -> order(each, names, reader)).toList(), now),
                Reading.known(bank(), now), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status),
                page -> pages.finance(page, view), notices);
    }

    private FinanceView.Owed owed(Payable payable, Map<String, Bilingual> names) {
        return new FinanceView.Owed(UUID.randomUUID(), FinanceView.PaidFor.valueOf(payable.key().kind().name()),
                payable.key().period().toString(), payable.key().party(), party(payable.key(), names), payable.owed().fen(),
                payable.ordered().fen(), payable.paid().fen());
    }

    private FinanceView.Order order(PaymentOrder order, Map<String, Bilingual> names, Person reader) {
        return new FinanceView.Order(order.id(), order.reference(), FinanceView.PaidFor.valueOf(order.key().kind().name()),
                order.key().period().toString(), party(order.key(), names), order.amount().fen(),
                order.payee().name() + " · " + order.payee().bank() + " · " + order.payee().account(),
                FinanceView.OrderState.valueOf(order.status().name()), order.ground() == null ? "" : order.ground(),
                order.draftedBy().equals(reader.id()));
    }

    private Bilingual party(Payable.Key key, Map<String, Bilingual> names) {
        return switch (key.kind()) {
            case REMITTANCE -> key.party().equals(ProductShares.GENERAL)
                    ? new Bilingual("统筹", "general") : names.getOrDefault(key.party(), Bilingual.same(key.party()));
            case OPERATOR_SHARE -> key.party().equals(Dimensions.AUTHORISED_OPERATION)
                    ? new Bilingual("运营机构", "operator") : Bilingual.same(key.party());
            case MERCHANT_COST, MERCHANT_SHARE -> organisations.find(UUID.fromString(key.party()))
                    .map(PageFrame::nameOf).orElse(Bilingual.same(key.party()));
        };
    }

    private FinanceView.Bank bank() {
        BankFiles.Progress progress = bank.progress();
        BankFiles.Comparison compared = bank.compare().orElse(null);
        return new FinanceView.Bank(progress.lines(), progress.matched(), compared == null ? null : compared.asOf(),
                compared == null ? 0 : compared.bank().fen(), compared == null ? 0 : compared.books().fen(),
                bank.listLines(true, LINES_SHOWN).stream().map(FinancePages::line).toList(),
                bank.listFiles(FILES_SHOWN).stream()
                        .map(file -> new FinanceView.File(file.name(), file.from(), file.to(), file.lines(), file.sha256()))
                        .toList());
    }

    private static FinanceView.Line line(BankLine line) {
        BankLine.Movement movement = line.movement();
        BankLine.Difference why = line.difference();
        LocalDate bookedOn = movement.bookedOn();
        return new FinanceView.Line(line.id(), bookedOn, FinanceView.Way.valueOf(movement.direction().name()),
                movement.amount().fen(), movement.counterpartyName() + " " + movement.counterpartyAccount(),
                line.note() == null ? movement.text() : movement.text() + " · " + line.note(), FinanceView.Differing.valueOf(why == null ? "UNKNOWN" : why.name()));
    }

    @Post(Links.FINANCE_ORDERS)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> draft(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person drafter = frame.personWith(request, Role.OPERATIONS);
        Money amount;
        Payable.Key key;
        PaymentOrder.Payee payee;
        try {
            amount = Money.ofYuan(posted.text("amount"));
            key = new Payable.Key(Payable.Kind.valueOf(posted.text("kind")), period(posted.text("period")), posted.text("party"));
            payee = new PaymentOrder.Payee(posted.text("payeeName"), posted.text("payeeBank"), posted.text("payeeAccount"));
        } catch (ArithmeticException | IllegalArgumentException | DateTimeException unfit) {
            return wrong(request, new Bilingual("须填写金额(元)与收款人户名、开户行、账号", "amount, name, bank and account of the payee are needed"));
        }
        if (!amount.isPositive()) {
            return wrong(request, new Bilingual("金额须大于零", "the amount is above zero"));
        }
        return answer(request, payments.draft(SubscriptionPages.uuid(posted.text("order")), key, amount, payee, drafter.id()));
    }

    @Post(Links.FINANCE_ORDERS + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> step(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        frame.requireBooks(request);
        UUID order = SubscriptionPages.uuid(id);
        Person person = frame.personOf(request);
        String step = posted.text("step");
        if (!(step.equals("APPROVE") && person.roles().contains(Role.TREASURY_OFFICER))) {
            frame.personWith(request, Role.OPERATIONS);
        }
        String reason = posted.text("reason");
        if ((step.equals("CANCEL") || step.equals("RETURN")) && (reason.isEmpty() || reason.length() > REASON_MAX)) {
            return wrong(request, new Bilingual("须填写理由,最多 500 字", "a reason is needed, of 500 characters at most"));
        }
        return answer(request, switch (step) {
            case "APPROVE" -> payments.approve(order, person.id());
            case "SEND" -> payments.send(order, person.id(), null);
            case "CANCEL" -> payments.cancel(order, person.id(), reason);
            case "RETURN" -> payments.refusedByBank(order, person.id(), reason);
            default -> throw PageRefused.noSuchPage();
        });
    }

    private HttpResponse<?> answer(HttpRequest<?> request, Payments.Outcome outcome) {
        return switch (outcome) {
            case Payments.Outcome.Done _ -> done();
            case Payments.Outcome.Refused(var fault) -> wrong(request, new Bilingual(fault.zh(), fault.en()));
            case Payments.Outcome.NotOwed(var left) -> wrong(request, new Bilingual(
                    "应付余额为 " + left.toYuan() + " 元", "what is left to pay is " + left.toYuan() + " yuan"));
            case Payments.Outcome.WrongState _ -> wrong(request,
                    new Bilingual("该付款单已不在这一步,请刷新", "the order does not stand there any more; load the page again"));
        };
    }

    @Post(Links.FINANCE_BANK)
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    HttpResponse<?> take(HttpRequest<?> request, @Part("csrf") String csrf, @Part("file") CompletedFileUpload file) throws IOException {
        frame.posted(request, Map.of("csrf", csrf));
        Person person = frame.personWith(request, Role.OPERATIONS);
        return switch (bank.take(file.getBytes(), file.getFilename(), person.id())) {
            case BankFiles.Outcome.Imported(var taken, var seenBefore, var matched, var open) -> show(request, Form.EMPTY, HttpStatus.OK,
                    new Notice(Notice.Kind.DONE, new Bilingual(
                            "已导入 " + taken.lines() + " 笔流水:" + seenBefore + " 笔此前已导入,本次匹配 " + matched + " 笔,未匹配 " + open + " 笔。",
                            taken.lines() + " movements taken in: " + seenBefore + " seen before, " + matched + " matched now, "
                                    + open + " open.")));
            case BankFiles.Outcome.AlreadyImported _ -> show(request, Form.EMPTY, HttpStatus.OK, new Notice(Notice.Kind.NOTE,
                    new Bilingual("该文件此前已导入,未作改动。", "The file was taken in before; nothing changed.")));
            case BankFiles.Outcome.Refused(var reason) -> show(request, new Form(Map.of(), Map.of("file",
                    new Bilingual("银行文件未导入:" + reason, "the file was not taken in: " + reason))), HttpStatus.UNPROCESSABLE_ENTITY);
        };
    }

    @Post(Links.FINANCE_LINES)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> matchAgain(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        frame.posted(request, body);
        frame.personWith(request, Role.OPERATIONS);
        bank.matchAgain();
        return done();
    }

    @Post(Links.FINANCE_LINES + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> explain(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.OPERATIONS);
        String reason = posted.text("reason");
        if (reason.isEmpty() || reason.length() > REASON_MAX) {
            return wrong(request, new Bilingual("须填写理由,最多 500 字", "a reason is needed, of 500 characters at most"));
        }
        return switch (bank.explain(SubscriptionPages.uuid(id), person.id(), reason)) {
            case BankFiles.Said.Done _ -> done();
            case BankFiles.Said.Refused(var fault) -> wrong(request, new Bilingual(fault.zh(), fault.en()));
            case BankFiles.Said.Spent() -> wrong(request, new Bilingual("数据使用方已用去这笔预收款,流水保持未匹配",
                    "the consumer has used this prepayment since; the movement stays open"));
            case BankFiles.Said.Differs _ -> throw new IllegalStateException("an explanation is compared with no order");
        };
    }

    private static HttpResponse<?> done() {
        return HttpResponse.seeOther(URI.create(Links.FINANCE + "?done=" + Done.DECIDED.word()));
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, Bilingual error) {
        return show(request, new Form(Map.of(), Map.of("orders", error)), HttpStatus.UNPROCESSABLE_ENTITY);
    }

    private static SettlementPeriod period(String text) {
        return text.length() == 4
                ? SettlementPeriod.year(Year.parse(text)) : SettlementPeriod.month(YearMonth.parse(text));
    }
}
