package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.DataResource;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.catalogue.ResourceEntry;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.source.FolderFile;
import cn.jingshu.marketplace.source.LoadSource;
import cn.jingshu.marketplace.source.LoadSources;
import cn.jingshu.marketplace.source.Schedule;
import cn.jingshu.marketplace.source.SourceRun;
import cn.jingshu.marketplace.source.SourceStanding;
import cn.jingshu.marketplace.source.UpdateCycles;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.domain.load.Continuation;
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
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sources that are loaded by themselves: all for who runs and supervises the market, of its own resources for a provider. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class SourcePages {
    private static final Logger LOG = LoggerFactory.getLogger(SourcePages.class);
    private static final Role[] ALL = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR};
    private static final int SHOWN = 50;
    private static final int MOST_CHARS = 500;
    private static final int MOST_MINUTES = 366 * 24 * 60;

    private final PageFrame frame;
    private final Pages pages;
    private final LoadSources sources;
    private final DataProviders providers;
    private final ResourceCatalogue catalogue;
    private final Clock clock;

    SourcePages(PageFrame frame, Pages pages, LoadSources sources, DataProviders providers, ResourceCatalogue catalogue, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.sources = sources;
        this.providers = providers;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    @Get(Links.LOAD_SOURCES)
    HttpResponse<String> sources(HttpRequest<?> request, @Nullable @QueryValue String source) {
        return show(request, source, Form.EMPTY, HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, @Nullable String chosen, Form form, HttpStatus status) {
        Person reader = frame.personOf(request);
        Visitor visitor = frame.visitorOf(request);
        if (!LoadPages.mayRead(visitor)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        SourcesView view;
        try {
            Map<String, ResourceEntry> entries = new HashMap<>();
            catalogue.listAt(catalogue.today()).forEach(each -> entries.put(each.entry().id(), each.entry()));
            List<SourceStanding> visible = sources.list().stream().filter(each -> mayUse(visitor, reader, each)).toList();
            Instant now = clock.instant();
            SourcesView.Detail detail = chosen == null ? null : visible.stream().filter(each -> each.source().code().equals(chosen)).findFirst()
                    .map(each -> detail(each, entries, maySet(reader))).orElseThrow(PageRefused::noSuchPage);
            view = new SourcesView(Reading.known(visible.stream().map(each -> source(each, entries)).toList(), now), detail, form);
        } catch (DatabaseException away) {
            LOG.warn("sources cannot be read: {}", away.getMessage());
            view = new SourcesView(PageFrame.unknown(request), null, form);
        }
        SourcesView shown = view;
        return frame.show(request, visitor, HttpResponse.status(status), page -> pages.sources(page, shown));
    }

    private boolean mayUse(Visitor visitor, Person person, SourceStanding of) {
        return visitor instanceof Visitor.SignedIn signedIn
                && (signedIn.hasAny(ALL) || providers.resourcesOf(person.organisationId()).contains(of.source().resource()));
    }

    private static boolean maySet(Person person) {
        return person.roles().contains(Role.OPERATIONS) || person.roles().contains(Role.REGULATOR) || person.roles().contains(Role.PROVIDER_OFFICER);
    }

    private static SourcesView.Source source(SourceStanding s, Map<String, ResourceEntry> entries) {
        LoadSource of = s.source();
        ResourceEntry entry = entries.get(of.resource());
        Schedule schedule = s.schedule();
        SourceRun last = s.last();
        SourceRun.Outcome outcome = last == null ? null : last.outcome();
        String zh = last == null ? null : last.sentenceZh();
        String en = last == null ? null : last.sentenceEn();
        Duration cycle = Optional.ofNullable(entry).flatMap(UpdateCycles::longest).orElse(null);
        return new SourcesView.Source(of.code(), entry == null ? Bilingual.same(of.resource()) : new Bilingual(entry.nameZh(), entry.nameEn()),
                of.table(), schedule == null ? new Bilingual("未设置", "none yet") : wordsOf(schedule.timing()), cycleOf(entry),
                last == null ? new Bilingual("未运行", "never ran") : outcome == null ? new Bilingual("运行中", "running") : wordsOf(outcome),
                outcome == null ? "note" : cssOf(outcome), s.isLate(), s.isBehindCycle(cycle), last == null ? null : last.startedAt(),
                s.nextAt(), zh == null || en == null ? null : new Bilingual(zh, en), s.wholeAsked());
    }

    private SourcesView.Detail detail(SourceStanding s, Map<String, ResourceEntry> entries, boolean mayAct) {
        LoadSource of = s.source();
        String secret = of.secret();
        return new SourcesView.Detail(source(s, entries), placeOf(of.from()), secret == null ? "" : secret, CatalogueWords.of(of.mode()), onwardsOf(of.from()),
                s.failures(), mayAct,
                sources.schedules(of.code(), SHOWN).stream()
                        .map(each -> new SourcesView.Planned(each.effectiveFrom(), wordsOf(each.timing()), each.reason())).toList(),
                sources.runs(of.code(), SHOWN).stream().map(SourcePages::runOf).toList(),
                sources.files(of.code(), SHOWN).stream().map(SourcePages::fileOf).toList());
    }

    private static SourcesView.File fileOf(FolderFile f) {
        String zh = f.sentenceZh();
        String en = f.sentenceEn();
        Bilingual state = switch (f.state()) {
            case WAITING -> new Bilingual("等待中", "waiting");
            case LOADED -> new Bilingual("已装载", "loaded");
            case KNOWN -> new Bilingual("内容曾装载", "content loaded before");
            case REFUSED -> new Bilingual("被拒", "refused");
        };
        String css = switch (f.state()) {
            case WAITING -> "note";
            case LOADED, KNOWN -> "done";
            case REFUSED -> "failed";
        };
        return new SourcesView.File(f.name(), f.bytes(), f.seenAt(), state, css, zh == null || en == null ? null : new Bilingual(zh, en), f.loadId());
    }

    private static SourcesView.Run runOf(SourceRun r) {
        SourceRun.Outcome outcome = r.outcome();
        Long records = r.records();
        String zh = r.sentenceZh();
        String en = r.sentenceEn();
        return new SourcesView.Run(r.startedAt(), r.dueAt(), r.attempt(), outcome == null ? new Bilingual("运行中", "running") : wordsOf(outcome),
                outcome == null ? "note" : cssOf(outcome), records == null ? -1 : records, zh == null || en == null ? null : new Bilingual(zh, en),
                r.loadId());
    }

    /** Null: each run reads the whole. */
    private static @Nullable Bilingual onwardsOf(LoadSource.From from) {
        return switch (from) {
            case LoadSource.From.Table _ -> null;
            case LoadSource.From.Folder folder -> switch (folder.whole()) {
                case STILL -> new Bilingual("新文件静止 " + folder.stillFor().toSeconds() + " 秒后装载", "new files, unchanged for " + folder.stillFor().toSeconds() + " s");
                case DONE -> new Bilingual("旁附 .done 的新文件", "new files with a .done beside them");
                case DIGEST -> new Bilingual("旁附 .sha256 的新文件", "new files with a .sha256 beside them");
            };
            case LoadSource.From.Interface of -> switch (of.continuation()) {
                case null -> null;
                case Continuation.ByCursor _ -> new Bilingual("自上次的末页游标续读", "on from the cursor of the last page");
                case Continuation.Since(_, var field, _) -> new Bilingual("自上次 " + field + " 的最大值续读", "on from the greatest " + field);
            };
        };
    }

    private static String placeOf(LoadSource.From from) {
        return switch (from) {
            case LoadSource.From.Table table -> table.engine() + "://" + table.host() + ":" + table.port() + "/" + table.database() + " "
                    + (table.schema() == null ? "" : table.schema() + ".") + table.table();
            case LoadSource.From.Interface of -> of.address().toString();
            case LoadSource.From.Folder folder -> folder.path() + "/" + folder.names();
        };
    }

    private static Bilingual wordsOf(Schedule.Timing timing) {
        return switch (timing) {
            case Schedule.Timing.Every(var interval) -> interval.toMinutes() % 60 == 0
                    ? new Bilingual("每 " + interval.toHours() + " 小时", "every " + interval.toHours() + " h")
                    : new Bilingual("每 " + interval.toMinutes() + " 分钟", "every " + interval.toMinutes() + " min");
            case Schedule.Timing.DailyAt(var time) -> new Bilingual("每日 " + time, "daily at " + time);
            case Schedule.Timing.Resting() -> new Bilingual("暂停", "rests");
        };
    }

    private static Bilingual cycleOf(@Nullable ResourceEntry entry) {
        if (entry == null) {
            return Bilingual.same("–");
        }
        String frequency = entry.updateFrequency();
        boolean realTime = entry.updateCycle() == DataResource.UpdateCycle.REAL_TIME;
        return new Bilingual((realTime ? "实时" : "定期") + (frequency == null ? "" : "(" + frequency + ")"),
                (realTime ? "real time" : "periodic") + (frequency == null ? "" : " (" + frequency + ")"));
    }

    private static Bilingual wordsOf(SourceRun.Outcome outcome) {
        return switch (outcome) {
            case LOADED -> new Bilingual("已装载", "loaded");
            case UNCHANGED -> new Bilingual("无变化", "unchanged");
            case REFUSED -> new Bilingual("被拒", "refused");
            case BROKEN -> new Bilingual("中断", "broke off");
            case BUSY -> new Bilingual("占用", "busy");
            case UNREADY -> new Bilingual("未就绪", "not ready");
            case DIED -> new Bilingual("节点中断", "its node died");
        };
    }

    private static String cssOf(SourceRun.Outcome outcome) {
        return outcome.isSuccess() ? "done" : outcome == SourceRun.Outcome.BUSY || outcome == SourceRun.Outcome.DIED ? "warning" : "failed";
    }

    @Post(Links.LOAD_SOURCES + "/{code}/schedule")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> schedule(HttpRequest<?> request, String code, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = setter(request, code);
        Map<String, Bilingual> faults = new HashMap<>();
        Schedule.Timing timing = timing(posted, faults);
        String reason = posted.text("reason");
        if (reason.isEmpty() || reason.length() > MOST_CHARS) {
            faults.put("reason", new Bilingual("须填写,最多 500 字", "it is needed, of 500 characters at most"));
        }
        if (timing == null || !faults.isEmpty()) {
            return show(request, code, new Form(posted.shown(), faults), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        sources.schedule(code, null, timing, reason, person.id());
        return to(code, Done.SCHEDULED);
    }

    private static Schedule.@Nullable Timing timing(Posted posted, Map<String, Bilingual> faults) {
        switch (posted.text("timing")) {
            case "EVERY" -> {
                String minutes = posted.text("minutes");
                if (minutes.matches("[1-9][0-9]{0,5}") && Integer.parseInt(minutes) <= MOST_MINUTES) {
                    return new Schedule.Timing.Every(Duration.ofMinutes(Integer.parseInt(minutes)));
                }
                faults.put("minutes", new Bilingual("请填写分钟数,至多 366 天", "enter a number of minutes, at most 366 days"));
            }
            case "DAILY" -> {
                try {
                    return new Schedule.Timing.DailyAt(LocalTime.parse(posted.text("time")));
                } catch (DateTimeException | IllegalArgumentException wrong) {
                    faults.put("time", new Bilingual("请填写时刻,如 03:30", "enter a time such as 03:30"));
                }
            }
            case "RESTING" -> {
                return new Schedule.Timing.Resting();
            }
            default -> faults.put("timing", new Bilingual("请选择方式", "choose how"));
        }
        return null;
    }

    @Post(Links.LOAD_SOURCES + "/{code}/run")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> run(HttpRequest<?> request, String code, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        sources.ask(code, posted.text("whole").equals("true"), setter(request, code).id()); // asked for twice is asked for
        return to(code, Done.RUN_ASKED);
    }

    private Person setter(HttpRequest<?> request, String code) {
        Person person = frame.personOf(request);
        if (!maySet(person)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        var _ = sources.find(code).filter(each -> mayUse(frame.visitorOf(request), person, each)).orElseThrow(PageRefused::noSuchPage);
        return person;
    }

    private static HttpResponse<?> to(String code, Done done) {
        return HttpResponse.seeOther(URI.create(Links.loadSource(code) + "&done=" + done.word()));
    }
}
