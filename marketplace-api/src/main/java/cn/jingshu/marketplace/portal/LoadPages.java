package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadRecord;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.SinceBefore;
import cn.jingshu.products.domain.quality.QualityRules;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads and their quality: all for who runs and supervises the market, its own for a provider. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class LoadPages {
    private static final Logger LOG = LoggerFactory.getLogger(LoadPages.class);
    private static final Role[] ALL = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR};
    private static final int SHOWN = 100;
    private static final int SCORES_SHOWN = 200;

    private final PageFrame frame;
    private final Pages pages;
    private final LoadHistory history;
    private final LoadTables tables;
    private final ResourceCatalogue catalogue;
    private final DataProviders providers;
    private final Clock clock;

    LoadPages(PageFrame frame, Pages pages, LoadHistory history, LoadTables tables, ResourceCatalogue catalogue, DataProviders providers,
            Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.history = history;
        this.tables = tables;
        this.catalogue = catalogue;
        this.providers = providers;
        this.clock = clock;
    }

    static boolean mayRead(Visitor visitor) {
        return visitor instanceof Visitor.SignedIn signedIn && (signedIn.hasAny(ALL) || signedIn.hasAny(Role.PROVIDER_OFFICER));
    }

    @Get(Links.LOADS)
    HttpResponse<String> loads(HttpRequest<?> request, @Nullable @QueryValue String load) {
        Person reader = frame.personOf(request);
        Visitor visitor = frame.visitorOf(request);
        if (!mayRead(visitor)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        boolean all = visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(ALL);
        List<String> visible = all ? null : providers.resourcesOf(reader.organisationId());
        UUID chosen = load == null ? null : SubscriptionPages.uuid(load);
        LoadsView view;
        try {
            view = view(visible, chosen);
        } catch (DomainException away) {
            LOG.warn("loads cannot be read: {}", away.getMessage());
            view = new LoadsView(PageFrame.unknown(request), chosen == null ? null : PageFrame.unknown(request));
        }
        LoadsView shown = view;
        return frame.show(request, page -> pages.loads(page, shown));
    }

    private LoadsView view(@Nullable List<String> visible, @Nullable UUID chosen) {
        Map<String, Bilingual> names = new HashMap<>();
        catalogue.listAt(catalogue.today())
                .forEach(each -> names.put(each.entry().id(), new Bilingual(each.entry().nameZh(), each.entry().nameEn())));
        Instant now = clock.instant();
        Reading<LoadsView.Detail> detail = null;
        if (chosen != null) {
            LoadRecord record = history.find(chosen).filter(each -> visible == null || visible.contains(each.resource()))
                    .orElseThrow(PageRefused::noSuchPage);
            detail = Reading.known(detail(record, names), now);
        }
        return new LoadsView(Reading.known(history.list(null, visible, SHOWN).stream().map(each -> load(each, names)).toList(), now), detail);
    }

    private static LoadsView.Load load(LoadRecord r, Map<String, Bilingual> names) {
        return new LoadsView.Load(r.id(), r.table(), names.getOrDefault(r.resource(), Bilingual.same(r.resource())), CatalogueWords.of(r.state()),
                CatalogueWords.css(r.state()), r.startedAt(), r.rowsIn(), r.accepted(), r.rejected(),
                r.state() == LoadRecord.State.RUNNING ? r.percent() : null, score(r.score()));
    }

    private static LoadsView.@Nullable Readings readings(LoadRecord.@Nullable Readings readings) {
        return readings == null ? null : new LoadsView.Readings(readings.asked(), readings.changed(), readings.failed(), readings.headerAt());
    }

    private static @Nullable Bilingual since(@Nullable SinceBefore since) {
        return since == null ? null : new Bilingual(since.sentence(true), since.sentence(false));
    }

    private static String score(@Nullable Double score) {
        return score == null ? "" : String.format(Locale.ROOT, "%.1f", score);
    }

    private LoadsView.Detail detail(LoadRecord r, Map<String, Bilingual> names) {
        Optional<ResourceTable> table = tables.find(r.table());
        double threshold = table.map(history::rulesOf).map(QualityRules::threshold).orElse(QualityRules.USUAL_THRESHOLD);
        List<LoadsView.Score> scores = history.list(r.table(), null, SCORES_SHOWN).reversed().stream()
                .filter(each -> each.score() != null)
                .map(each -> new LoadsView.Score(each.startedAt(), score(each.score())))
                .toList();
        Double own = r.score();
        String zh = r.sentenceZh();
        String en = r.sentenceEn();
        return new LoadsView.Detail(load(r, names), r.source(), r.digest() == null ? "" : r.digest(), CatalogueWords.of(r.mode()),
                zh == null || en == null ? null : new Bilingual(zh, en),
                r.drift().isNone() ? null : new Bilingual(r.drift().sentence(true), r.drift().sentence(false)), since(r.since()), readings(r.readings()), score(threshold),
                own != null && own < threshold,
                r.rejects().stream().map(each -> new LoadsView.Reject(each.column() == null ? "" : each.column(),
                        new Bilingual(each.reason().zh(), each.reason().en()), each.records(),
                        each.lines().stream().limit(20).map(String::valueOf).collect(Collectors.joining(", ")))).toList(),
                history.qualityOf(r.id()).stream().map(each -> new LoadsView.Rule(each.rule(), CatalogueWords.of(each.dimension()), each.checked(),
                        each.failed(), score(each.score()), each.failed() == 0)).toList(),
                scores);
    }
}
