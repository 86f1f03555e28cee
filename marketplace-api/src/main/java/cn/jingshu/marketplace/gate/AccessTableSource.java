package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.gate.AccessTable.Grant;
import cn.jingshu.marketplace.gate.AccessTable.KeyEntry;
import cn.jingshu.marketplace.gate.AccessTable.Mandate;
import cn.jingshu.marketplace.gate.AccessTable.Party;
import cn.jingshu.marketplace.gate.AccessTable.Product;
import cn.jingshu.marketplace.gate.AccessTable.Read;
import cn.jingshu.marketplace.gate.AccessTable.Resource;
import cn.jingshu.marketplace.gate.AccessTable.Term;
import cn.jingshu.marketplace.governance.Agreements.AgreementKind;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scope.Authorisation;
import cn.jingshu.marketplace.scope.Authorisation.Extent;
import cn.jingshu.marketplace.scope.Authorisations;
import cn.jingshu.marketplace.scope.ImpactAssessment;
import cn.jingshu.marketplace.scope.ImpactAssessments;
import cn.jingshu.marketplace.scope.Scenario;
import cn.jingshu.marketplace.scope.Scenarios;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.limit.RateLimit;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the access table from PostgreSQL: whole, or only what was announced as changed. Keys, subscriptions and consents
 * are many, so each is kept with a fingerprint, by which a poll finds a change that was never announced without fetching
 * a row. To be used by one thread.
 */
final class AccessTableSource {
    private static final String SUSPENDED = """
            SELECT id FROM market.organisation WHERE status <> 'ACTIVE'
            """;
    private static final String AGREEMENTS = """
            SELECT organisation_id, kind, starts_on, ends_on FROM market.agreement WHERE terminated_at IS NULL
            """;
    private static final String REGISTRATIONS = """
            SELECT r.id, r.product_code, r.product_version, r.name_zh, r.name_en, r.registration_code, r.valid_from,
                   r.valid_to, r.operator_id, r.merchant_id, r.status, r.approved_at
              FROM market.registration r
             ORDER BY r.product_code, r.product_version
            """;
    private static final String RESOURCES = """
            SELECT q.registration_id, q.resource_id, d.provider_code, d.blocked_by
              FROM market.registration_resource q
              JOIN market.data_resource d ON d.id = q.resource_id
             ORDER BY d.ordinal
            """;
    private static final String GRANTS = """
            SELECT id, resource_id, product_code, columns, starts_at, ends_at, suspended_at, withdrawn_at
              FROM market.provider_grant
             WHERE withdrawn_at IS NULL
            """;
    private static final String CEILINGS = """
            SELECT id, product_code, operation, fen_per_unit, effective_from, citation FROM market.price_ceiling
            """;
    private static final String TARIFFS = """
            SELECT id, product_code, operation, purpose, kind, fen_per_unit, effective_from, published_at
              FROM market.tariff
            """;
    private static final String SUBSCRIPTIONS = """
            SELECT s.id, s.organisation_id, s.purpose, s.status, p.product_code, p.monthly_quota_units,
                   p.rate_capacity, p.rate_period_millis, u.id AS use_id, u.purpose AS use_purpose, u.scenario_id,
                   u.operations, u.districts, u.starts_at, u.ends_at
              FROM market.subscription s
              JOIN market.plan p ON p.id = s.plan_id
              LEFT JOIN market.authorised_use u ON u.subscription_id = s.id
            """;
    private static final String KEYS = """
            SELECT id, subscription_id, sandbox, hash, expires_at, revoked_at FROM market.api_key
            """;
    private static final String CONSENTS = """
            SELECT id, subject_token, recipient_id, scenario_id, purpose, product_code, operations, starts_at, ends_at,
                   withdrawn_at, CAST(CAST(xmin AS text) AS bigint) AS version
              FROM market.consent
             WHERE withdrawn_at IS NULL
            """;
    private static final String SOME_CONSENTS = """
            SELECT id, subject_token, recipient_id, scenario_id, purpose, product_code, operations, starts_at, ends_at,
                   withdrawn_at, CAST(CAST(xmin AS text) AS bigint) AS version
              FROM market.consent
             WHERE id = ANY (CAST(? AS uuid[]))
            """;

