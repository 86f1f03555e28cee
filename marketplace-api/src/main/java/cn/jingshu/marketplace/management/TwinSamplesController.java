package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.catalogue.Registrations;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.twin.TwinSample;
import cn.jingshu.marketplace.twin.TwinSamples;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.TwinProgress;
import cn.jingshu.products.domain.TwinRecord;
import cn.jingshu.products.domain.TwinReport;
import cn.jingshu.products.domain.masking.KAnonymity;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** What sandbox twins hold, with their re-identification reports; and masked samples, proposed by one person and approved by another. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class TwinSamplesController {
    private static final Role[] ALL = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR};
    private static final Role[] READERS = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR, Role.MERCHANT_OFFICER};

    private final TwinSamples samples;
    private final Registrations registrations;

    TwinSamplesController(TwinSamples samples, Registrations registrations) {
        this.samples = samples;
        this.registrations = registrations;
    }

    @Serdeable
    record ColumnView(String column, String how, String howZh, String howEn, int level, int top) {}

    @Serdeable
    record ClassView(long subjects, long classes, long rows) {}

    /** @param k null: made up, or about nobody */
    @Serdeable
    record TableView(String table, long rows, long leftOut, @Nullable Long subjects, @Nullable Long k, @Nullable Long populationK,
            @Nullable Long l, @Nullable Double highestRisk, @Nullable Double averageRisk, @Nullable Double shareAtRisk, List<ColumnView> columns,
            List<ClassView> classes) {
        static TableView of(TwinReport.Table table) {
            KAnonymity risk = table.risk();
            return new TableView(table.table(), table.rows(), table.leftOut(), risk == null ? null : risk.subjects(), risk == null ? null : risk.k(),
                    risk == null ? null : risk.populationK(), risk == null ? null : risk.l(), risk == null ? null : risk.highestRisk(),
                    risk == null ? null : risk.averageRisk(), risk == null ? null : risk.uniqueHistories(),
                    table.columns().stream().map(each -> new ColumnView(each.column(), each.how().name(), each.how().zh(), each.how().en(),
                            each.level(), each.top())).toList(),
                    table.classes().stream().map(each -> new ClassView(each.subjects(), each.classes(), each.rows())).toList());
        }
    }

    /**
     * A report.
     *
     * @param kind {@code SYNTHETIC}, {@code SAMPLED}, or {@code WITHHELD}: measured and not used
     * @param intact whether it is what was written down
     */
    @Serdeable
    record ReportView(long number, String product, int version, String kind, Instant madeAt, @Nullable Long rowsAsked, @Nullable Integer leastK,
            long k, double highestRisk, double shareAtRisk, List<TableView> tables, String by, @Nullable String approval,
            @Nullable String sentenceZh, @Nullable String sentenceEn, String digest, boolean intact) {
        static ReportView of(TwinRecord record) {
            TwinReport report = record.report();
            TwinRecord.Terms terms = record.terms();
            return new ReportView(record.number(), report.product(), report.version(), record.kind().name(), report.madeAt(),
                    terms == null ? null : terms.rows(), terms == null ? null : terms.leastK(), report.k(), report.highestRisk(),
                    report.shareAtRisk(), report.tables().stream().map(TableView::of).toList(), record.by(), record.approval(),
                    record.sentenceZh(), record.sentenceEn(), record.digest(), record.isIntact());
        }
    }

    /** @param current what it holds; null: it was never filled */
    @Serdeable
    record TwinView(String product, int version, boolean aboutPeople, boolean realPeople, @Nullable ReportView current) {}

    @Serdeable
    record TwinList(List<TwinView> twins) {}

    @Serdeable
    record ReportList(List<ReportView> reports) {}

    /** The sandbox twins a visitor may know of. */
    @Get("/twins")
    TwinList twins(Visitor visitor) {
        Person reader = Rights.require(visitor, READERS);
        return here(() -> new TwinList(samples.twins().stream()
                .filter(each -> visible(visitor, reader, each.product()))
                .map(this::view)
                .toList()));
    }

    private TwinView view(JdbcDataDomain.Twin twin) {
        return new TwinView(twin.product(), twin.version(), twin.aboutPeople(), twin.realPeople(),
                samples.findRecord(twin.product(), twin.version()).map(ReportView::of).orElse(null));
    }

    /** The reports of a product's twins, the newest first. */
    @Get("/twins/{product}/reports{?version,limit}")
    ReportList reports(Visitor visitor, String product, @Nullable @QueryValue Integer version, @QueryValue(defaultValue = "50") int limit) {
        Person reader = Rights.require(visitor, READERS);
        if (!visible(visitor, reader, product)) {
            throw new ManagementProblem(Refusal.NOT_FOUND);
        }
        int most = Facts.limit(limit);
        return here(() -> new ReportList(samples.records(product, version, most).stream().map(ReportView::of).toList()));
    }

    private boolean visible(Visitor visitor, Person reader, String product) {
        return visitor instanceof Visitor.SignedIn signedIn && (signedIn.hasAny(ALL) || registrations.listAll().stream()
                .anyMatch(each -> each.product().equals(product) && each.merchantId().equals(reader.organisationId())));
    }

    /**
     * A sample that is wanted.
     *
     * @param id made by the caller: the same wish again is no second one
     * @param rows about so many of the largest table about persons
     * @param k null: the least allowed
     */
    @Serdeable
    record Asked(@Nullable UUID id, @Nullable String product, @Nullable Integer version, @Nullable Long rows, @Nullable Integer k,
            @Nullable String reason) {}

    @Serdeable
    record SampleView(UUID id, String product, int version, long rows, int k, boolean personal, String reason, UUID proposedBy, Instant proposedAt,
            String status, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground, @Nullable String drawnBy,
            @Nullable Instant drawnAt, @Nullable String reportDigest) {
        static SampleView of(TwinSample s) {
            return new SampleView(s.id(), s.product(), s.version(), s.rows(), s.k(), s.personal(), s.reason(), s.proposedBy(), s.proposedAt(),
                    s.status().name(), s.decidedBy(), s.decidedAt(), s.ground(), s.drawnBy(), s.drawnAt(), s.reportDigest());
        }
    }

    @Serdeable
    record SampleList(List<SampleView> samples) {}

    /** Samples that were proposed for the products one may see, the latest first. */
    @Get("/twin-samples{?product,limit}")
    SampleList samples(Visitor visitor, @Nullable @QueryValue String product, @QueryValue(defaultValue = "50") int limit) {
        Rights.require(visitor, ALL);
        return new SampleList(samples.list(product, Facts.limit(limit)).stream().map(SampleView::of).toList());
    }

    /** One sample that was proposed. */
    @Get("/twin-samples/{id}")
    SampleView sample(Visitor visitor, UUID id) {
        Rights.require(visitor, ALL);
        return Facts.found(samples.find(id).map(SampleView::of));
    }

    /** Asks for a sample; where live rows are about real people it waits for the bureau. */
    @Post("/twin-samples")
    HttpResponse<SampleView> propose(Visitor visitor, @Body Asked asked) {
        Person by = Rights.require(visitor, Role.OPERATIONS);
        UUID id = Facts.need("id", asked.id());
        String product = Facts.need("product", asked.product());
        Integer version = Facts.need("version", asked.version());
        Long rows = Facts.need("rows", asked.rows());
        String reason = Pages.requireText("reason", asked.reason(), 500);
        return HttpResponse.created(here(() -> done(Facts.built(() -> samples.propose(id, product, version, rows, asked.k(), reason, by.id())))));
    }

    /** Approves it, with the assessment it rests on. */
    @Post("/twin-samples/{id}/approve")
    SampleView approve(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        return done(samples.approve(id, Rights.require(visitor, Role.REGULATOR).id(), Pages.requireText("reason", ground.reason(), 500)));
    }

    /** Refuses a sample; nothing is drawn. */
    @Post("/twin-samples/{id}/refuse")
    SampleView refuse(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        return done(samples.refuse(id, Rights.require(visitor, Role.REGULATOR).id(), Pages.requireText("reason", ground.reason(), 500)));
    }

    /** Takes a proposed sample back. */
    @Post("/twin-samples/{id}/withdraw")
    SampleView withdraw(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        return done(samples.withdraw(id, Rights.require(visitor, Role.OPERATIONS).id(), Pages.requireText("reason", ground.reason(), 500)));
    }

    /** Draws what was approved; answered when the twin holds it. A large table is better drawn by {@code jingshu sample --approval}. */
    @Post("/twin-samples/{id}/draw")
    ReportView draw(Visitor visitor, UUID id) {
        Person by = Rights.require(visitor, Role.OPERATIONS);
        return here(() -> switch (samples.draw(id, by.id(), by.id().toString(), TwinProgress.NONE)) {
            case TwinSamples.Draw.Drawn(var record) -> ReportView.of(record);
            case TwinSamples.Draw.Withheld(var _, var zh, var en) -> throw new ManagementProblem(Refusal.RULE_BROKEN, zh, en);
            case TwinSamples.Draw.Refused(var fault) -> throw problem(fault);
        });
    }

    /** Takes a sample out of a twin and fills it with made-up rows again. */
    @Post("/twins/{product}/{version}/make-up")
    ReportView makeUp(Visitor visitor, String product, int version) {
        Person by = Rights.require(visitor, Role.OPERATIONS, Role.REGULATOR);
        return here(() -> Facts.found(samples.makeUp(product, version, by.id(), by.id().toString()).map(ReportView::of)));
    }

    private static SampleView done(TwinSamples.Outcome outcome) {
        return switch (outcome) {
            case TwinSamples.Outcome.Done(var sample) -> SampleView.of(sample);
            case TwinSamples.Outcome.Refused(var fault) -> throw problem(fault);
        };
    }

    private static ManagementProblem problem(TwinSamples.Fault fault) {
        Refusal refusal = switch (fault) {
            case UNKNOWN, NOT_HERE -> Refusal.NOT_FOUND;
            case ID_TAKEN, DECIDED -> Refusal.CONFLICT;
            case OWN_PROPOSAL, NEEDS_APPROVAL, EXPIRED -> Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(refusal, fault.zh(), fault.en());
    }

    private static <T> T here(Supplier<T> work) {
        try {
            return work.get();
        } catch (DomainException away) {
            throw new ManagementProblem(Refusal.STORE_UNAVAILABLE);
        }
    }
}
