package cn.jingshu.marketplace.gate;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.consent.SubjectToken;
import cn.jingshu.marketplace.gate.AccessTable.Resource;
import cn.jingshu.marketplace.gate.AccessTable.Term;
import cn.jingshu.marketplace.governance.Agreements.AgreementKind;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scope.Authorisations;
import cn.jingshu.marketplace.scope.ImpactAssessments;
import cn.jingshu.marketplace.scope.Scenarios;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.RateLimit;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The facts of the gate in PostgreSQL. */
record PostgresAccessFacts(Database database) implements AccessFacts {
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
            SELECT id, product_code, operation, fen_per_unit, fen_per_month, effective_from, citation
              FROM market.price_ceiling
            """;
    private static final String TARIFFS = """
            SELECT t.id, t.product_code, t.operation, t.purpose, t.plan_code, t.terms, t.trial, t.effective_from, t.published_at, t.said_by_version, u.unit
              FROM market.tariff t
              LEFT JOIN market.tariff_unit u ON u.tariff_id = t.id
            """;
    private static final String STOPS = """
            SELECT organisation_id, reason, until FROM market.payment_stop
            """;
    private static final String BUDGETS = """
            SELECT organisation_id, LEAST(budget_fen, ?) AS budget_fen
              FROM market.consumer_account
             WHERE budget_hard AND budget_fen IS NOT NULL
            """;
    private static final String SUBSCRIPTIONS = """
            SELECT s.id, s.organisation_id, s.purpose, s.status, p.product_code, p.code AS plan_code, p.monthly_quota_units,
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

    @Override
    public <T> T onSnapshot(Reading<T> reading) {
        return database.onSnapshot(t -> reading.of(new Rows(t)));
    }

    private record Rows(Transaction t) implements Snapshot {
        @Override
        public FewRows few() throws SQLException {
            return new FewRows(
                    Set.copyOf(t.list(SUSPENDED, row -> row.uuid("id"))),
                    t.list(AGREEMENTS, PostgresAccessFacts::readAgreed),
                    t.list(REGISTRATIONS, PostgresAccessFacts::readRegistration),
                    t.list(RESOURCES, PostgresAccessFacts::readNeeded),
                    t.list(GRANTS, ProviderGrants::read),
                    t.list(Authorisations.ALL, Authorisations::read),
                    t.list(Scenarios.ALL, Scenarios::read),
                    t.list(ImpactAssessments.ALL, ImpactAssessments::read),
                    t.list(CEILINGS, PriceBook::readCeiling),
                    t.list(TARIFFS, PriceBook::readTariff),
                    stops(),
                    budgets());
        }

        private Map<UUID, Long> budgets() throws SQLException {
            Map<UUID, Long> budgets = new HashMap<>();
            t.list(BUDGETS, row -> budgets.put(row.uuid("organisation_id"), Math.multiplyExact(row.number("budget_fen"), 1_000L)) == null,
                    Money.MOST_ENTERED.fen()); // one that was entered before there was a bound must not end the reading of all
            return budgets;
        }

        private Map<UUID, List<PaymentStop>> stops() throws SQLException {
            Map<UUID, List<PaymentStop>> stops = new HashMap<>();
            t.list(STOPS, row -> stops.computeIfAbsent(row.uuid("organisation_id"), _ -> new ArrayList<>())
                    .add(new PaymentStop(row.constant("reason", PaymentStop.Reason.class), row.instantOrNull("until"))));
            stops.values().forEach(each -> each.sort(Comparator.comparing(PaymentStop::reason)));
            return stops;
        }

        @Override
        public List<Subscribed> subscriptions() throws SQLException {
            return t.list(SUBSCRIPTIONS, PostgresAccessFacts::readSubscribed);
        }

        @Override
        public Fingerprint subscriptionsFingerprint() throws SQLException {
            return fingerprint(SUBSCRIPTIONS_FINGERPRINT);
        }

        @Override
        public List<StoredKey> keys() throws SQLException {
            return t.list(KEYS, PostgresAccessFacts::readKey);
        }

        @Override
        public Fingerprint keysFingerprint() throws SQLException {
            return fingerprint(KEYS_FINGERPRINT);
        }

        @Override
        public List<ConsentIndex.Change> consents() throws SQLException {
            return t.list(CONSENTS, PostgresAccessFacts::readConsent);
        }

        @Override
        public List<ConsentIndex.Change> consents(Set<UUID> ids) throws SQLException {
            return ids.isEmpty() ? List.of() : t.list(SOME_CONSENTS, PostgresAccessFacts::readConsent, ids);
        }

        @Override
        public Fingerprint consentsFingerprint() throws SQLException {
            return fingerprint(CONSENTS_FINGERPRINT);
        }

        private Fingerprint fingerprint(String sql) throws SQLException {
            return t.find(sql, row -> new Fingerprint(row.number("size"), row.number("versions"))).orElseThrow();
        }
    }

    private static Agreed readAgreed(Row row) throws SQLException {
        return new Agreed(row.uuid("organisation_id"), row.constant("kind", AgreementKind.class),
                Term.ofDays(row.day("starts_on"), row.day("ends_on")));
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
                row.constant("status", Subscription.Status.class), row.text("product_code"), row.text("plan_code"),
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