    // Fingerprints: a row that is written gets the number of its transaction, which only grows. So with no row deleted
    // the sum of these numbers grows with every change, and with rows leaving it cannot stay the same as well as the count.
    private static final String SUBSCRIPTIONS_FINGERPRINT = """
            SELECT (SELECT count(*) FROM market.subscription) AS size,
                   (SELECT CAST(coalesce(sum(CAST(CAST(xmin AS text) AS bigint)), 0) AS bigint) FROM market.subscription)
                 + (SELECT CAST(coalesce(sum(CAST(CAST(xmin AS text) AS bigint)), 0) AS bigint) FROM market.authorised_use)
                 + (SELECT CAST(coalesce(sum(CAST(CAST(xmin AS text) AS bigint)), 0) AS bigint) FROM market.plan)
                   AS versions
            """;
    private static final String KEYS_FINGERPRINT = """
            SELECT count(*) AS size, CAST(coalesce(sum(CAST(CAST(xmin AS text) AS bigint)), 0) AS bigint) AS versions
              FROM market.api_key
            """;
    private static final String CONSENTS_FINGERPRINT = """
            SELECT count(*) AS size, CAST(coalesce(sum(CAST(CAST(xmin AS text) AS bigint)), 0) AS bigint) AS versions
              FROM market.consent
             WHERE withdrawn_at IS NULL
            """;

    private final Database database;
    private final Lineage lineage;
    private final Clock clock;

    /** What was read last; null: nothing yet. */
    private @Nullable Picture last;

    AccessTableSource(Database database, Lineage lineage, Clock clock) {
        this.database = database;
        this.lineage = lineage;
        this.clock = clock;
    }

    private record Agreed(UUID organisationId, AgreementKind kind, Term term) {}

    private record Needed(UUID registrationId, Resource resource) {}

    private record Fingerprint(long size, long versions) {}

    /** The facts that are few: read again whenever anything but a consent changes. */
    private record Few(Set<UUID> suspended, Map<String, Product> products, Map<UUID, Scenario.Reviewed> scenarios) {}

    /** A subscription as it is stored; whether its consumer is suspended is a fact of another table. */
    private record Subscribed(UUID id, UUID organisationId, Subscription.Status status, String product, Purpose purpose,
            @Nullable AuthorisedUse use, RateLimit rate, long monthlyQuotaUnits) {
        Grant asGrant(Set<UUID> suspended) {
            return new Grant(id, organisationId, !suspended.contains(organisationId), status, product, purpose, use, rate,
                    monthlyQuotaUnits);
        }
    }

    private record StoredKey(UUID id, UUID subscriptionId, boolean sandbox, KeyHash hash, @Nullable Instant expiresAt,
            @Nullable Instant revokedAt) {}

    private record Many<T>(List<T> rows, Fingerprint fingerprint) {}

    /** Everything read, in the pieces that are read again one by one. */
    private record Picture(Few few, Many<Subscribed> subscriptions, Many<StoredKey> keys, ConsentIndex consents,
            AccessTable table) {}

    /** Reads everything. */
    AccessTable read() {
        Instant readAt = clock.instant();
        return keep(database.onSnapshot(t -> whole(t, readAt)));
    }

    /** Reads what was announced; everything, when nothing was read before. */
    AccessTable read(Announced announced) {
        Picture before = last;
        if (before == null) {
            return read();
        }
        Instant readAt = clock.instant();
        return keep(database.onSnapshot(t -> {
            ConsentIndex consents = announced.names("consent")
                    ? allConsents(t)
                    : before.consents().with(changedConsents(t, announced.consents()));
            if (!announced.beyondConsents()) {
                AccessTable table = before.table();
                return new Picture(before.few(), before.subscriptions(), before.keys(), consents,
                        new AccessTable(table.keys(), table.products(), table.scenarios(), consents, readAt));
            }
            boolean subscribed = announced.names("subscription") || announced.names("authorised_use")
                    || announced.names("plan");
            return assemble(t, readAt, subscribed ? subscriptions(t) : before.subscriptions(),
                    announced.names("api_key") ? keys(t) : before.keys(), consents);
        }));
    }

