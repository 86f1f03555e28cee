package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.consent.Consent;
import cn.jingshu.marketplace.consent.Consents;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.visitor.Visitor;
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
import java.util.Set;
import java.util.UUID;

/**
 * Consents: recorded by the recipient, or for it by the operator, and withdrawn by either or by the bureau. Neither the
 * person nor the token is ever answered.
 */
@Controller("/api/consents")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ConsentController {
    private static final Role[] READS_ALL = {Role.REGULATOR, Role.OPERATIONS, Role.AUDITOR};

    private final Consents consents;
    private final Pepper pepper;

    ConsentController(Consents consents, Pepper pepper) {
        this.consents = consents;
        this.pepper = pepper;
    }

    /**
     * @param subject the person as requests name them; only a keyed token of it is kept
     * @param operations null or empty: every operation of the product
     */
    @Serdeable
    record ConsentRequest(@Nullable String subject, @Nullable UUID recipientId, @Nullable UUID scenarioId,
            @Nullable Purpose purpose, @Nullable String product, @Nullable Set<String> operations,
            @Nullable String noticeVersion, @Nullable String evidence, @Nullable Instant startsAt,
            @Nullable Instant endsAt) {
        Consent fromApi(UUID id, Pepper pepper) {
            return Facts.built(() -> new Consent(id, SubjectToken.of(pepper, Facts.need("subject", subject)),
                    Facts.need("recipientId", recipientId), Facts.need("scenarioId", scenarioId),
                    Facts.need("purpose", purpose), Facts.need("product", product),
                    operations == null ? Set.of() : operations, Facts.need("noticeVersion", noticeVersion),
                    Facts.need("evidence", evidence), Facts.need("startsAt", startsAt), Facts.need("endsAt", endsAt)));
        }

        /** Nothing of the person. */
        @Override
        public String toString() {
            return "ConsentRequest[" + product + "]";
        }
    }

    @Serdeable
    record ConsentView(UUID id, UUID recipientId, UUID scenarioId, String purpose, String product,
            List<String> operations, String noticeVersion, String evidence, Instant startsAt, Instant endsAt,
            UUID recordedBy, Instant recordedAt, @Nullable Instant withdrawnAt) {
        static ConsentView of(Consents.Recorded recorded) {
            Consent c = recorded.consent();
            return new ConsentView(c.id(), c.recipientId(), c.scenarioId(), c.purpose().name(), c.product(),
                    c.operations().stream().sorted().toList(), c.noticeVersion(), c.evidence(), c.startsAt(),
                    c.endsAt(), recorded.recordedBy(), recorded.recordedAt(), recorded.withdrawnAt());
        }
    }

    @Serdeable
    record ConsentPage(List<ConsentView> consents, @Nullable String nextCursor) {}

    /** Consents that one recorded, or all for who supervises, page by page. */
    @Get
    ConsentPage list(Visitor visitor, @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        Person reader = Rights.require(visitor, Role.OWNER, Role.REGULATOR, Role.OPERATIONS, Role.AUDITOR);
        List<Consents.Recorded> page = consents.list(readsAll(reader) ? null : reader.organisationId(),
                Facts.after(cursor), Facts.limit(limit));
        return new ConsentPage(page.stream().map(ConsentView::of).toList(),
                Facts.next(page, limit, recorded -> recorded.consent().id()));
    }

    /** One consent. */
    @Get("/{id}")
    ConsentView get(Visitor visitor, UUID id) {
        Person reader = Rights.require(visitor, Role.OWNER, Role.REGULATOR, Role.OPERATIONS, Role.AUDITOR);
        return visible(reader, id);
    }

    /** Records a person's separate consent (单独同意) under the caller's own id. */
    @Put("/{id}")
    HttpResponse<ConsentView> record(Visitor visitor, UUID id, @Body ConsentRequest request) {
        Person recorder = Rights.require(visitor, Role.OWNER, Role.OPERATIONS);
        Consent given = request.fromApi(id, pepper);
        if (!recorder.roles().contains(Role.OPERATIONS) && !recorder.organisationId().equals(given.recipientId())) {
            throw new ManagementProblem(Refusal.FORBIDDEN);
        }
        return Facts.entered(consents.give(given, recorder.id()), () -> consents.find(id).map(ConsentView::of));
    }

    /** Withdraws a consent for good; no reason is asked for. */
    @Post("/{id}/withdrawal")
    ConsentView withdraw(Visitor visitor, UUID id) {
        Person person = Rights.require(visitor, Role.OWNER, Role.OPERATIONS, Role.REGULATOR);
        visible(person, id);
        return Facts.stepped(consents.withdraw(id, person.id()), () -> consents.find(id).map(ConsentView::of));
    }

    /** What is another organisation's does not exist for this one. */
    private ConsentView visible(Person reader, UUID id) {
        return Facts.found(consents.find(id)
                .filter(each -> readsAll(reader) || each.consent().recipientId().equals(reader.organisationId()))
                .map(ConsentView::of));
    }

    private static boolean readsAll(Person reader) {
        return List.of(READS_ALL).stream().anyMatch(reader.roles()::contains);
    }
}
