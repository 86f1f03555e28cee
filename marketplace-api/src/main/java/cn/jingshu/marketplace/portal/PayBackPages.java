package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.management.Rights;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.OrganisationKind;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.payment.Evidence;
import cn.jingshu.marketplace.payment.PayBack;
import cn.jingshu.marketplace.payment.PayBacks;
import cn.jingshu.marketplace.payment.PaymentOrder;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
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
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a consumer that leaves asks for what it paid ahead, and where finance staff pay it back, two people above the limit. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PayBackPages {
    private static final int SHOWN = 100;
    private static final int REASON_MAX = 500;
    private static final int PAYEE_MAX = 140;
    private static final Bilingual NO_REASON = new Bilingual("须填写理由,最多 500 字", "a reason is needed, of 500 characters at most");

    private final PageFrame frame;
    private final Pages pages;
    private final PayBacks payBacks;
    private final Accounts accounts;
    private final Organisations organisations;
    private final Clock clock;

    PayBackPages(PageFrame frame, Pages pages, PayBacks payBacks, Accounts accounts, Organisations organisations, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.payBacks = payBacks;
        this.accounts = accounts;
        this.organisations = organisations;
        this.clock = clock;
    }

    @Get(Links.PAY_BACKS)
    HttpResponse<String> payBacks(HttpRequest<?> request) {
        return show(request, Form.EMPTY, HttpStatus.OK);
    }

    private static boolean operates(Person person) {
        return person.roles().contains(Role.OPERATIONS);
    }

    private static boolean mayApprove(Person person) {
        return operates(person) || person.roles().contains(Role.TREASURY_OFFICER);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, Form form, HttpStatus status) {
        Person reader = frame.personOf(request);
        boolean all = Rights.mayReadBooks(frame.visitorOf(request));
        Organisation own = frame.organisationOf(reader);
        if (!all && !own.kinds().contains(OrganisationKind.CONSUMER)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        Instant now = clock.instant();
        List<PayBacksView.Room> rooms = operates(reader)
                ? accounts.listBalances().stream().filter(each -> each.balance().prepaid().isPositive())
                        .map(each -> room(organisation(each.organisationId()))).toList()
                : all ? List.of() : List.of(room(own));
        PayBacksView view = new PayBacksView(UUID.randomUUID(), operates(reader), mayApprove(reader),
                operates(reader) || (!all && reader.roles().contains(Role.OWNER)), Reading.known(rooms, now),
                Reading.known(payBacks.list(all ? null : own.id(), SHOWN).stream().map(each -> payBack(each, reader, all)).toList(), now), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.payBacks(page, view));
    }

    private Organisation organisation(UUID id) {
        return organisations.find(id).orElseThrow(PageRefused::noSuchPage);
    }

    private PayBacksView.Room room(Organisation consumer) {
        PayBacks.Room room = payBacks.roomOf(consumer.id());
        PayBacks.Fault obstacle = room.obstacle();
        return new PayBacksView.Room(consumer.id(), PageFrame.nameOf(consumer), consumer.nameZh(), room.most().fen(),
                obstacle == null ? null : words(obstacle));
    }

    private static Bilingual words(PayBacks.Fault fault) {
        return new Bilingual(fault.zh(), fault.en());
    }

    private PayBacksView.PayBack payBack(PayBack of, Person reader, boolean all) {
        boolean aboveLimit = of.amount().compareTo(of.aloneLimit()) > 0;
        boolean askedByItself = payBacks.wasAskedByItself(of);
        return new PayBacksView.PayBack(of.id(), of.reference(), PageFrame.nameOf(organisation(of.organisationId())), of.amount().fen(),
                of.payee().name() + " · " + of.payee().bank() + " · " + account(of.payee().account(), reader), of.reason(),
                PayBacksView.PayBackState.valueOf(of.status().name()), of.requestedAt(),
                of.status() == PayBack.Status.REQUESTED ? of.heldUntil() : null, of.endedAt(), of.ground() == null ? "" : of.ground(),
                aboveLimit && of.requestedBy().equals(reader.id()) ? words(PayBacks.Fault.FOUR_EYES) : null,
                aboveLimit && askedByItself && reader.id().equals(of.approvedBy()) ? words(PayBacks.Fault.APPROVED_BY_THE_SAME) : null,
                reader.id().equals(of.sentBy()) ? words(PayBacks.Fault.SENT_BY_THE_SAME) : null,
                all ? payBacks.listEvidence(of.id()).stream().map(each -> new PayBacksView.Paper(each.sha256(), each.name(), each.bytes())).toList()
                        : List.of());
    }

    /** Whole for who tells the bank to pay, the last four signs for others. */
    private static String account(String whole, Person reader) {
        return operates(reader) ? whole : "****" + (whole.length() > 4 ? whole.substring(whole.length() - 4) : "");
    }

    @Post(Links.PAY_BACKS)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> ask(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personOf(request);
        UUID consumer = operates(person) ? SubscriptionPages.uuid(posted.text("organisation")) : person.organisationId();
        if (!operates(person)) {
            frame.personWith(request, Role.OWNER);
        }
        Map<String, Bilingual> errors = new LinkedHashMap<>();
        Money amount = StatementPages.yuan(posted.text("amount")).filter(Money::isPositive).orElse(Money.ZERO);
        if (amount.isZero()) {
            errors.put("amount", new Bilingual("请填写大于零的金额(元),最多两位小数", "enter an amount above zero, in yuan with at most two decimals"));
        }
        for (String field : List.of("payeeBank", "payeeAccount")) {
            if (posted.text(field).isEmpty() || posted.text(field).length() > PAYEE_MAX) {
                errors.put(field, new Bilingual("须填写,最多 140 字", "it is needed, of 140 characters at most"));
            }
        }
        String reason = posted.text("reason");
        if (reason.isEmpty() || reason.length() > REASON_MAX) {
            errors.put("reason", NO_REASON);
        }
        if (!errors.isEmpty()) {
            return show(request, new Form(posted.shown(), errors), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        PaymentOrder.Payee payee;
        try {
            payee = new PaymentOrder.Payee(organisation(consumer).nameZh(), posted.text("payeeBank"), posted.text("payeeAccount"));
        } catch (IllegalArgumentException unfit) {
            return show(request, new Form(posted.shown(), Map.of("payeeAccount", Bilingual.same(String.valueOf(unfit.getMessage())))),
                    HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return answer(request, posted, payBacks.request(SubscriptionPages.uuid(posted.text("id")), consumer, amount, payee, reason, person.id()),
                Done.PAY_BACK_ASKED);
    }

    @Post(Links.PAY_BACKS + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> step(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personOf(request);
        String step = posted.text("step");
        if (!mayApprove(person) || (!step.equals("APPROVE") && !operates(person))) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        UUID payBack = SubscriptionPages.uuid(id);
        String reason = posted.text("reason");
        if (step.equals("CANCEL") && (reason.isEmpty() || reason.length() > REASON_MAX)) {
            return show(request, new Form(Map.of(), Map.of("reason-" + payBack, NO_REASON)), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        String bankReference = posted.text("bankReference");
        if (bankReference.length() > PAYEE_MAX) {
            return show(request, new Form(Map.of(), Map.of("bank-" + payBack, new Bilingual("最多 140 字", "at most 140 characters"))),
                    HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return answer(request, posted, switch (step) {
            case "APPROVE" -> payBacks.approve(payBack, person.id());
            case "SEND" -> payBacks.send(payBack, person.id(), bankReference.isEmpty() ? null : bankReference);
            case "CANCEL" -> payBacks.cancel(payBack, person.id(), reason);
            default -> throw PageRefused.noSuchPage();
        }, Done.DECIDED);
    }

    /** That the bank refused the transfer, with its paper. */
    @Post(Links.PAY_BACKS + "/{id}/refusal")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    HttpResponse<?> refused(HttpRequest<?> request, String id, @Part("csrf") String csrf, @Part("reason") String reason,
            @Part("file") CompletedFileUpload file) throws IOException {
        Posted posted = frame.posted(request, Map.of("csrf", csrf, "reason", reason));
        Person person = frame.personWith(request, Role.OPERATIONS);
        UUID payBack = SubscriptionPages.uuid(id);
        String why = posted.text("reason");
        Map<String, Bilingual> errors = new LinkedHashMap<>();
        if (why.isEmpty() || why.length() > REASON_MAX) {
            errors.put("reason-" + payBack, NO_REASON);
        }
        Evidence evidence = null;
        try {
            evidence = Evidence.of(file.getFilename(), file.getBytes());
        } catch (IllegalArgumentException unfit) {
            errors.put("file-" + payBack, new Bilingual("须附银行回单:PDF、PNG 或 JPEG,不超过 5 MB",
                    "the bank's paper is needed: PDF, PNG or JPEG of at most 5 MB (" + unfit.getMessage() + ")"));
        }
        if (evidence == null || !errors.isEmpty()) {
            return show(request, new Form(Map.of(), errors), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return answer(request, posted, payBacks.refusedByBank(payBack, person.id(), why, evidence), Done.DECIDED);
    }

    @Get(Links.PAY_BACKS + "/{id}/evidence/{sha256}")
    @Produces(MediaType.ALL)
    HttpResponse<byte[]> evidence(HttpRequest<?> request, String id, String sha256) {
        frame.requireBooks(request);
        Evidence paper = payBacks.findEvidence(SubscriptionPages.uuid(id), sha256).orElseThrow(PageRefused::noSuchPage);
        String ending = paper.mediaType().substring(paper.mediaType().indexOf('/') + 1);
        return HttpResponse.ok(paper.content()).contentType(MediaType.of(paper.mediaType()))
                .header("Content-Disposition", "attachment; filename=\"" + sha256.substring(0, 16) + "." + ending + "\"")
                .header("Cache-Control", "no-store");
    }

    private HttpResponse<?> answer(HttpRequest<?> request, Posted posted, PayBacks.Outcome outcome, Done done) {
        return switch (outcome) {
            case PayBacks.Outcome.Done _ -> HttpResponse.seeOther(URI.create(Links.PAY_BACKS + "?done=" + done.word()));
            case PayBacks.Outcome.Refused(var fault) -> wrong(request, posted, "pay-backs", new Bilingual(fault.zh(), fault.en()));
            case PayBacks.Outcome.Unfit unfit -> wrong(request, posted, switch (unfit.fault()) {
                case NOT_PAID_AHEAD, STILL_SUBSCRIBED, UNBILLED, ONE_IS_OPEN, NO_SUCH_CONSUMER -> "amount";
                case PAYEE_IS_ANOTHER -> "payeeBank";
                case FOUR_EYES, SENT_BY_THE_SAME, APPROVED_BY_THE_SAME, NOT_SENT_YET, HOLD_OVER -> "pay-backs";
            }, new Bilingual(unfit.fault().zh() + "(" + unfit.detail() + ")", unfit.fault().en() + " (" + unfit.detail() + ")"));
            case PayBacks.Outcome.WrongState _ -> wrong(request, posted, "pay-backs",
                    new Bilingual("该笔退款已不在这一步,请刷新", "the pay-back does not stand there any more; load the page again"));
        };
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, Posted posted, String field, Bilingual error) {
        return show(request, new Form(posted.shown(), Map.of(field, error)), HttpStatus.UNPROCESSABLE_ENTITY);
    }
}
