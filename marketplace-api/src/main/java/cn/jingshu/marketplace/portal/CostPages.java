package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.CostCancellations;
import cn.jingshu.marketplace.billing.CostVouchers;
import cn.jingshu.marketplace.billing.CostVouchers.CostVoucher;
import cn.jingshu.marketplace.billing.CostVouchers.Kind;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.OrganisationKind;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.metering.event.BillingPeriod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where the operator enters costs with their documents, and takes wrong ones back; those who read the books read them. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class CostPages {
    private static final int TEXT_MAX = 400;
    private static final int DOCUMENT_MAX = 80;
    private static final int REASON_MAX = 500;
    private static final Bilingual NEEDS_REASON = new Bilingual("须填写理由,最多 500 字", "a reason is needed, of 500 characters at most");

    private final PageFrame frame;
    private final Pages pages;
    private final CostVouchers vouchers;
    private final CostCancellations cancellations;
    private final Organisations organisations;
    private final People people;
    private final Clock clock;

    CostPages(PageFrame frame, Pages pages, CostVouchers vouchers, CostCancellations cancellations, Organisations organisations, People people, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.vouchers = vouchers;
        this.cancellations = cancellations;
        this.organisations = organisations;
        this.people = people;
        this.clock = clock;
    }

    @Get(Links.COSTS)
    HttpResponse<String> costs(HttpRequest<?> request, @Nullable @QueryValue String month) {
        frame.requireBooks(request);
        if (month == null || month.isEmpty()) {
            return show(request, running(), Form.EMPTY, HttpStatus.OK);
        }
        try {
            return show(request, YearMonth.parse(month), Form.EMPTY, HttpStatus.OK);
        } catch (DateTimeException none) {
            return show(request, running(), new Form(Map.of(), Map.of("month", noMonth())), HttpStatus.UNPROCESSABLE_ENTITY);
        }
    }

    private YearMonth running() {
        return BillingPeriod.of(clock.instant()).month();
    }

    private static Bilingual noMonth() {
        return new Bilingual("月份须为 2026-11 形式", "a month has the form 2026-11");
    }

    private HttpResponse<String> show(HttpRequest<?> request, YearMonth month, Form form, HttpStatus status) {
        Person reader = frame.personOf(request);
        List<Organisation> all = organisations.listAll();
        Map<UUID, Bilingual> names = new HashMap<>();
        all.forEach(each -> names.put(each.id(), PageFrame.nameOf(each)));
        Map<UUID, List<CostCancellations.Cancellation>> ofVoucher = new HashMap<>();
        cancellations.listOf(month).forEach(each -> ofVoucher.computeIfAbsent(each.voucherId(), _ -> new ArrayList<>()).add(each));
        Map<UUID, String> known = new HashMap<>();
        CostsView view = new CostsView(reader.roles().contains(Role.OPERATIONS), cancellations.limit().fen(), month, id(form.value("voucher")),
                all.stream().filter(each -> each.kinds().contains(OrganisationKind.MERCHANT)).map(each -> new CostsView.Merchant(each.id(), PageFrame.nameOf(each))).toList(),
                Reading.known(vouchers.listOf(month).stream().map(each -> voucher(each, names, ofVoucher.getOrDefault(each.id(), List.of()), reader, known)).toList(),
                        clock.instant()), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.costs(page, view));
    }

    /** A form sent again after a mistake keeps its id, as the same wish mended. */
    private static UUID id(String text) {
        try {
            return text.isEmpty() ? UUID.randomUUID() : UUID.fromString(text);
        } catch (IllegalArgumentException none) {
            return UUID.randomUUID();
        }
    }

    private CostsView.Voucher voucher(CostVoucher v, Map<UUID, Bilingual> names, List<CostCancellations.Cancellation> of, Person reader, Map<UUID, String> known) {
        UUID merchant = v.merchant();
        String product = v.product();
        String kept = v.documentReference();
        return new CostsView.Voucher(v.id(), CostsView.CostKind.valueOf(v.kind().name()), product == null ? "" : product,
                merchant == null ? Bilingual.same("") : names.getOrDefault(merchant, Bilingual.same(merchant.toString())), v.amount().fen(), v.inputVat().fen(),
                v.document(), kept == null ? "" : kept, v.description(), enteredBy(v.enteredBy(), known), UUID.randomUUID(),
                of.stream().map(each -> cancellation(each, reader, known)).toList());
    }

    /** A person, or what the command line wrote. */
    private String enteredBy(String text, Map<UUID, String> known) {
        try {
            return person(UUID.fromString(text), known);
        } catch (IllegalArgumentException notAPerson) {
            return text;
        }
    }

    private String person(UUID id, Map<UUID, String> known) {
        return known.computeIfAbsent(id, each -> people.find(each).map(Person::displayName).orElse(each.toString()));
    }

    private CostsView.Cancellation cancellation(CostCancellations.Cancellation c, Person reader, Map<UUID, String> known) {
        UUID decidedBy = c.decidedBy();
        String ground = c.ground();
        YearMonth counts = c.month();
        return new CostsView.Cancellation(c.id(), EntriesView.ProposalState.valueOf(c.status().name()), c.reason(), person(c.proposedBy(), known), c.proposedAt(),
                decidedBy == null ? "" : person(decidedBy, known), ground == null ? "" : ground, counts == null ? "" : counts.toString(),
                c.proposedBy().equals(reader.id()));
    }

    @Post(Links.COSTS)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> enter(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.OPERATIONS);
        Map<String, Bilingual> errors = new HashMap<>();
        YearMonth month = running();
        try {
            month = YearMonth.parse(posted.text("of"));
        } catch (DateTimeException none) {
            errors.put("of", noMonth());
        }
        Optional<Kind> kind = Arrays.stream(Kind.values()).filter(each -> each.name().equals(posted.text("kind"))).findFirst();
        if (kind.isEmpty()) {
            errors.put("kind", new Bilingual("请选择成本类别", "choose what the cost was for"));
        }
        Optional<Money> amount = yuan(posted.text("amount"));
        if (amount.isEmpty() || !amount.get().isPositive()) {
            errors.put("amount", new Bilingual("金额须大于零,至多两位小数", "the amount is above zero, with at most two decimals"));
        }
        Optional<Money> vat = posted.text("vat").isEmpty() ? Optional.of(Money.ZERO) : yuan(posted.text("vat"));
        if (vat.isEmpty() || vat.get().isNegative()) {
            errors.put("vat", new Bilingual("进项税额不小于零,至多两位小数", "input VAT is not below zero, with at most two decimals"));
        }
        boolean service = kind.filter(Kind.MERCHANT_SERVICE::equals).isPresent();
        @Nullable UUID merchant = merchant(posted.text("merchant"));
        if (service != (merchant != null)) {
            errors.put("merchant", new Bilingual("数商服务须选择数商,其他成本不选", "a merchant's service names the merchant, other costs name none"));
        }
        if (service && vat.filter(each -> !each.isZero()).isPresent()) {
            errors.put("vat", new Bilingual("数商服务不填进项税额", "a merchant's service has no input VAT here"));
        }
        needed(posted, "document", DOCUMENT_MAX, new Bilingual("须填写原始凭证编号,最多 80 字", "the number of the document is needed, of 80 characters at most"), errors);
        needed(posted, "description", TEXT_MAX, new Bilingual("须填写摘要,最多 400 字", "a description is needed, of 400 characters at most"), errors);
        String sha256 = posted.text("sha256");
        String kept = posted.text("kept");
        if (!sha256.isEmpty() && !sha256.matches("[0-9a-f]{64}")) {
            errors.put("sha256", new Bilingual("摘要为 64 位十六进制小写", "the digest has 64 hexadecimal digits in small letters"));
        }
        if (sha256.isEmpty() != kept.isEmpty()) {
            errors.put("kept", new Bilingual("摘要与存放处须同时填写", "a digest and the place its document is kept at are stated together"));
        }
        if (!errors.isEmpty() || kind.isEmpty() || amount.isEmpty() || vat.isEmpty()) {
            return show(request, month, new Form(posted.shown(), errors), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        String product = posted.text("product");
        CostVoucher voucher = new CostVoucher(SubscriptionPages.uuid(posted.text("voucher")), month, kind.get(), product.isEmpty() ? null : product, merchant,
                amount.get(), vat.get(), posted.text("document"), sha256.isEmpty() ? null : sha256, kept.isEmpty() ? null : kept, posted.text("description"),
                person.id().toString());
        Optional<CostVouchers.Refused> refused = vouchers.enter(voucher);
        if (refused.isPresent()) {
            CostVouchers.Fault fault = refused.get().fault();
            return show(request, month, new Form(posted.shown(), Map.of("amount", new Bilingual(fault.zh(), fault.en()))), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return done(month, Done.COST_ENTERED);
    }

    private static void needed(Posted posted, String field, int most, Bilingual error, Map<String, Bilingual> errors) {
        if (posted.text(field).isEmpty() || posted.text(field).length() > most) {
            errors.put(field, error);
        }
    }

    private static Optional<Money> yuan(String text) {
        try {
            return Optional.of(Money.ofYuan(text));
        } catch (IllegalArgumentException | ArithmeticException none) {
            return Optional.empty();
        }
    }

    private @Nullable UUID merchant(String text) {
        try {
            return text.isEmpty() ? null : organisations.find(UUID.fromString(text)).map(Organisation::id).orElse(null);
        } catch (IllegalArgumentException none) {
            return null;
        }
    }

    @Post(Links.COSTS + "/{id}/cancellation")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> cancel(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.OPERATIONS);
        String reason = posted.text("reason");
        if (reason.isEmpty() || reason.length() > REASON_MAX) {
            return wrong(request, posted, NEEDS_REASON);
        }
        return answer(request, posted, cancellations.propose(SubscriptionPages.uuid(posted.text("cancellation")), SubscriptionPages.uuid(id), reason, person.id()));
    }

    @Post(Links.COST_CANCELLATIONS + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> step(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.OPERATIONS);
        UUID cancellation = SubscriptionPages.uuid(id);
        String step = posted.text("step");
        String reason = posted.text("reason");
        if (!step.equals("APPROVE") && (reason.isEmpty() || reason.length() > REASON_MAX)) {
            return wrong(request, posted, NEEDS_REASON);
        }
        return answer(request, posted, switch (step) {
            case "APPROVE" -> cancellations.approve(cancellation, person.id());
            case "REFUSE" -> cancellations.refuse(cancellation, person.id(), reason);
            case "WITHDRAW" -> cancellations.withdraw(cancellation, person.id(), reason);
            default -> throw PageRefused.noSuchPage();
        });
    }

    private HttpResponse<?> answer(HttpRequest<?> request, Posted posted, CostCancellations.Outcome outcome) {
        return switch (outcome) {
            case CostCancellations.Outcome.Done(var cancellation) -> done(month(posted), switch (cancellation.status()) {
                case OPEN -> Done.PROPOSED;
                case BOOKED -> Done.COST_CANCELLED;
                case REFUSED, WITHDRAWN -> Done.DECIDED;
            });
            case CostCancellations.Outcome.Refused refused -> wrong(request, posted, new Bilingual(refused.fault().zh(), refused.fault().en()));
        };
    }

    /** The month the person looks at. */
    private YearMonth month(Posted posted) {
        try {
            return YearMonth.parse(posted.text("shown"));
        } catch (DateTimeException none) {
            return running();
        }
    }

    private static HttpResponse<?> done(YearMonth month, Done done) {
        return HttpResponse.seeOther(URI.create(Links.COSTS + "?month=" + month + "&done=" + done.word()));
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, Posted posted, Bilingual error) {
        return show(request, month(posted), new Form(Map.of(), Map.of("vouchers", error)), HttpStatus.UNPROCESSABLE_ENTITY);
    }
}
