package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.keeping.KeepingOverview;
import cn.jingshu.marketplace.keeping.RetentionHolds;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.domain.Kept;
import cn.jingshu.products.domain.KeptStanding;
import cn.jingshu.products.domain.RemovalRecord;
import cn.jingshu.products.domain.RetentionRules;
import cn.jingshu.products.identifier.ResidentId;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What products keep and for how long, what went, and what is held. */
@Controller("/api/retention")
@ExecuteOn(TaskExecutors.BLOCKING)
final class RetentionController {
    private static final int MOST_HOLDS = 500;

    private final KeepingOverview overview;
    private final RetentionHolds holds;

    RetentionController(KeepingOverview overview, RetentionHolds holds) {
        this.overview = overview;
        this.holds = holds;
    }

    /** @param due over, and still there: held, or to go with the next round */
    @Serdeable
    record StandingView(long rows, long open, long due, long held, @Nullable Instant oldest, Instant countedAt) {
        static @Nullable StandingView of(@Nullable KeptStanding s) {
            return s == null ? null : new StandingView(s.rows(), s.open(), s.due(), s.held(), s.oldest(), s.countedAt());
        }
    }

    /**
     * Rows of one kind.
     *
     * @param period ISO 8601, as the rule says; null: there is no rule, and nothing goes
     * @param least what the law asks for at least, whatever the rule says
     * @param erasable whether they go when the person they are about asks for it
     */
    @Serdeable
    record KindView(String product, String kind, List<String> tables, String whatZh, String whatEn, String whyZh, String whyEn, String sinceZh,
            String sinceEn, String rule, @Nullable String period, @Nullable Instant effectiveFrom, @Nullable String citation, String least,
            boolean erasable, @Nullable StandingView live, @Nullable StandingView sandbox) {
        static KindView of(KeepingOverview.Kind kind) {
            Kept kept = kind.kept();
            RetentionRules.Rule rule = kind.rule();
            return new KindView(kind.product(), kept.kind(), kept.removals().stream().map(Kept.Removal::table).toList(), kept.what().zh(),
                    kept.what().en(), kept.why().zh(), kept.why().en(), kept.since().zh(), kept.since().en(), kept.rule(),
                    rule == null ? null : rule.period().toString(), rule == null ? null : rule.from(), rule == null ? null : rule.citation(),
                    kept.least().toString(), kept.erasable(), StandingView.of(kind.live()), StandingView.of(kind.sandbox()));
        }
    }

    @Serdeable
    record KindList(List<KindView> kinds) {}

    private static Person reader(Visitor visitor) {
        Person reader = Rights.require(visitor, Role.REGULATOR, Role.OPERATIONS, Role.AUDITOR, Role.PROVIDER_OFFICER, Role.MERCHANT_OFFICER);
        if (!KeepingOverview.mayRead(reader)) {
            throw new ManagementProblem(Refusal.FORBIDDEN);
        }
        return reader;
    }

    /** What is kept for how long, by kind, and how much of it is past its time. */
    @Get
    KindList kinds(Visitor visitor) {
        return new KindList(overview.kinds(reader(visitor)).stream().map(KindView::of).toList());
    }

    /** @param request the granted request rows went by; null: their time was over */
    @Serdeable
    record RemovalView(long number, String product, boolean sandbox, String kind, String table, long rows, String cause, String period,
            Instant ruleFrom, @Nullable UUID request, Instant removedAt, String removedBy) {
        static RemovalView of(RemovalRecord r) {
            return new RemovalView(r.number(), r.product(), r.sandbox(), r.kind(), r.table(), r.rows(), r.cause().name(), r.rule(), r.ruleFrom(),
                    r.request(), r.removedAt(), r.removedBy());
        }
    }

    @Serdeable
    record RemovalList(List<RemovalView> removals) {}

    /** What went, the newest first. */
    @Get("/removals{?before,limit}")
    RemovalList removals(Visitor visitor, @Nullable @QueryValue Long before, @QueryValue(defaultValue = "100") int limit) {
        return new RemovalList(overview.removals(reader(visitor), before, Facts.limit(limit)).stream().map(RemovalView::of).toList());
    }

    @Serdeable
    record HoldView(UUID id, String product, @Nullable String kind, @Nullable UUID organisation, @Nullable String key, boolean aboutAPerson,
            String document, UUID placedBy, Instant placedAt, @Nullable UUID releasedBy, @Nullable Instant releasedAt, @Nullable String ground) {
        static HoldView of(RetentionHolds.Hold h) {
            return new HoldView(h.id(), h.product(), h.kind(), h.organisation(), h.key(), h.aboutAPerson(), h.document(), h.placedBy(), h.placedAt(),
                    h.releasedBy(), h.releasedAt(), h.ground());
        }
    }

    @Serdeable
    record HoldList(List<HoldView> holds) {}

    /** Holds, those in force first. */
    @Get("/holds")
    HoldList holds(Visitor visitor) {
        Rights.require(visitor, Role.REGULATOR, Role.AUDITOR);
        return new HoldList(holds.list(MOST_HOLDS).stream().map(HoldView::of).toList());
    }

    /**
     * What is to be held; at most one of organisation, key and person.
     *
     * @param person an identity number, of which keyed digests alone are kept
     */
    @Serdeable
    record HoldRequest(@Nullable String product, @Nullable String kind, @Nullable UUID organisation, @Nullable String key, @Nullable String person,
            @Nullable String document) {
        /** Nothing of the person. */
        @Override
        public String toString() {
            return "HoldRequest[" + product + "]";
        }
    }

    /** Holds what is asked for, whatever its age. */
    @Put("/holds/{id}")
    HttpResponse<HoldView> place(Visitor visitor, UUID id, @Body HoldRequest request) {
        Person by = Rights.require(visitor, Role.REGULATOR);
        ResidentId person = request.person() == null ? null : ResidentId.parse(request.person()).orElseThrow(
                () -> new ManagementProblem(Refusal.INVALID_REQUEST, "person 不是有效的公民身份号码。", "person is no identity number."));
        RetentionHolds.Asked asked = Facts.built(() -> new RetentionHolds.Asked(Facts.need("product", request.product()), request.kind(),
                request.organisation(), request.key(), person, Pages.requireText("document", request.document(), RetentionHolds.MOST_TEXT)));
        return Facts.entered(holds.place(id, asked, by.id()), () -> holds.find(id).map(HoldView::of));
    }

    /** Lets it go; another person than who placed it. */
    @Post("/holds/{id}/release")
    HoldView release(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        Person by = Rights.require(visitor, Role.REGULATOR);
        String given = Pages.requireText("reason", ground.given(), RetentionHolds.MOST_TEXT);
        return Facts.stepped(holds.release(id, given, by.id()), () -> holds.find(id).map(HoldView::of));
    }
}