    /** Reads what is few, and of the rest whatever is not as it was, announced or not. */
    AccessTable check() {
        Picture before = last;
        if (before == null) {
            return read();
        }
        Instant readAt = clock.instant();
        return keep(database.onSnapshot(t -> {
            boolean subscribed = !fingerprint(t, SUBSCRIPTIONS_FINGERPRINT).equals(before.subscriptions().fingerprint());
            boolean keyed = !fingerprint(t, KEYS_FINGERPRINT).equals(before.keys().fingerprint());
            boolean consented = !fingerprint(t, CONSENTS_FINGERPRINT)
                    .equals(new Fingerprint(before.consents().size(), before.consents().versions()));
            return assemble(t, readAt, subscribed ? subscriptions(t) : before.subscriptions(),
                    keyed ? keys(t) : before.keys(), consented ? allConsents(t) : before.consents());
        }));
    }

    private AccessTable keep(Picture picture) {
        last = picture;
        return picture.table();
    }

    private Picture whole(Transaction t, Instant readAt) throws SQLException {
        return assemble(t, readAt, subscriptions(t), keys(t), allConsents(t));
    }

    private Picture assemble(Transaction t, Instant readAt, Many<Subscribed> subscriptions, Many<StoredKey> keys,
            ConsentIndex consents) throws SQLException {
        Few few = few(t);
        Optional<Map<KeyHash, KeyEntry>> opened = opened(subscriptions, keys, few.suspended());
        if (opened.isEmpty()) {
            // A key of a subscription that was never announced: both are read again.
            Many<Subscribed> readAgain = subscriptions(t);
            Many<StoredKey> keysAgain = keys(t);
            Map<KeyHash, KeyEntry> all = opened(readAgain, keysAgain, few.suspended())
                    .orElseThrow(() -> new IllegalStateException("a key of a subscription that is not there"));
            return new Picture(few, readAgain, keysAgain, consents,
                    new AccessTable(all, few.products(), few.scenarios(), consents, readAt));
        }
        return new Picture(few, subscriptions, keys, consents,
                new AccessTable(opened.get(), few.products(), few.scenarios(), consents, readAt));
    }

    /** The keys with what they open; empty: the subscription of one of them is not there. */
    private static Optional<Map<KeyHash, KeyEntry>> opened(
            Many<Subscribed> subscriptions, Many<StoredKey> keys, Set<UUID> suspended) {
        Map<UUID, Grant> grants = new HashMap<>();
        subscriptions.rows().forEach(each -> grants.put(each.id(), each.asGrant(suspended)));
        Map<KeyHash, KeyEntry> opened = new HashMap<>();
        for (StoredKey key : keys.rows()) {
            Grant grant = grants.get(key.subscriptionId());
            if (grant == null) {
                return Optional.empty();
            }
            opened.put(key.hash(), new KeyEntry(key.id(), key.sandbox(), key.expiresAt(), key.revokedAt(), grant,
                    key.subscriptionId() + (key.sandbox() ? ":test" : ":live")));
        }
        return Optional.of(opened);
    }

    private static Fingerprint fingerprint(Transaction t, String sql) throws SQLException {
        return t.find(sql, row -> new Fingerprint(row.number("size"), row.number("versions"))).orElseThrow();
    }

    private static Many<Subscribed> subscriptions(Transaction t) throws SQLException {
        return new Many<>(t.list(SUBSCRIPTIONS, AccessTableSource::readSubscribed),
                fingerprint(t, SUBSCRIPTIONS_FINGERPRINT));
    }

    private static Many<StoredKey> keys(Transaction t) throws SQLException {
        return new Many<>(t.list(KEYS, AccessTableSource::readKey), fingerprint(t, KEYS_FINGERPRINT));
    }

