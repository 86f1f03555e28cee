package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.gate.AccessTable.Grant;
import cn.jingshu.marketplace.gate.AccessTable.KeyEntry;
import cn.jingshu.marketplace.gate.AccessTable.Party;
import cn.jingshu.marketplace.gate.AccessTable.Product;
import cn.jingshu.marketplace.gate.AccessTable.Resource;
import cn.jingshu.marketplace.gate.AccessTable.Term;
import cn.jingshu.marketplace.governance.Agreements.AgreementKind;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Reads a whole access table from PostgreSQL, on one snapshot. */
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
            SELECT q.registration_id, q.resource_id, d.blocked_by
              FROM market.registration_resource q
              JOIN market.data_resource d ON d.id = q.resource_id
             ORDER BY d.ordinal
            """;
    private static final String GRANTS = """
            SELECT id, resource_id, product_code, starts_at, ends_at, suspended_at FROM market.provider_grant
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
                   p.rate_capacity, p.rate_period_millis, u.id AS use_id, u.purpose AS use_purpose, u.operations,
                   u.starts_at, u.ends_at
              FROM market.subscription s
              JOIN market.plan p ON p.id = s.plan_id
              LEFT JOIN market.authorised_use u ON u.subscription_id = s.id
            """;
    private static final String KEYS = """
            SELECT id, subscription_id, sandbox, hash, expires_at, revoked_at FROM market.api_key
            """;

    private final Database database;
    private final Clock clock;

    AccessTableSource(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    private record Agreed(UUID organisationId, AgreementKind kind, Term term) {}

    private record Needed(UUID registrationId, Resource resource) {}

    AccessTable read() {
        Instant readAt = clock.instant();
        return database.onSnapshot(t -> {
            Set<UUID> suspended = new HashSet<>(t.list(SUSPENDED, row -> row.uuid("id")));
            return new AccessTable(keys(t, grants(t, suspended)), products(t, suspended), readAt);
        });
    }

    private static Map<String, Product> products(Transaction t, Set<UUID> suspended) throws SQLException {
        List<Agreed> agreed = t.list(AGREEMENTS, AccessTableSource::readAgreed);
        List<ProviderGrant> granted = t.list(GRANTS, AccessTableSource::readGranted);
        Map<UUID, List<Resource>> resources = t.list(RESOURCES, AccessTableSource::readNeeded).stream()
                .collect(Collectors.groupingBy(Needed::registrationId,
                        Collectors.mapping(Needed::resource, Collectors.toList())));
        Map<String, List<PriceCeiling>> ceilings = t.list(CEILINGS, PriceBook::readCeiling).stream()
                .collect(Collectors.groupingBy(PriceCeiling::product));
        Map<String, List<PublishedTariff>> tariffs = t.list(TARIFFS, PriceBook::readTariff).stream()
                .collect(Collectors.groupingBy(PublishedTariff::product));
        Map<String, Product> products = new HashMap<>();
        for (Registration r : t.list(REGISTRATIONS, AccessTableSource::readRegistration)) {
            List<Resource> built = resources.getOrDefault(r.id(), List.of()).stream()
                    .map(needed -> withGrants(needed, r.product(), granted))
                    .toList();
            // In version order, so the newest registered version is what remains.
            products.put(r.product(), new Product(r,
                    party(r.operatorId(), AgreementKind.OPERATOR, agreed, suspended),
                    party(r.merchantId(), AgreementKind.MERCHANT, agreed, suspended), built,
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

    private static Resource withGrants(Resource needed, String product, List<ProviderGrant> granted) {
        return new Resource(needed.id(), needed.blockedBy(), granted.stream()
                .filter(g -> g.resource().equals(needed.id()) && g.product().equals(product))
                .toList());
    }

    private static Map<UUID, Grant> grants(Transaction t, Set<UUID> suspended) throws SQLException {
        return t.list(SUBSCRIPTIONS, row -> readGrant(row, suspended)).stream()
                .collect(Collectors.toMap(Grant::subscriptionId, grant -> grant));
    }

    private static Map<KeyHash, KeyEntry> keys(Transaction t, Map<UUID, Grant> grants) throws SQLException {
        Map<KeyHash, KeyEntry> keys = new HashMap<>();
        t.list(KEYS, row -> {
            UUID subscriptionId = row.uuid("subscription_id");
            Grant grant = grants.get(subscriptionId);
            if (grant == null) {
                throw new IllegalStateException("a key of subscription " + subscriptionId + ", which is not there");
            }
            boolean sandbox = row.flag("sandbox");
            KeyEntry key = new KeyEntry(row.uuid("id"), sandbox, row.instantOrNull("expires_at"),
                    row.instantOrNull("revoked_at"), grant, subscriptionId + (sandbox ? ":test" : ":live"));
            keys.put(KeyHash.of(row.bytes("hash")), key);
            return key;
        });
        return keys;
    }

    private static Agreed readAgreed(Row row) throws SQLException {
        return new Agreed(row.uuid("organisation_id"), row.constant("kind", AgreementKind.class),
                new Term(row.day("starts_on").atStartOfDay(BillingPeriod.ZONE).toInstant(),
                        row.day("ends_on").atStartOfDay(BillingPeriod.ZONE).toInstant()));
    }

    private static ProviderGrant readGranted(Row row) throws SQLException {
        return new ProviderGrant(row.uuid("id"), row.text("resource_id"), row.text("product_code"),
                row.instant("starts_at"), row.instant("ends_at"), row.instantOrNull("suspended_at"));
    }

    private static Needed readNeeded(Row row) throws SQLException {
        return new Needed(row.uuid("registration_id"),
                new Resource(row.text("resource_id"), row.textOrNull("blocked_by"), List.of()));
    }

    private static Registration readRegistration(Row row) throws SQLException {
        return new Registration(row.uuid("id"), row.text("product_code"), row.integer("product_version"),
                row.text("name_zh"), row.text("name_en"), row.text("registration_code"), row.instant("valid_from"),
                row.instant("valid_to"), row.uuid("operator_id"), row.uuid("merchant_id"),
                row.constant("status", Registration.Status.class), row.instantOrNull("approved_at"), List.of());
    }

    private static Grant readGrant(Row row, Set<UUID> suspended) throws SQLException {
        UUID organisationId = row.uuid("organisation_id");
        UUID useId = row.uuidOrNull("use_id");
        AuthorisedUse use = useId == null
                ? null
                : new AuthorisedUse(useId, row.constant("use_purpose", Purpose.class),
                        Set.copyOf(row.texts("operations")), row.instant("starts_at"), row.instant("ends_at"));
        return new Grant(row.uuid("id"), organisationId, !suspended.contains(organisationId),
                row.constant("status", Subscription.Status.class), row.text("product_code"),
                row.constant("purpose", Purpose.class), use,
                new RateLimit(row.number("rate_capacity"), Duration.ofMillis(row.number("rate_period_millis"))),
                row.number("monthly_quota_units"));
    }
}
