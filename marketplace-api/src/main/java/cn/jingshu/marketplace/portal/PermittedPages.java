package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.OverRecoveries;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.PermittedRevenue;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
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
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The permitted revenue of each year, worked out in sight, written by one authority and signed by the other. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PermittedPages {
    private static final int TEXT_MAX = 500;
    private static final List<String> AMOUNTS = List.of("platform", "processing", "staff", "acquisition", "period", "subsidies", "taxes", "highest");
    private static final List<String> YEARS = List.of("year", "cycleFirst", "cycleLast", "surveyYear", "bondYear");

    private final PageFrame frame;
    private final Pages pages;
    private final PermittedRevenues permitted;
    private final OverRecoveries overRecoveries;
    private final PolicyParameters policy;
    private final People people;
    private final Clock clock;

    PermittedPages(PageFrame frame, Pages pages, PermittedRevenues permitted, OverRecoveries overRecoveries, PolicyParameters policy, People people, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.permitted = permitted;
        this.overRecoveries = overRecoveries;
        this.policy = policy;
        this.people = people;
        this.clock = clock;
    }

    @Get(Links.PERMITTED)
    HttpResponse<String> permitted(HttpRequest<?> request) {
        frame.requireBooks(request);
        return show(request, Form.EMPTY, HttpStatus.OK);
    }

    private HttpResponse<String> show(HttpRequest<?> request, Form form, HttpStatus status) {
        Person reader = frame.personOf(request);
        UUID id;
        try {
            id = form.value("id").isEmpty() ? UUID.randomUUID() : UUID.fromString(form.value("id"));
        } catch (IllegalArgumentException none) {
            id = UUID.randomUUID();
        }
        PermittedView view = new PermittedView(isAuthority(reader), id,
                Reading.known(permitted.list().reversed().stream().map(each -> record(each, reader)).toList(), clock.instant()), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.permitted(page, view));
    }

    private static boolean isAuthority(Person person) {
        return person.roles().contains(Role.PRICE_OFFICER) || person.roles().contains(Role.REGULATOR);
    }

    private PermittedView.Reckoned record(PermittedRevenue.Kept kept, Person reader) {
        PermittedRevenue r = kept.revenue();
        BigDecimal margin = policy.getAt("price.margin-points", kept.proposedAt()).decimal();
        BigDecimal limit = r.bondYield().add(margin);
        UUID decidedBy = kept.decidedBy();
        Instant decidedAt = kept.decidedAt();
        String ground = kept.ground();
        String smoothing = r.smoothing();
        return new PermittedView.Reckoned(r.id(), r.year(), r.cycleFirst() + "–" + r.cycleLast(),
                List.of(new PermittedView.Item(PermittedView.CostItem.PLATFORM, r.platform().fen()), new PermittedView.Item(PermittedView.CostItem.PROCESSING, r.processing().fen()),
                        new PermittedView.Item(PermittedView.CostItem.STAFF, r.staff().fen()), new PermittedView.Item(PermittedView.CostItem.ACQUISITION, r.acquisition().fen()),
                        new PermittedView.Item(PermittedView.CostItem.PERIOD, r.period().fen()), new PermittedView.Item(PermittedView.CostItem.SUBSIDIES, -r.subsidies().fen())),
                r.cost().fen(), percent(r.rate()), r.profit().fen(), r.taxes().fen(), r.vatInTaxes(), r.carried().fen(),
                smoothing == null ? "" : smoothing, r.reckoned().fen(), r.highest().fen(), r.reckoned().equals(r.highest()),
                Integer.toString(r.bondYear()), percent(r.bondYield()), percent(margin), percent(limit), r.rate().compareTo(limit) <= 0,
                r.citation(), PermittedView.RecordState.valueOf(kept.status().name()), person(kept.proposedBy()), kept.proposedAt(),
                decidedBy == null ? "" : person(decidedBy), decidedAt == null ? kept.proposedAt() : decidedAt, ground == null ? "" : ground,
                kept.proposedBy().equals(reader.id()));
    }

    private String person(UUID id) {
        return people.find(id).map(Person::displayName).orElse(id.toString());
    }

    private static String percent(BigDecimal rate) {
        BigDecimal percent = rate.movePointRight(2);
        return (percent.signum() == 0 ? "0" : percent.stripTrailingZeros().toPlainString()) + " %";
    }

    @Post(Links.PERMITTED)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> propose(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = authority(request);
        Map<String, Bilingual> errors = new HashMap<>();
        Map<String, Money> yuan = new HashMap<>();
        for (String name : AMOUNTS) {
            yuan.put(name, yuan(posted.text(name), name, errors));
        }
        Money carried = posted.text("carried").isEmpty() ? Money.ZERO : yuan(posted.text("carried"), "carried", errors);
        Map<String, Integer> years = new HashMap<>();
        for (String name : YEARS) {
            if (posted.text(name).matches("2\\d{3}")) {
                years.put(name, Integer.parseInt(posted.text(name)));
            } else {
                errors.put(name, new Bilingual("年份须为 2027 形式", "a year has the form 2027"));
            }
        }
        BigDecimal yield = rate(posted.text("yield"), "yield", errors);
        BigDecimal rate = rate(posted.text("rate"), "rate", errors);
        String citation = posted.text("citation");
        String smoothing = posted.text("smoothing");
        if (citation.isEmpty() || citation.length() > TEXT_MAX || smoothing.length() > TEXT_MAX) {
            errors.put("citation", new Bilingual("须填写成本调查报告与决定文号,最多 500 字", "the report and the decision are needed, of 500 characters at most"));
        }
        if (!errors.isEmpty()) {
            return show(request, new Form(posted.shown(), errors), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        PermittedRevenue revenue = new PermittedRevenue(SubscriptionPages.uuid(posted.text("id")), year(years, "year"), year(years, "cycleFirst"),
                year(years, "cycleLast"), fen(yuan, "platform"), fen(yuan, "processing"), fen(yuan, "staff"), fen(yuan, "acquisition"),
                fen(yuan, "period"), fen(yuan, "subsidies"), year(years, "surveyYear"), year(years, "bondYear"), yield, rate,
                fen(yuan, "taxes"), posted.text("vatInTaxes").equals("true"), carried, smoothing.isEmpty() ? null : smoothing,
                fen(yuan, "highest"), citation);
        return answer(request, posted, permitted.propose(revenue, person.id(), overRecoveries), Done.PROPOSED);
    }

    private static int year(Map<String, Integer> years, String name) {
        return java.util.Objects.requireNonNull(years.get(name));
    }

    private static Money fen(Map<String, Money> yuan, String name) {
        return java.util.Objects.requireNonNull(yuan.get(name));
    }

    private static Money yuan(String text, String name, Map<String, Bilingual> errors) {
        try {
            if (text.length() <= 20) {
                return Money.ofYuan(text);
            }
        } catch (ArithmeticException | NumberFormatException unfit) {
            errors.put(name, new Bilingual("须为元,至多两位小数", "yuan with at most two decimals"));
            return Money.ZERO;
        }
        errors.put(name, new Bilingual("须为元,至多两位小数", "yuan with at most two decimals"));
        return Money.ZERO;
    }

    /** A percentage as people write it: 7.8 is 0.078. */
    private static BigDecimal rate(String text, String name, Map<String, Bilingual> errors) {
        try {
            BigDecimal rate = text.length() <= 12 ? new BigDecimal(text).movePointLeft(2).setScale(8, RoundingMode.UNNECESSARY) : BigDecimal.TEN;
            if (rate.signum() >= 0 && rate.compareTo(BigDecimal.ONE) < 0) {
                return rate;
            }
        } catch (ArithmeticException | NumberFormatException unfit) {
            errors.put(name, new Bilingual("须为百分数,如 7.8", "a percentage such as 7.8"));
            return BigDecimal.ZERO;
        }
        errors.put(name, new Bilingual("须为百分数,如 7.8", "a percentage such as 7.8"));
        return BigDecimal.ZERO;
    }

    @Post(Links.PERMITTED + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> decide(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = authority(request);
        String ground = posted.text("ground");
        if (ground.isEmpty() || ground.length() > TEXT_MAX) {
            return show(request, new Form(Map.of(), Map.of("records", new Bilingual("须填写文号或理由,最多 500 字",
                    "a document or a reason is needed, of 500 characters at most"))), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        UUID revenue = SubscriptionPages.uuid(id);
        return answer(request, Posted.of(Map.of()), switch (posted.text("step")) {
            case "SIGN" -> permitted.sign(revenue, person.id(), ground, overRecoveries);
            case "REFUSE" -> permitted.refuse(revenue, person.id(), ground);
            default -> throw PageRefused.noSuchPage();
        }, Done.DECIDED);
    }

    private Person authority(HttpRequest<?> request) {
        Person person = frame.personOf(request);
        if (!isAuthority(person)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        return person;
    }

    private HttpResponse<?> answer(HttpRequest<?> request, Posted posted, PermittedRevenues.Outcome outcome, Done done) {
        return switch (outcome) {
            case PermittedRevenues.Outcome.Done _ -> HttpResponse.seeOther(URI.create(Links.PERMITTED + "?done=" + done.word()));
            case PermittedRevenues.Outcome.Refused(var fault) -> wrong(request, posted, new Bilingual(fault.zh(), fault.en()));
            case PermittedRevenues.Outcome.Unlawful(var fault, var detail) -> wrong(request, posted,
                    new Bilingual(fault.zh() + "(" + detail + ";" + fault.legalBasis() + ")", fault.en() + " (" + detail + "; " + fault.legalBasis() + ")"));
        };
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, Posted posted, Bilingual why) {
        return show(request, new Form(posted.shown(), Map.of("records", why)), HttpStatus.UNPROCESSABLE_ENTITY);
    }
}