    private static ConsentIndex allConsents(Transaction t) throws SQLException {
        return ConsentIndex.EMPTY.with(t.list(CONSENTS, AccessTableSource::readConsent));
    }

    private static List<ConsentIndex.Change> changedConsents(Transaction t, Set<UUID> ids) throws SQLException {
        return ids.isEmpty() ? List.of() : t.list(SOME_CONSENTS, AccessTableSource::readConsent, ids);
    }

    private Few few(Transaction t) throws SQLException {
        Set<UUID> suspended = new HashSet<>(t.list(SUSPENDED, row -> row.uuid("id")));
        Map<UUID, Scenario.Reviewed> scenarios = t.list(Scenarios.ALL, Scenarios::read).stream()
                .collect(Collectors.toMap(each -> each.scenario().id(), each -> each));
        return new Few(suspended, products(t, suspended), scenarios);
    }

    private Map<String, Product> products(Transaction t, Set<UUID> suspended) throws SQLException {
        List<Agreed> agreed = t.list(AGREEMENTS, AccessTableSource::readAgreed);
        List<ProviderGrant> granted = t.list(GRANTS, ProviderGrants::read);
        List<Authorisation.Reviewed> authorised = t.list(Authorisations.ALL, Authorisations::read);
        Map<UUID, List<Resource>> resources = t.list(RESOURCES, AccessTableSource::readNeeded).stream()
                .collect(Collectors.groupingBy(Needed::registrationId,
                        Collectors.mapping(Needed::resource, Collectors.toList())));
        Map<String, List<PriceCeiling>> ceilings = t.list(CEILINGS, PriceBook::readCeiling).stream()
                .collect(Collectors.groupingBy(PriceCeiling::product));
        Map<String, List<PublishedTariff>> tariffs = t.list(TARIFFS, PriceBook::readTariff).stream()
                .collect(Collectors.groupingBy(PublishedTariff::product));
        Map<String, List<ImpactAssessment.Reviewed>> assessed = t.list(ImpactAssessments.ALL, ImpactAssessments::read)
                .stream().collect(Collectors.groupingBy(each -> each.assessment().product()));
        Map<String, Product> products = new HashMap<>();
        for (Registration r : t.list(REGISTRATIONS, AccessTableSource::readRegistration)) {
            List<Resource> built = resources.getOrDefault(r.id(), List.of()).stream()
                    .map(needed -> withGrants(needed, r.product(), granted))
                    .toList();
            // In version order, so the newest registered version is what remains.
            products.put(r.product(), new Product(r,
                    party(r.operatorId(), AgreementKind.OPERATOR, agreed, suspended),
                    party(r.merchantId(), AgreementKind.MERCHANT, agreed, suspended),
                    mandates(r.operatorId(), built, authorised), built, reads(r.product(), built),
                    assessed.getOrDefault(r.product(), List.of()),
                    new PriceList(r.product(), ceilings.getOrDefault(r.product(), List.of()),
                            tariffs.getOrDefault(r.product(), List.of()))));
        }
        return products;
    }

    private static Party party(UUID id, AgreementKind kind, List<Agreed> agreed, Set<UUID> suspended) {
        return new Party(!suspended.contains(id), agreed.stream()
                .filter(a -> a.organisationId().equals(id) && a.kind() == kind)
                .map(Agreed::term)
                .toList());
    }

    /** The operator's authorisations that reach every resource of a product. */
    private static List<Mandate> mandates(
            UUID operatorId, List<Resource> built, List<Authorisation.Reviewed> authorised) {
        List<Mandate> mandates = new ArrayList<>();
        for (Authorisation.Reviewed each : authorised) {
            Authorisation authorisation = each.authorisation();
            if (!authorisation.operatorId().equals(operatorId)) {
                continue;
            }
            Term term = term(authorisation.startsOn(), authorisation.endsOn());
            switch (authorisation.extent()) {
                case Extent.Whole() -> mandates.add(new Mandate(term, each.standing(), null));
                case Extent.Domain(var providers, var _) -> {
                    if (built.stream().allMatch(resource -> providers.contains(resource.provider()))) {
                        mandates.add(new Mandate(term, each.standing(), null));
                    }
                }
                case Extent.ByScenario(var scenarios, var _) ->
                    mandates.add(new Mandate(term, each.standing(), scenarios));
            }
        }
        return mandates;
    }

