package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.source.FolderFile;
import cn.jingshu.marketplace.source.LoadSource;
import cn.jingshu.marketplace.source.LoadSources;
import cn.jingshu.marketplace.source.Schedule;
import cn.jingshu.marketplace.source.SourceRun;
import cn.jingshu.marketplace.source.SourceStanding;
import cn.jingshu.marketplace.source.UpdateCycles;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.Continuation;
import cn.jingshu.products.domain.load.DatabaseEngine;
import cn.jingshu.products.domain.load.DatabaseEngines;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.SchemaDrift;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.math.BigDecimal;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Sources that are loaded by themselves: what they are, when they are loaded and how it went; for providers those of their own resources. */
@Controller("/api/load-sources")
@ExecuteOn(TaskExecutors.BLOCKING)
final class LoadSourcesController {
    private static final Role[] ALL = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR};
    private static final Role[] READERS = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR, Role.PROVIDER_OFFICER};
    private static final Role[] SETTERS = {Role.OPERATIONS, Role.REGULATOR, Role.PROVIDER_OFFICER};
    private static final int SHOWN = 100;

    private final LoadSources sources;
    private final LoadTables tables;
    private final DataProviders providers;
    private final ResourceCatalogue catalogue;

    LoadSourcesController(LoadSources sources, LoadTables tables, DataProviders providers, ResourceCatalogue catalogue) {
        this.sources = sources;
        this.tables = tables;
        this.providers = providers;
        this.catalogue = catalogue;
    }

    /**
     * A table of another database.
     *
     * @param engine {@code postgresql} unless stated, {@code mysql} (MariaDB too), or a name the operator gave to databases whose driver is put in place
     * @param port the engine's usual one unless stated: 5432, 3306
     * @param schema null: the role's own
     */
    @Serdeable
    record Database(@Nullable String engine, @Nullable String host, @Nullable Integer port, @Nullable String database, @Nullable String user, @Nullable String schema,
            @Nullable String table, @Nullable List<String> key) {}

    /**
     * How each run reads on behind the one before.
     *
     * @param by {@code CURSOR}: by the cursor the last page ended with; {@code SINCE}: by the greatest value of a field
     * @param parameter SINCE: name of the query's parameter that takes that value; {@code since} unless stated
     * @param field CURSOR: field of a page that holds the cursor to begin with later, null: the last page is read again; SINCE: field of a record
     * @param overlap SINCE, ISO 8601: by how much earlier the next run begins; null: not
     */
    @Serdeable
    record Onwards(@Nullable String by, @Nullable String parameter, @Nullable String field, @Nullable String overlap) {
        static @Nullable Onwards of(@Nullable Continuation continuation) {
            return switch (continuation) {
                case null -> null;
                case Continuation.ByCursor(var field) -> new Onwards("CURSOR", null, field, null);
                case Continuation.Since(var parameter, var field, var overlap) -> new Onwards("SINCE", parameter, field,
                        overlap.isZero() ? null : overlap.toString());
            };
        }

        Continuation toDomain() {
            return switch (Facts.need("by", by)) {
                case "CURSOR" -> new Continuation.ByCursor(blank(field));
                case "SINCE" -> new Continuation.Since(or(parameter, "since"), Facts.need("field", field), length(blank(overlap)));
                default -> throw new IllegalArgumentException("by is CURSOR or SINCE");
            };
        }

        private static Duration length(@Nullable String iso) {
            try {
                return iso == null ? Duration.ZERO : Duration.parse(iso);
            } catch (DateTimeException wrong) {
                throw new IllegalArgumentException("a length has the form PT10M", wrong);
            }
        }
    }

    /**
     * An interface that answers pages of JSON; {@code cursor}, {@code items} and {@code next} are named so unless stated.
     *
     * @param onwards null: each run reads the whole
     */
    @Serdeable
    record Interface(@Nullable String address, @Nullable String cursor, @Nullable String items, @Nullable String next, @Nullable String keyHeader,
            @Nullable Boolean tagOfWhole, @Nullable Onwards onwards) {}

    /**
     * A folder of the nodes that files are put into.
     *
     * @param names {@code *.csv} unless stated
     * @param whole how a file is known to be complete: STILL unless stated, DONE or DIGEST
     * @param stillFor ISO 8601, for STILL: how long it has lain unchanged; {@code PT1M} unless stated
     */
    @Serdeable
    record Folder(@Nullable String path, @Nullable String names, @Nullable String whole, @Nullable String stillFor) {
        static Folder of(LoadSource.From.Folder folder) {
            return new Folder(folder.path(), folder.names(), folder.whole().name(), folder.stillFor().isZero() ? null : folder.stillFor().toString());
        }

        LoadSource.From.Folder toDomain() {
            LoadSource.From.Folder.Whole how = whole == null ? LoadSource.From.Folder.Whole.STILL
                    : Pages.constant("whole", whole, LoadSource.From.Folder.Whole.class);
            boolean still = how == LoadSource.From.Folder.Whole.STILL;
            return new LoadSource.From.Folder(Facts.need("path", path), or(names, "*.csv"), how, Onwards.length(or(stillFor, still ? "PT1M" : "PT0S")));
        }
    }

    /** A file of a watched folder. */
    @Serdeable
    record FileView(String name, long bytes, Instant modifiedAt, String state, @Nullable String digest, @Nullable String sentenceZh,
            @Nullable String sentenceEn, @Nullable UUID loadId, Instant seenAt, @Nullable Instant settledAt) {
        static FileView of(FolderFile f) {
            return new FileView(f.name(), f.bytes(), f.modifiedAt(), f.state().name(), f.digest(), f.sentenceZh(), f.sentenceEn(), f.loadId(), f.seenAt(),
                    f.settledAt());
        }
    }

    @Serdeable
    record FileList(List<FileView> files) {}

    /**
     * What a source is: a database, an interface or a folder.
     *
     * @param version the one that was read; null: there was none
     * @param secret name of the secret's file on the nodes, in the folder of the resource's provider and of that host and port; null: none is needed
     */
    @Serdeable
    record Asked(@Nullable Integer version, @Nullable String table, @Nullable Database database, @Nullable Interface service, @Nullable Folder folder,
            @Nullable String secret, @Nullable String mode, @Nullable String drift, @Nullable BigDecimal mostRejected) {}

    /**
     * When it is loaded: by an interval or at a time of day in Asia/Shanghai; by neither, it rests.
     *
     * @param effectiveFrom null: now
     * @param every ISO 8601: {@code PT6H}
     * @param dailyAt {@code 03:30}
     */
    @Serdeable
    record AskedSchedule(@Nullable Instant effectiveFrom, @Nullable String every, @Nullable String dailyAt, @Nullable String reason) {}

    @Serdeable
    record ScheduleView(long number, Instant effectiveFrom, @Nullable String every, @Nullable String dailyAt, String reason, Instant setAt) {
        static ScheduleView of(Schedule s) {
            return new ScheduleView(s.number(), s.effectiveFrom(), s.timing() instanceof Schedule.Timing.Every(var interval) ? interval.toString() : null,
                    s.timing() instanceof Schedule.Timing.DailyAt(var time) ? time.toString() : null, s.reason(), s.setAt());
        }
    }

    /**
     * @param outcome null: it runs
     * @param whole it was ordered to read the whole of a source that is otherwise read on
     */
    @Serdeable
    record RunView(UUID id, Instant dueAt, int attempt, String node, Instant startedAt, @Nullable Instant endedAt, @Nullable String outcome,
            @Nullable Long records, @Nullable String sentenceZh, @Nullable String sentenceEn, @Nullable UUID loadId,
            boolean whole) {
        static RunView of(SourceRun r) {
            SourceRun.Outcome outcome = r.outcome();
            return new RunView(r.id(), r.dueAt(), r.attempt(), r.node(), r.startedAt(), r.endedAt(), outcome == null ? null : outcome.name(),
                    r.records(), r.sentenceZh(), r.sentenceEn(), r.loadId(), r.whole());
        }
    }

    /**
     * A source and where it stands.
     *
     * @param late a run that was due did not succeed in time
     * @param wholeAsked the next run that succeeds reads the whole of a source that is otherwise read on
     * @param behindCycle the newest success lies further back than the catalogue's update cycle allows; null: the catalogue states none that can be compared
     */
    @Serdeable
    record SourceView(String code, int version, String table, String resource, @Nullable Database database, @Nullable Interface service,
            @Nullable Folder folder, @Nullable String secret, String mode, String drift, BigDecimal mostRejected, @Nullable ScheduleView schedule, @Nullable Instant dueAt,
            @Nullable Instant nextAt, int failures, @Nullable Instant succeededAt, boolean late, @Nullable Boolean behindCycle,
            boolean wholeAsked, @Nullable RunView last) {}

    @Serdeable
    record SourceList(List<SourceView> sources) {}

    @Serdeable
    record ScheduleList(List<ScheduleView> schedules) {}

    @Serdeable
    record RunList(List<RunView> runs) {}

    private SourceView view(SourceStanding s) {
        LoadSource of = s.source();
        Optional<Duration> cycle = catalogue.findAt(of.resource(), catalogue.today()).flatMap(each -> UpdateCycles.longest(each.entry()));
        Schedule schedule = s.schedule();
        SourceRun last = s.last();
        return new SourceView(of.code(), s.version(), of.table(), of.resource(),
                of.from() instanceof LoadSource.From.Table(var engine, var host, var port, var database, var user, var schema, var table, var key)
                        ? new Database(engine, host, port, database, user, schema, table, key) : null,
                of.from() instanceof LoadSource.From.Interface(var address, var cursor, var items, var next, var keyHeader, var tagOfWhole, var onwards)
                        ? new Interface(address.toString(), cursor, items, next, keyHeader, tagOfWhole, Onwards.of(onwards)) : null,
                of.from() instanceof LoadSource.From.Folder folder ? Folder.of(folder) : null,
                of.secret(), of.mode().name(), of.drift().name(), of.mostRejected(), schedule == null ? null : ScheduleView.of(schedule), s.dueAt(),
                s.nextAt(), s.failures(), s.succeededAt(), s.isLate(), cycle.map(s::isBehindCycle).orElse(null),
                s.wholeAsked(), last == null ? null : RunView.of(last));
    }

    private boolean mayUse(Visitor visitor, Person person, String resource) {
        return visitor instanceof Visitor.SignedIn signedIn && (signedIn.hasAny(ALL) || providers.resourcesOf(person.organisationId()).contains(resource));
    }

    private SourceStanding usable(Visitor visitor, Person person, String code) {
        return Facts.found(sources.find(code).filter(each -> mayUse(visitor, person, each.source().resource())));
    }

    /** Scheduled sources of the tables one may see, with how they fare. */
    @Get
    SourceList list(Visitor visitor) {
        Person person = Rights.require(visitor, READERS);
        return new SourceList(sources.list().stream().filter(each -> mayUse(visitor, person, each.source().resource())).map(this::view).toList());
    }

    /** One scheduled source. */
    @Get("/{code}")
    SourceView source(Visitor visitor, String code) {
        return view(usable(visitor, Rights.require(visitor, READERS), code));
    }

    /** How a source was set over time, the latest first. */
    @Get("/{code}/schedules")
    ScheduleList schedules(Visitor visitor, String code) {
        usable(visitor, Rights.require(visitor, READERS), code);
        return new ScheduleList(sources.schedules(code, SHOWN).stream().map(ScheduleView::of).toList());
    }

    /** Runs of a source, the latest first. */
    @Get("/{code}/runs{?limit}")
    RunList runs(Visitor visitor, String code, @QueryValue(defaultValue = "50") int limit) {
        usable(visitor, Rights.require(visitor, READERS), code);
        return new RunList(sources.runs(code, Facts.limit(limit)).stream().map(RunView::of).toList());
    }

    /** Files of a watched folder, those seen last first, and what became of each. */
    @Get("/{code}/files{?limit}")
    FileList files(Visitor visitor, String code, @QueryValue(defaultValue = "50") int limit) {
        usable(visitor, Rights.require(visitor, READERS), code);
        return new FileList(sources.files(code, Facts.limit(limit)).stream().map(FileView::of).toList());
    }

    /** Sets what a source is, from its next run on; by whoever has read the version that stands. */
    @Put("/{code}")
    SourceView define(Visitor visitor, String code, @Body Asked asked) {
        Person by = Rights.require(visitor, SETTERS);
        String wanted = Facts.need("table", asked.table());
        ResourceTable table = Facts.found(tables.list().stream().filter(each -> each.name().equals(wanted)).findFirst());
        if (!mayUse(visitor, by, table.resource())) {
            throw new ManagementProblem(Refusal.NOT_FOUND);
        }
        LoadSource source = Facts.built(() -> new LoadSource(code, table.name(), table.resource(), from(asked), blank(asked.secret()),
                asked.mode() == null ? LoadRequest.Mode.REPLACE : Pages.constant("mode", asked.mode(), LoadRequest.Mode.class),
                asked.drift() == null ? SchemaDrift.Rule.GO_ON : Pages.constant("drift", asked.drift(), SchemaDrift.Rule.class),
                asked.mostRejected() == null ? new BigDecimal("0.01") : asked.mostRejected()));
        Integer seen = asked.version();
        if (Facts.built(() -> sources.define(source, seen == null ? 0 : seen, by.id())).isEmpty()) {
            throw new ManagementProblem(Refusal.CONFLICT, "该数据源已被他人修改,或属于另一张表;请重新读取。",
                    "The source was set by somebody else meanwhile, or is of another table: read it again.");
        }
        return view(Facts.found(sources.find(code)));
    }

    /** Sets when it is loaded. */
    @Post("/{code}/schedules")
    ScheduleView schedule(Visitor visitor, String code, @Body AskedSchedule asked) {
        Person by = Rights.require(visitor, SETTERS);
        usable(visitor, by, code);
        Schedule.Timing timing = Facts.built(() -> timing(asked.every(), asked.dailyAt()));
        String reason = Pages.requireText("reason", asked.reason(), 500);
        return Facts.built(() -> ScheduleView.of(sources.schedule(code, asked.effectiveFrom(), timing, reason, by.id())));
    }

    /** Asks for a run now; with {@code whole}, of a source that is otherwise read on behind its last run, from its beginning. */
    @Post("/{code}/run{?whole}")
    SourceView run(Visitor visitor, String code, @QueryValue(defaultValue = "false") boolean whole) {
        Person by = Rights.require(visitor, SETTERS);
        usable(visitor, by, code);
        if (!sources.ask(code, whole, by.id())) {
            throw new ManagementProblem(Refusal.CONFLICT, "已有一次运行在等待或进行中。", "A run waits already, or is under way.");
        }
        return view(Facts.found(sources.find(code)));
    }

    private static Schedule.Timing timing(@Nullable String every, @Nullable String dailyAt) {
        try {
            String interval = blank(every);
            String time = blank(dailyAt);
            if (interval != null && time != null) {
                throw new IllegalArgumentException("a schedule has an interval or a time of day, not both");
            }
            return interval != null ? new Schedule.Timing.Every(Duration.parse(interval))
                    : time != null ? new Schedule.Timing.DailyAt(LocalTime.parse(time)) : new Schedule.Timing.Resting();
        } catch (DateTimeException wrong) {
            throw new IllegalArgumentException("every has the form PT6H, dailyAt the form 03:30", wrong);
        }
    }

    private static LoadSource.From from(Asked asked) {
        Database database = asked.database();
        Interface service = asked.service();
        Folder folder = asked.folder();
        if (folder != null && database == null && service == null) {
            return folder.toDomain();
        }
        if (database != null && service == null && folder == null) {
            String engine = or(database.engine(), LoadSource.From.Table.USUAL_ENGINE);
            List<String> key = database.key();
            return new LoadSource.From.Table(engine, Facts.need("host", database.host()), portOf(engine, database.port()), Facts.need("database", database.database()),
                    Facts.need("user", database.user()), blank(database.schema()), Facts.need("table", database.table()),
                    key == null ? List.of() : key);
        }
        if (service != null && database == null && folder == null) {
            Onwards onwards = service.onwards();
            return new LoadSource.From.Interface(URI.create(Facts.need("address", service.address())), or(service.cursor(), "cursor"),
                    or(service.items(), "items"), or(service.next(), "next"), blank(service.keyHeader()), Boolean.TRUE.equals(service.tagOfWhole()),
                    onwards == null ? null : onwards.toDomain());
        }
        throw new IllegalArgumentException("a source is a database, a service or a folder");
    }

    private static int portOf(String engine, @Nullable Integer port) {
        return port != null ? port : DatabaseEngines.BUILT_IN.find(engine).map(DatabaseEngine::usualPort).orElse(OptionalInt.empty())
                .orElseThrow(() -> new IllegalArgumentException("a database of the engine " + engine + " has a port"));
    }

    private static String or(@Nullable String text, String usual) {
        return text == null || text.isBlank() ? usual : text.strip();
    }

    private static @Nullable String blank(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
