package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.source.TableFreshness;
import cn.jingshu.marketplace.source.UpdateCycles;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.LoadFreshness;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadRecord;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.SinceBefore;
import cn.jingshu.products.domain.quality.Dimension;
import cn.jingshu.products.domain.quality.QualityRules;
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
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
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
    private static final int MOST_LENGTH = 3_660;

    private final PageFrame frame;
    private final Pages pages;
    private final LoadHistory history;
    private final LoadTables tables;
    private final ResourceCatalogue catalogue;
    private final DataProviders providers;
    private final TableFreshness freshness;
    private final Clock clock;

    LoadPages(PageFrame frame, Pages pages, LoadHistory history, LoadTables tables, ResourceCatalogue catalogue, DataProviders providers,
            TableFreshness freshness, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.history = history;
        this.tables = tables;
        this.catalogue = catalogue;
        this.providers = providers;
        this.freshness = freshness;
        this.clock = clock;
    }

    static boolean mayRead(Visitor visitor) {
        return visitor instanceof Visitor.SignedIn signedIn && (signedIn.hasAny(ALL) || signedIn.hasAny(Role.PROVIDER_OFFICER));
    }

    @Get(Links.LOADS)
    HttpResponse<String> loads(HttpRequest<?> request, @Nullable @QueryValue String load) {
        return show(request, load == null ? null : SubscriptionPages.uuid(load), Form.EMPTY, HttpStatus.OK);
    }

    private HttpResponse<String> show(HttpRequest<?> request, @Nullable UUID chosen, Form form, HttpStatus status) {
        Person reader = frame.personOf(request);
        Visitor visitor = frame.visitorOf(request);
        List<String> visible = visible(visitor, reader);
        LoadsView view;
        try {
            view = view(visible, chosen, maySet(reader), form);
        } catch (DomainException away) {
            LOG.warn("loads cannot be read: {}", away.getMessage());
            view = new LoadsView(PageFrame.unknown(request), chosen == null ? null : PageFrame.unknown(request), form);
        }
        LoadsView shown = view;
        return frame.show(request, visitor, HttpResponse.status(status), page -> pages.loads(page, shown));
    }

    /** The resources whose loads somebody may see; null: all. */
    private @Nullable List<String> visible(Visitor visitor, Person reader) {
        if (!mayRead(visitor)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        return visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(ALL) ? null : providers.resourcesOf(reader.organisationId());
    }

    private static boolean maySet(Person person) {
        return person.roles().contains(Role.PROVIDER_OFFICER) || person.roles().contains(Role.REGULATOR);
    }

    @Post(Links.LOADS + "/{id}/freshness")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> setFreshness(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personOf(request);
        List<String> visible = visible(frame.visitorOf(request), person);
        if (!maySet(person)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        UUID load = SubscriptionPages.uuid(id);
        try {
            ResourceTable table = history.find(load).filter(each -> visible == null || visible.contains(each.resource()))
                    .flatMap(each -> tables.findLoadable(each.table())).orElseThrow(PageRefused::noSuchPage);
            String length = posted.text("length");
            if (!length.matches("([1-9][0-9]{0,3})?") || (!length.isEmpty() && Integer.parseInt(length) > MOST_LENGTH)) {
                return wrong(request, load, posted, new Bilingual("请填写 1 至 3660 的整数,或留空", "enter a whole number from 1 to 3660, or nothing"));
            }
            Duration freshFor = length.isEmpty() ? null
                    : posted.text("unit").equals("DAYS") ? Duration.ofDays(Integer.parseInt(length)) : Duration.ofHours(Integer.parseInt(length));
            if (!freshness.mayStay(table, freshFor, person)) {
                return wrong(request, load, posted, new Bilingual("长于目录更新周期及宽限,须由数据主管部门设定",
                        "it is longer than the update cycle and its grace allow: the data bureau sets that"));
            }
            freshness.set(table, freshFor, person);
            return HttpResponse.seeOther(URI.create(Links.load(load) + "&done=" + Done.FRESHNESS_SET.word()));
        } catch (DomainException away) {
            LOG.warn("how long a table stays fresh cannot be set: {}", away.getMessage());
            return wrong(request, load, posted, new Bilingual("数据域暂不可用,请稍后再试", "the data domain is away; try again later"));
        }
    }

    private HttpResponse<String> wrong(HttpRequest<?> request, UUID load, Posted posted, Bilingual why) {
        return show(request, load, new Form(posted.shown(), Map.of("length", why)), HttpStatus.UNPROCESSABLE_ENTITY);
    }

    private LoadsView view(@Nullable List<String> visible, @Nullable UUID chosen, boolean maySet, Form form) {
        Map<String, Bilingual> names = new HashMap<>();
        catalogue.listAt(catalogue.today())
                .forEach(each -> names.put(each.entry().id(), new Bilingual(each.entry().nameZh(), each.entry().nameEn())));
        Instant now = clock.instant();
        Reading<LoadsView.Detail> detail = null;
        if (chosen != null) {
            LoadRecord record = history.find(chosen).filter(each -> visible == null || visible.contains(each.resource()))
                    .orElseThrow(PageRefused::noSuchPage);
            detail = Reading.known(detail(record, names, maySet), now);
        }
        return new LoadsView(Reading.known(history.list(null, visible, SHOWN).stream().map(each -> load(each, names)).toList(), now), detail,
                form);
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

    private LoadsView.Freshness freshness(ResourceTable table, boolean maySet) {
        TableFreshness.Standing s = freshness.of(table);
        LoadFreshness.Fresh loaded = s.loaded();
        UpdateCycles.FreshFor cycle = s.cycle();
        Duration freshFor = s.freshFor();
        Bilingual words = freshFor == null ? null
                : s.declared() || cycle == null
                        ? new Bilingual(lengthZh(freshFor) + "(专门设定)", lengthEn(freshFor) + " (declared for it)")
                        : cycle.stated()
                                ? new Bilingual(lengthZh(cycle.cycle()) + "(目录更新频率)+ " + lengthZh(cycle.grace()) + "(宽限)",
                                        lengthEn(cycle.cycle()) + " (update frequency of the catalogue) + " + lengthEn(cycle.grace()) + " (grace)")
                                : new Bilingual(lengthZh(cycle.cycle()) + "(目录未载频率,本市自定)+ " + lengthZh(cycle.grace()) + "(宽限)",
                                        lengthEn(cycle.cycle()) + " (the catalogue states no frequency: the city's own number) + " + lengthEn(cycle.grace())
                                                + " (grace)");
        return new LoadsView.Freshness(loaded == null ? null : loaded.loadedAt(), loaded == null ? null : loaded.confirmedAt(),
                loaded == null ? null : loaded.staleFrom(), s.stale(), words, maySet);
    }

    private static String lengthZh(Duration length) {
        return length.toHours() % 24 == 0 && length.toHours() > 0 ? length.toDays() + " 天"
                : length.toMinutes() % 60 == 0 && length.toMinutes() > 0 ? length.toHours() + " 小时" : length.toMinutes() + " 分钟";
    }

    private static String lengthEn(Duration length) {
        return length.toHours() % 24 == 0 && length.toHours() > 0 ? length.toDays() + " d"
                : length.toMinutes() % 60 == 0 && length.toMinutes() > 0 ? length.toHours() + " h" : length.toMinutes() + " min";
    }

    private static List<LoadsView.Dimensioned> dimensions(List<LoadHistory.RuleResult> results) {
        Map<Dimension, Double> means = LoadHistory.dimensions(results);
        return results.isEmpty() ? List.of()
                : Arrays.stream(Dimension.values()).map(each -> new LoadsView.Dimensioned(CatalogueWords.of(each), score(means.get(each)))).toList();
    }

    private LoadsView.Detail detail(LoadRecord r, Map<String, Bilingual> names, boolean maySet) {
        List<LoadHistory.RuleResult> results = history.qualityOf(r.id());
        Optional<ResourceTable> table = tables.find(r.table());
        double threshold = table.map(history::statedRulesOf).map(QualityRules::threshold).orElse(QualityRules.USUAL_THRESHOLD);
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
                own != null && own < threshold, tables.findLoadable(r.table()).map(each -> freshness(each, maySet)).orElse(null),
                r.rejects().stream().map(each -> new LoadsView.Reject(each.column() == null ? "" : each.column(),
                        new Bilingual(each.reason().zh(), each.reason().en()), each.records(),
                        each.lines().stream().limit(20).map(String::valueOf).collect(Collectors.joining(", ")))).toList(),
                dimensions(results), results.stream().map(each -> new LoadsView.Rule(each.rule(), CatalogueWords.of(each.dimension()), each.checked(),
                        each.failed(), score(each.score()), each.failed() == 0)).toList(),
                scores);
    }
}