    private static Resource withGrants(Resource needed, String product, List<ProviderGrant> granted) {
        return new Resource(needed.id(), needed.provider(), needed.blockedBy(), granted.stream()
                .filter(g -> g.resource().equals(needed.id()) && g.product().equals(product))
                .toList());
    }

    private Map<String, List<Read>> reads(String product, List<Resource> built) {
        Map<String, Resource> byId = built.stream().collect(Collectors.toMap(Resource::id, resource -> resource));
        Map<String, List<Read>> reads = new HashMap<>();
        lineage.of(product).forEach((operation, columns) -> reads.put(operation, columns.entrySet().stream()
                .map(each -> Read.of(byId.get(each.getKey()), each.getValue()))
                .filter(read -> !read.blocked())
                .toList()));
        return reads;
    }

    private static Term term(LocalDate from, LocalDate to) {
        return new Term(from.atStartOfDay(BillingPeriod.ZONE).toInstant(), to.atStartOfDay(BillingPeriod.ZONE).toInstant());
    }

    private static Agreed readAgreed(Row row) throws SQLException {
        return new Agreed(row.uuid("organisation_id"), row.constant("kind", AgreementKind.class),
                term(row.day("starts_on"), row.day("ends_on")));
    }

    private static Needed readNeeded(Row row) throws SQLException {
        return new Needed(row.uuid("registration_id"), new Resource(row.text("resource_id"), row.text("provider_code"),
                row.textOrNull("blocked_by"), List.of()));
    }

    private static Registration readRegistration(Row row) throws SQLException {
        return new Registration(row.uuid("id"), row.text("product_code"), row.integer("product_version"),
                row.text("name_zh"), row.text("name_en"), row.text("registration_code"), row.instant("valid_from"),
                row.instant("valid_to"), row.uuid("operator_id"), row.uuid("merchant_id"),
                row.constant("status", Registration.Status.class), row.instantOrNull("approved_at"), List.of());
    }

    private static Subscribed readSubscribed(Row row) throws SQLException {
        UUID useId = row.uuidOrNull("use_id");
        AuthorisedUse use = useId == null
                ? null
                : new AuthorisedUse(useId, row.constant("use_purpose", Purpose.class), row.uuidOrNull("scenario_id"),
                        Set.copyOf(row.texts("operations")), Set.copyOf(row.texts("districts")),
                        row.instant("starts_at"), row.instant("ends_at"));
        return new Subscribed(row.uuid("id"), row.uuid("organisation_id"),
                row.constant("status", Subscription.Status.class), row.text("product_code"),
                row.constant("purpose", Purpose.class), use,
                new RateLimit(row.number("rate_capacity"), Duration.ofMillis(row.number("rate_period_millis"))),
                row.number("monthly_quota_units"));
    }

    private static StoredKey readKey(Row row) throws SQLException {
        return new StoredKey(row.uuid("id"), row.uuid("subscription_id"), row.flag("sandbox"),
                KeyHash.of(row.bytes("hash")), row.instantOrNull("expires_at"), row.instantOrNull("revoked_at"));
    }

    private static ConsentIndex.Change readConsent(Row row) throws SQLException {
        return new ConsentIndex.Change(SubjectToken.of(row.bytes("subject_token")),
                new ConsentIndex.Entry(row.uuid("id"), row.uuid("recipient_id"), row.uuid("scenario_id"),
                        row.constant("purpose", Purpose.class), row.text("product_code"),
                        Set.copyOf(row.texts("operations")), row.instant("starts_at"), row.instant("ends_at"),
                        row.number("version")),
                row.instantOrNull("withdrawn_at") != null);
    }
}
