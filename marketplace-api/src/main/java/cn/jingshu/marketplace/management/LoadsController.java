package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.gate.Refusal;
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
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** Loads of data resources with their lineage and quality, for providers their own; and the rules their quality is measured by. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class LoadsController {
    private static final Role[] ALL = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR};
    private static final Role[] READERS = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR, Role.PROVIDER_OFFICER};

    private final LoadHistory history;
    private final LoadTables tables;
    private final DataProviders providers;
    private final TableFreshness freshness;

    LoadsController(LoadHistory history, LoadTables tables, DataProviders providers, TableFreshness freshness) {
        this.history = history;
        this.tables = tables;
        this.providers = providers;
        this.freshness = freshness;
    }

    /** @param lines the first of them, at most 100 */
    @Serdeable
    record Rejected(@Nullable String column, String reason, String reasonZh, String reasonEn, long records, List<Long> lines) {}

    /** @param score null: it could not be measured */
    @Serdeable
    record Rule(String rule, String dimension, long checked, long failed, @Nullable Double score) {}

    /**
     * How good a load is in one of the six dimensions of GB/T 36344.
     *
     * @param score 0 to 100, the mean of its rules; null: none of them could be measured, and it counts neither way
     */
    @Serdeable
    record Dimensioned(String dimension, @Nullable Double score) {
        static List<Dimensioned> of(List<LoadHistory.RuleResult> results) {
            Map<Dimension, Double> means = LoadHistory.dimensions(results);
            return results.isEmpty() ? List.of()
                    : Arrays.stream(Dimension.values()).map(each -> new Dimensioned(each.name(), means.get(each))).toList();
        }
    }

    /** How a load of the whole differs from the one before it: columns of the source, and records by their keys. */
    @Serdeable
    record Since(List<String> columnsCame, List<String> columnsWent, long recordsCame, long recordsWent) {
        static @Nullable Since of(@Nullable SinceBefore since) {
            return since == null ? null : new Since(since.columnsCame(), since.columnsWent(), since.recordsCame(), since.recordsWent());
        }
    }

    /**
     * How the readings of an interface whose rows are not kept went.
     *
     * @param headerAt what it said last of its own time; null: nothing
     */
    @Serdeable
    record Readings(long asked, long changed, long failed, @Nullable Instant headerAt) {
        static @Nullable Readings of(LoadRecord.@org.jspecify.annotations.Nullable Readings readings) {
            return readings == null ? null : new Readings(readings.asked(), readings.changed(), readings.failed(), readings.headerAt());
        }
    }

    /**
     * A load.
     *
     * @param run the loads of several tables that stand or fall together have the same
     * @param since how it differs from the load before it; null: there was none to compare it with
     * @param readings how the readings of an interface went whose rows are not kept; null: it is no such load
     * @param percent how much of the source is read; null: its size is not known
     * @param dimensions all six, those that were not measured too; empty in lists
     * @param rules what each rule found; empty in lists
     */
    @Serdeable
    record LoadView(UUID id, UUID run, String table, String resource, String mode, String source, @Nullable String digest, String state,
            Instant startedAt, Instant touchedAt, @Nullable Instant endedAt, long rowsIn, long accepted, long rejected, long bytesRead,
            @Nullable Integer percent, List<String> driftMissing, List<String> driftAdded, List<String> driftRetyped,
            @Nullable String sentenceZh, @Nullable String sentenceEn, @Nullable Double score, @Nullable Since since, @Nullable Readings readings, List<Rejected> rejects, List<Dimensioned> dimensions, List<Rule> rules) {
        static LoadView of(LoadRecord r, List<LoadHistory.RuleResult> results) {
            return new LoadView(r.id(), r.run(), r.table(), r.resource(), r.mode().name(), r.source(), r.digest(), r.state().name(),
                    r.startedAt(), r.touchedAt(), r.endedAt(), r.rowsIn(), r.accepted(), r.rejected(), r.bytesRead(), r.percent(),
                    r.drift().missing(), r.drift().added(), r.drift().retyped(), r.sentenceZh(), r.sentenceEn(), r.score(), Since.of(r.since()), Readings.of(r.readings()),
                    r.rejects().stream().map(each -> new Rejected(each.column(), each.reason().name(), each.reason().zh(), each.reason().en(),
                            each.records(), each.lines())).toList(), Dimensioned.of(results),
                    results.stream().map(each -> new Rule(each.rule(), each.dimension().name(), each.checked(), each.failed(), each.score())).toList());
        }
    }

    @Serdeable
    record LoadList(List<LoadView> loads) {}

    private @Nullable List<String> visible(Visitor visitor) {
        Person person = Rights.require(visitor, READERS);
        return visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(ALL) ? null : providers.resourcesOf(person.organisationId());
    }

    /** The newest loads; those of one table, or of all. */
    @Get("/loads{?table,limit}")
    LoadList loads(Visitor visitor, @Nullable @QueryValue String table, @QueryValue(defaultValue = "100") int limit) {
        List<String> visible = visible(visitor);
        String name = table == null ? null : tableOf(table).name();
        return here(() -> new LoadList(history.list(name, visible, Facts.limit(limit)).stream().map(each -> LoadView.of(each, List.of())).toList()));
    }

    /** One load with what its rules found; while it runs, its figures grow. */
    @Get("/loads/{id}")
    LoadView load(Visitor visitor, UUID id) {
        List<String> visible = visible(visitor);
        return here(() -> Facts.found(history.find(id)
                .filter(each -> visible == null || visible.contains(each.resource()))
                .map(each -> LoadView.of(each, history.qualityOf(id)))));
    }

    @Serdeable
    record Column(String name, String type, boolean required, String zh, String en) {}

    @Serdeable
    record TableView(String name, String resource, List<String> key, List<Column> columns) {}

    @Serdeable
    record TableList(List<TableView> tables) {}

    /** The tables that can be loaded, and what each of their columns holds. */
    @Get("/load-tables")
    TableList tables(Visitor visitor) {
        List<String> visible = visible(visitor);
        return new TableList(tables.list().stream()
                .filter(each -> visible == null || visible.contains(each.resource()))
                .map(each -> new TableView(each.name(), each.resource(), each.key(), each.columns().stream()
                        .map(column -> new Column(column.name(), column.type().name(), column.required(), column.zh(), column.en())).toList()))
                .toList());
    }

    /** The rules a table is held against, as they are declared; a {@code freshFor} of null leaves its freshness to the update cycle. */
    @Get(value = "/quality/{table}", produces = MediaType.APPLICATION_JSON)
    HttpResponse<String> rules(Visitor visitor, String table) {
        ResourceTable of = visibleTable(visitor, table);
        return here(() -> HttpResponse.ok(history.statedRulesOf(of).toJson()));
    }

    /**
     * Declares rules, from the next load on, and how long the table stays fresh, from now on: by an officer of the table's provider, or the bureau. Only
     * the bureau lets it stay fresh for longer than the update cycle allows.
     */
    @Put(value = "/quality/{table}", produces = MediaType.APPLICATION_JSON)
    HttpResponse<String> declare(Visitor visitor, String table, @Body String json) {
        Person by = Rights.require(visitor, Role.PROVIDER_OFFICER, Role.REGULATOR);
        ResourceTable of = visibleTable(visitor, table);
        QualityRules rules = Facts.built(() -> {
            QualityRules read = QualityRules.fromJson(json);
            read.requireFits(of);
            return read;
        });
        return here(() -> {
            requireMayStay(of, rules.freshFor(), by);
            history.declare(of, rules, by.id().toString());
            return HttpResponse.ok(history.statedRulesOf(of).toJson());
        });
    }

    private void requireMayStay(ResourceTable table, @Nullable Duration freshFor, Person by) {
        if (!freshness.mayStay(table, freshFor, by)) {
            throw new ManagementProblem(Refusal.RULE_BROKEN, "时效长于目录更新周期及宽限,须由数据主管部门设定。",
                    "It is longer than the update cycle and its grace allow: the data bureau sets that.");
        }
    }

    /**
     * How fresh a table is. Answers from a stale one say so and, by the products' contracts, cost nothing. Lengths are ISO 8601.
     *
     * @param loadedAt when its newest rows came; null: nothing was loaded yet
     * @param confirmedAt when its source was last found unchanged, or gave the rows
     * @param synthetic its rows are made up for a demonstration and do not grow stale
     * @param staleFrom null: it does not grow stale
     * @param freshFor how long it stays fresh; null: nothing says it
     * @param declared that is declared for this table; false: the update cycle and its grace say it
     * @param cycle the update cycle; null: the catalogue does not list the resource
     * @param cycleStated the catalogue states that cycle in its update frequency; false: it is the city's number for 定期 or 实时
     * @param grace how much longer than its cycle it counts as fresh
     */
    @Serdeable
    record FreshnessView(String table, String resource, @Nullable Instant loadedAt, @Nullable Instant confirmedAt, boolean synthetic, boolean stale,
            @Nullable Instant staleFrom, @Nullable String freshFor, boolean declared, @Nullable String cycle, @Nullable Boolean cycleStated,
            @Nullable String grace) {
        static FreshnessView of(ResourceTable table, TableFreshness.Standing s) {
            LoadFreshness.Fresh loaded = s.loaded();
            UpdateCycles.FreshFor cycle = s.cycle();
            Duration freshFor = s.freshFor();
            return new FreshnessView(table.name(), table.resource(), loaded == null ? null : loaded.loadedAt(), loaded == null ? null : loaded.confirmedAt(),
                    loaded != null && loaded.synthetic(), s.stale(), loaded == null ? null : loaded.staleFrom(), freshFor == null ? null : freshFor.toString(),
                    s.declared(), cycle == null ? null : cycle.cycle().toString(), cycle == null ? null : cycle.stated(),
                    cycle == null ? null : cycle.grace().toString());
        }
    }

    /** @param freshFor ISO 8601, PT1M to P3660D, such as {@code P45D}; null: as long as the update cycle and its grace allow */
    @Serdeable
    record AskedFreshness(@Nullable String freshFor) {}

    /** How fresh a table is and how long it stays so. */
    @Get("/freshness/{table}")
    FreshnessView freshness(Visitor visitor, String table) {
        ResourceTable of = loadableTable(visitor, table);
        return here(() -> FreshnessView.of(of, freshness.of(of)));
    }

    /**
     * Sets how long a table stays fresh, at once and for what is there: by an officer of its provider up to what the update cycle and its grace allow, by
     * the bureau for longer too. Its other rules stay, and are declared as they stand.
     */
    @Put("/freshness/{table}")
    FreshnessView setFreshness(Visitor visitor, String table, @Body AskedFreshness asked) {
        Person by = Rights.require(visitor, Role.PROVIDER_OFFICER, Role.REGULATOR);
        ResourceTable of = loadableTable(visitor, table);
        Duration freshFor = length(asked.freshFor());
        return here(() -> {
            requireMayStay(of, freshFor, by);
            Facts.built(() -> {
                freshness.set(of, freshFor, by);
                return of;
            });
            return FreshnessView.of(of, freshness.of(of));
        });
    }

    private static @Nullable Duration length(@Nullable String iso) {
        try {
            return iso == null || iso.isBlank() ? null : Duration.parse(iso.strip());
        } catch (DateTimeException wrong) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "freshFor 的格式如 P45D、PT6H。", "freshFor has the form P45D or PT6H.");
        }
    }

    /** Rows of feeds are not kept, so that none grow stale: a feed's readings say their age themselves. */
    private ResourceTable loadableTable(Visitor visitor, String table) {
        ResourceTable of = visibleTable(visitor, table);
        return Facts.found(tables.findLoadable(of.name()));
    }

    private ResourceTable visibleTable(Visitor visitor, String table) {
        List<String> visible = visible(visitor);
        ResourceTable of = tableOf(table);
        if (visible != null && !visible.contains(of.resource())) {
            throw new ManagementProblem(Refusal.NOT_FOUND);
        }
        return of;
    }

    private ResourceTable tableOf(String table) {
        return Facts.found(tables.find(table));
    }

    private static <T> T here(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (DomainException away) {
            throw new ManagementProblem(Refusal.STORE_UNAVAILABLE);
        }
    }
}
