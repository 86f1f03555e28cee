package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.twin.TwinSamples;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.TwinRecord;
import cn.jingshu.products.domain.TwinReport;
import cn.jingshu.products.domain.masking.KAnonymity;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
        TwinsView view = new TwinsView(code, products.nameOf(code), content(request, code));
        return frame.show(request, page -> pages.twins(page, view));
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
