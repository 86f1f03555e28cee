package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.gate.Refusal;
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
import java.time.Instant;
import java.util.List;
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

    LoadsController(LoadHistory history, LoadTables tables, DataProviders providers) {
        this.history = history;
        this.tables = tables;
        this.providers = providers;
    }

    /** @param lines the first of them, at most 100 */
    @Serdeable
    record Rejected(@Nullable String column, String reason, String reasonZh, String reasonEn, long records, List<Long> lines) {}

    /** @param score null: it could not be measured */
    @Serdeable
    record Rule(String rule, String dimension, long checked, long failed, @Nullable Double score) {}

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
     * @param rules what each rule found; empty in lists
     */
    @Serdeable
    record LoadView(UUID id, UUID run, String table, String resource, String mode, String source, @Nullable String digest, String state,
            Instant startedAt, Instant touchedAt, @Nullable Instant endedAt, long rowsIn, long accepted, long rejected, long bytesRead,
            @Nullable Integer percent, List<String> driftMissing, List<String> driftAdded, List<String> driftRetyped,
            @Nullable String sentenceZh, @Nullable String sentenceEn, @Nullable Double score, @Nullable Since since, @Nullable Readings readings, List<Rejected> rejects, List<Rule> rules) {
        static LoadView of(LoadRecord r, List<Rule> rules) {
            return new LoadView(r.id(), r.run(), r.table(), r.resource(), r.mode().name(), r.source(), r.digest(), r.state().name(),
                    r.startedAt(), r.touchedAt(), r.endedAt(), r.rowsIn(), r.accepted(), r.rejected(), r.bytesRead(), r.percent(),
                    r.drift().missing(), r.drift().added(), r.drift().retyped(), r.sentenceZh(), r.sentenceEn(), r.score(), Since.of(r.since()), Readings.of(r.readings()),
                    r.rejects().stream().map(each -> new Rejected(each.column(), each.reason().name(), each.reason().zh(), each.reason().en(),
                            each.records(), each.lines())).toList(), rules);
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
                .map(each -> LoadView.of(each, history.qualityOf(id).stream()
                        .map(rule -> new Rule(rule.rule(), rule.dimension().name(), rule.checked(), rule.failed(), rule.score())).toList()))));
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

    /** The rules a table is held against, as they are declared. */
    @Get(value = "/quality/{table}", produces = MediaType.APPLICATION_JSON)
    HttpResponse<String> rules(Visitor visitor, String table) {
        ResourceTable of = visibleTable(visitor, table);
        return here(() -> HttpResponse.ok(history.rulesOf(of).toJson()));
    }

    /** Declares rules, from the next load on: by an officer of the table's provider, or the bureau. */
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
            history.declare(of, rules, by.id().toString());
            return HttpResponse.ok(history.rulesOf(of).toJson());
        });
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
