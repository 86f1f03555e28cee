package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.twin.TwinSamples;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.TwinProgress;
import cn.jingshu.products.domain.TwinRecord;
import cn.jingshu.products.domain.TwinReport;
import cn.jingshu.products.domain.masking.KAnonymity;
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
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the sandbox twins of a product hold: for who runs and supervises the market, and the merchant whose product it is. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class TwinPages {
    private static final Logger LOG = LoggerFactory.getLogger(TwinPages.class);
    private static final Role[] ALL = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR};
    private static final int SHOWN = 50;

    /** Bars beyond this many sizes are drawn together. */
    private static final int MOST_BARS = 12;

    private static final int MOST_CHARS = 500;
    private static final long MOST_ROWS = 500_000;
    private static final Bilingual NO_REASON = new Bilingual("须填写,最多 500 字", "it is needed, of 500 characters at most");
    private static final Bilingual AWAY = new Bilingual("暂时无法读取数据域,请稍后再试", "the data domain cannot be read now; try again later");

    private final PageFrame frame;
    private final Pages pages;
    private final ProductFacts products;
    private final TwinSamples samples;
    private final Registrations registrations;
    private final Clock clock;

    TwinPages(PageFrame frame, Pages pages, ProductFacts products, TwinSamples samples, Registrations registrations, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.products = products;
        this.samples = samples;
        this.registrations = registrations;
        this.clock = clock;
    }

    @Get("/products/{code}/sandbox")
    HttpResponse<String> sandbox(HttpRequest<?> request, String code) {
        return show(request, code, Form.EMPTY, HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, String code, Form form, HttpStatus status) {
        Person reader = frame.personOf(request);
        boolean all = frame.visitorOf(request) instanceof Visitor.SignedIn signedIn && signedIn.hasAny(ALL);
        if (!all && !reader.roles().contains(Role.MERCHANT_OFFICER)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        if (!all && registrations.listAll().stream()
                .noneMatch(each -> each.product().equals(code) && each.merchantId().equals(reader.organisationId()))) {
            throw PageRefused.noSuchPage();
        }
        products.getOffered(code);
        TwinsView view = new TwinsView(code, products.nameOf(code), content(request, code),
                all ? samples(code, reader, form) : TwinsView.Samples.NONE);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.twins(page, view));
    }

    private TwinsView.Samples samples(String code, Person reader, Form form) {
        return new TwinsView.Samples(reader.roles().contains(Role.OPERATIONS), reader.roles().contains(Role.REGULATOR), UUID.randomUUID(),
                samples.twins().stream().filter(each -> each.product().equals(code)).map(JdbcDataDomain.Twin::version).sorted(Comparator.reverseOrder()).toList(),
                samples.list(code, SHOWN).stream().map(each -> new TwinsView.Sample(each.id(), each.version(), each.rows(), each.k(), each.personal(),
                        each.reason(), each.proposedAt(), TwinsView.SampleState.valueOf(each.status().name()), each.ground() == null ? "" : each.ground(),
                        each.proposedBy().equals(reader.id()))).toList(), form);
    }

    @Post("/products/{code}/sandbox")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> propose(HttpRequest<?> request, String code, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.OPERATIONS);
        products.getOffered(code);
        Map<String, Bilingual> faults = new LinkedHashMap<>();
        int version = (int) whole(posted, "version", 1, 1_000, faults);
        long rows = whole(posted, "rows", 1, MOST_ROWS, faults);
        Integer k = posted.text("k").isEmpty() ? null : Integer.valueOf((int) whole(posted, "k", 2, 10_000, faults));
        String reason = reason(posted, "reason", faults);
        if (!faults.isEmpty()) {
            return show(request, code, new Form(posted.shown(), faults), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        try {
            return answer(request, code, posted, "reason", samples.propose(SubscriptionPages.uuid(posted.text("id")), code, version, rows, k, reason, person.id()),
                    Done.SAMPLE_ASKED);
        } catch (IllegalArgumentException outOfRange) {
            boolean aboutK = String.valueOf(outOfRange.getMessage()).contains("k");
            return wrong(request, code, posted, k != null && aboutK ? "k" : "rows", new Bilingual("数值超出允许范围", String.valueOf(outOfRange.getMessage())));
        } catch (DomainException away) {
            return wrong(request, code, posted, "samples", AWAY);
        }
    }

    @Post("/products/{code}/sandbox/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> step(HttpRequest<?> request, String code, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        String step = posted.text("step");
        Person person = frame.personWith(request, step.equals("APPROVE") || step.equals("REFUSE") ? Role.REGULATOR : Role.OPERATIONS);
        UUID sample = SubscriptionPages.uuid(id);
        if (samples.find(sample).filter(each -> each.product().equals(code)).isEmpty()) {
            throw PageRefused.noSuchPage();
        }
        String field = (step.equals("WITHDRAW") ? "withdraw-" : "reason-") + sample;
        Map<String, Bilingual> faults = new LinkedHashMap<>();
        String ground = step.equals("DRAW") ? "" : reason(posted, "reason", faults);
        if (!faults.isEmpty()) {
            return wrong(request, code, posted, field, NO_REASON);
        }
        try {
            return switch (step) {
                case "APPROVE" -> answer(request, code, posted, field, samples.approve(sample, person.id(), ground), Done.DECIDED);
                case "REFUSE" -> answer(request, code, posted, field, samples.refuse(sample, person.id(), ground), Done.DECIDED);
                case "WITHDRAW" -> answer(request, code, posted, field, samples.withdraw(sample, person.id(), ground), Done.DECIDED);
                case "DRAW" -> switch (samples.draw(sample, person.id(), person.id().toString(), TwinProgress.NONE)) {
                    case TwinSamples.Draw.Drawn _ -> to(code, Done.SAMPLE_DRAWN);
                    case TwinSamples.Draw.Withheld(var _, var zh, var en) -> wrong(request, code, posted, "samples", new Bilingual(zh, en));
                    case TwinSamples.Draw.Refused(var fault) -> wrong(request, code, posted, "samples", new Bilingual(fault.zh(), fault.en()));
                };
                default -> throw PageRefused.noSuchPage();
            };
        } catch (DomainException away) {
            return wrong(request, code, posted, "samples", AWAY);
        }
    }

    private static long whole(Posted posted, String field, long least, long most, Map<String, Bilingual> faults) {
        String text = posted.text(field);
        if (text.matches("[0-9]{1,9}") && Long.parseLong(text) >= least && Long.parseLong(text) <= most) {
            return Long.parseLong(text);
        }
        faults.put(field, new Bilingual("请填写 " + least + " 至 " + most + " 的整数", "enter a whole number from " + least + " to " + most));
        return least;
    }

    private static String reason(Posted posted, String field, Map<String, Bilingual> faults) {
        String reason = posted.text(field);
        if (reason.isEmpty() || reason.length() > MOST_CHARS) {
            faults.put(field, NO_REASON);
        }
        return reason;
    }

    private HttpResponse<?> answer(HttpRequest<?> request, String code, Posted posted, String field, TwinSamples.Outcome outcome, Done done) {
        return switch (outcome) {
            case TwinSamples.Outcome.Done _ -> to(code, done);
            case TwinSamples.Outcome.Refused(var fault) -> wrong(request, code, posted, field, new Bilingual(fault.zh(), fault.en()));
        };
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, String code, Posted posted, String field, Bilingual error) {
        return show(request, code, new Form(posted.shown(), Map.of(field, error)), HttpStatus.UNPROCESSABLE_ENTITY);
    }

    private static HttpResponse<?> to(String code, Done done) {
        return HttpResponse.seeOther(URI.create(Links.sandbox(code) + "?done=" + done.word()));
    }

    private Reading<TwinsView.Content> content(HttpRequest<?> request, String code) {
        try {
            List<TwinsView.Version> versions = new ArrayList<>();
            for (JdbcDataDomain.Twin twin : samples.twins().reversed()) {
                if (twin.product().equals(code)) {
                    Optional<TwinRecord> record = samples.findRecord(code, twin.version());
                    record.ifPresent(held -> versions.add(version(twin, held)));
                }
            }
            return Reading.known(new TwinsView.Content(versions, samples.records(code, null, SHOWN).stream().map(TwinPages::past).toList()),
                    clock.instant());
        } catch (DomainException away) {
            LOG.warn("the twins of {} cannot be read: {}", code, away.getMessage());
            return PageFrame.unknown(request);
        }
    }

    private static TwinsView.Version version(JdbcDataDomain.Twin twin, TwinRecord record) {
        TwinReport report = record.report();
        return new TwinsView.Version(twin.version(), stateOf(record.kind()), css(record.kind()), report.madeAt(), twin.realPeople(), record.number(),
                record.digest(), record.isIntact(), report.hasSubjects() ? new TwinsView.Risk(report.k(), percent(report.highestRisk()),
                        percent(report.shareAtRisk())) : null,
                report.tables().stream().map(TwinPages::table).toList());
    }

    private static TwinsView.Table table(TwinReport.Table table) {
        KAnonymity risk = table.risk();
        return new TwinsView.Table(table.table(), table.rows(), table.leftOut(), risk == null ? 0 : risk.subjects(), table.classCount(),
                risk == null ? 0 : risk.k(), table.columns().stream().map(each -> new TwinsView.Column(each.column(),
                        new Bilingual(each.how().zh(), each.how().en()), each.top() == 0 ? "" : each.level() + " / " + each.top())).toList(),
                bars(table.classes()));
    }

    /** A bar a size, the smallest classes first; the largest together. */
    static List<TwinsView.Bar> bars(List<KAnonymity.ClassSize> sizes) {
        List<TwinsView.Bar> bars = new ArrayList<>();
        int single = sizes.size() > MOST_BARS ? MOST_BARS - 1 : sizes.size();
        List<KAnonymity.ClassSize> rest = sizes.subList(single, sizes.size());
        long restClasses = rest.stream().mapToLong(KAnonymity.ClassSize::classes).sum();
        long most = Math.max(1, Math.max(restClasses, sizes.subList(0, single).stream().mapToLong(KAnonymity.ClassSize::classes).max().orElse(1)));
        for (KAnonymity.ClassSize each : sizes.subList(0, single)) {
            bars.add(new TwinsView.Bar(Long.toString(each.subjects()), each.classes(), each.rows(), (int) (1000 * each.classes() / most)));
        }
        if (!rest.isEmpty()) {
            bars.add(new TwinsView.Bar(rest.getFirst().subjects() + "–" + rest.getLast().subjects(), restClasses,
                    rest.stream().mapToLong(KAnonymity.ClassSize::rows).sum(), (int) (1000 * restClasses / most)));
        }
        return bars;
    }

    private static TwinsView.Past past(TwinRecord record) {
        String zh = record.sentenceZh();
        String en = record.sentenceEn();
        return new TwinsView.Past(record.number(), record.report().madeAt(), record.report().version(), stateOf(record.kind()), css(record.kind()),
                record.report().k(), record.digest(), zh == null || en == null ? null : new Bilingual(zh, en));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static Bilingual stateOf(TwinRecord.Kind kind) {
        return switch (kind) {
            case SYNTHETIC -> new Bilingual("合成数据", "made up");
            case SAMPLED -> new Bilingual("脱敏样本", "masked sample");
            case WITHHELD -> new Bilingual("未采用", "withheld");
        };
    }

    private static String css(TwinRecord.Kind kind) {
        return switch (kind) {
            case SYNTHETIC -> "note";
            case SAMPLED -> "done";
            case WITHHELD -> "failed";
        };
    }
}
