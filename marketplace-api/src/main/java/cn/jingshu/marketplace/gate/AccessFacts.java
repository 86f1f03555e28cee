package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.gate.AccessTable.Grant;
import cn.jingshu.marketplace.gate.AccessTable.Resource;
import cn.jingshu.marketplace.gate.AccessTable.Term;
import cn.jingshu.marketplace.governance.Agreements.AgreementKind;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scope.Authorisation;
import cn.jingshu.marketplace.scope.ImpactAssessment;
import cn.jingshu.marketplace.scope.Scenario;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.RateLimit;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The facts an access table is made of, as they are stored. */
interface AccessFacts {
    /**
     * Reads on one unchanging picture, whatever is decided meanwhile.
     *
     * @throws DatabaseException when PostgreSQL refuses or is away
     */
    <T> T onSnapshot(Reading<T> reading);

    /** What is read of one picture. */
    @FunctionalInterface
    interface Reading<T> {
        T of(Snapshot facts) throws SQLException;
    }

    /**
     * One picture of the facts. What is many comes with a fingerprint, which differs whenever a row was added, changed
     * or removed, and costs no row.
     */
    interface Snapshot {
        FewRows few() throws SQLException;

        List<Subscribed> subscriptions() throws SQLException;

        Fingerprint subscriptionsFingerprint() throws SQLException;

        List<StoredKey> keys() throws SQLException;

        Fingerprint keysFingerprint() throws SQLException;

        /** Every consent that was not withdrawn. */
        List<ConsentIndex.Change> consents() throws SQLException;

        /** These consents, withdrawn or not; an id nobody has is passed over. */
        List<ConsentIndex.Change> consents(Set<UUID> ids) throws SQLException;

        /** Of the consents that were not withdrawn: their number and the sum of their versions. */
        Fingerprint consentsFingerprint() throws SQLException;
    }

    /** How many rows there are, and the sum of their versions. */
    record Fingerprint(long size, long versions) {}

    /**
     * The rows that are few.
     *
     * @param suspended organisations that are not active
     * @param agreements those that were not terminated
     * @param registrations in the order of product and version
     * @param resources in the order of the catalogue
     * @param grants those that were not withdrawn
     * @param stops by consumer why its paid calls are refused, the gravest first
     * @param budgets the hard budgets by consumer, in thousandths of a fen a month
     */
    record FewRows(Set<UUID> suspended, List<Agreed> agreements, List<Registration> registrations,
            List<Needed> resources, List<ProviderGrant> grants, List<Authorisation.Reviewed> authorisations,
            List<Scenario.Reviewed> scenarios, List<ImpactAssessment.Reviewed> assessments,
            List<PriceCeiling> ceilings, List<PublishedTariff> tariffs, Map<UUID, List<PaymentStop>> stops,
            Map<UUID, Long> budgets) {}

    /** An agreement of an organisation. */
    record Agreed(UUID organisationId, AgreementKind kind, Term term) {}

    /** A resource that a registered product is built from; its grants are read apart. */
    record Needed(UUID registrationId, Resource resource) {}

    /** A subscription as it is stored; whether its consumer is suspended is a fact of another table. */
    record Subscribed(UUID id, UUID organisationId, Subscription.Status status, String product, String plan, Purpose purpose,
            @Nullable AuthorisedUse use, RateLimit rate, long monthlyQuotaUnits) {
        Grant asGrant(Set<UUID> suspended) {
            return new Grant(id, organisationId, !suspended.contains(organisationId), status, product, plan, purpose, use,
                    rate, monthlyQuotaUnits);
        }

        /** The same, with one object for what it has in common with others. */
        Subscribed sharing(Alike alike) {
            AuthorisedUse approved = use;
            AuthorisedUse shared = approved == null ? null : new AuthorisedUse(approved.id(), approved.purpose(),
                    approved.scenarioId() == null ? null : alike.of(approved.scenarioId()), alike.of(approved.operations()),
                    alike.of(approved.districts()), alike.of(approved.startsAt()), alike.of(approved.endsAt()));
            return new Subscribed(id, alike.of(organisationId), status, alike.of(product), alike.of(plan), purpose, shared,
                    alike.of(rate), monthlyQuotaUnits);
        }
    }

    /**
     * A key as it is stored.
     *
     * @param expiresAt null: when it is revoked
     * @param revokedAt null: not revoked
     */
    record StoredKey(UUID id, UUID subscriptionId, boolean sandbox, KeyHash hash, @Nullable Instant expiresAt,
            @Nullable Instant revokedAt) {}
}
