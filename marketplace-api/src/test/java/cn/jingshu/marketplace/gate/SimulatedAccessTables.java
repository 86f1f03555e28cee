package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.consent.SubjectToken;
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
import cn.jingshu.metering.simulation.Fault;
import cn.jingshu.metering.simulation.SimulatedProcess;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tables the gate reads and what PostgreSQL announces of them, as a model: changes are committed whole, numbered, and
 * announced to whoever listens; a reading sees one picture. {@code SimulatedFactsIT} holds it against the real ones.
 */
public final class SimulatedAccessTables {
    /** A database that does not keep its word, to show that the simulation notices. */
    public enum Lie {
        NONE,
        /** Announces no changed key, so that only the poll finds it. */
        KEEPS_KEYS_QUIET,
        /** Says that the keys are as they were, so that the poll finds no change whose announcement was lost. */
        HIDES_KEYS_FROM_THE_POLL,
        /** Says of no resource that the law blocks it. */
        HIDES_WHAT_THE_LAW_BLOCKS,
        /** Shows every grant as one of all columns. */
        WIDENS_GRANTS,
        /** Shows each use as it was approved first. */
        HIDES_AMENDED_USES,
        /** Knows no ceiling but the first. */
        HIDES_LATER_CEILINGS,
        /** Shows no stop of payment. */
        HIDES_STOPS,
        /** Shows the stops of one consumer as everybody's. */
        SPREADS_STOPS
    }

    /** What announces changes to one listener. */
    public interface Carrier {
        /** Brings an announcement on its way; it may run {@code arrival} late, or never if the announcement is lost. */
        void carry(Runnable arrival);
    }

    /** A subscription's row. */
    public record SubscriptionRow(UUID id, UUID organisationId, UUID planId, Purpose purpose, Subscription.Status status) {}

    /** A plan's row. */
    public record PlanRow(UUID id, String product, String code, RateLimit rate, long monthlyQuotaUnits) {}

    /** A row and the number of the transaction that wrote it. */
    private record Versioned<V>(V row, long version) {}

    /** One state of all tables; it is changed only while nobody else has it. */
    private static final class State {
        final Map<UUID, Boolean> organisations; // id → suspended
        final Map<UUID, AccessFacts.Agreed> agreements;
        final Map<UUID, Registration> registrations;
        final List<AccessFacts.Needed> resources; // in the order of the catalogue
        final Map<UUID, ProviderGrant> grants;
        final Map<UUID, Authorisation.Reviewed> authorisations;
        final Map<UUID, Scenario.Reviewed> scenarios;
        final Map<UUID, ImpactAssessment.Reviewed> assessments;
        final List<PriceCeiling> ceilings;
        final List<PublishedTariff> tariffs;
        final Map<UUID, List<PaymentStop>> stops; // by organisation, the gravest first
        final Map<UUID, Long> budgets; // by organisation, in thousandths of a fen
        final Map<UUID, Versioned<PlanRow>> plans;
        final Map<UUID, Versioned<SubscriptionRow>> subscriptions;
        final Map<UUID, Versioned<AuthorisedUse>> uses; // by subscription
        final Map<UUID, AuthorisedUse> firstUses;
        final Map<UUID, Versioned<AccessFacts.StoredKey>> keys;
        final Map<UUID, ConsentIndex.Change> consents;

        State() {
            organisations = new LinkedHashMap<>();
            agreements = new LinkedHashMap<>();
            registrations = new LinkedHashMap<>();
            resources = new ArrayList<>();
            grants = new LinkedHashMap<>();
            authorisations = new LinkedHashMap<>();
            scenarios = new LinkedHashMap<>();
            assessments = new LinkedHashMap<>();
            ceilings = new ArrayList<>();
            tariffs = new ArrayList<>();
            stops = new LinkedHashMap<>();
            budgets = new LinkedHashMap<>();
            plans = new LinkedHashMap<>();
            subscriptions = new LinkedHashMap<>();
            uses = new LinkedHashMap<>();
            firstUses = new LinkedHashMap<>();
            keys = new LinkedHashMap<>();
            consents = new LinkedHashMap<>();
        }

        State(State from) {
            organisations = new LinkedHashMap<>(from.organisations);
            agreements = new LinkedHashMap<>(from.agreements);
            registrations = new LinkedHashMap<>(from.registrations);
            resources = new ArrayList<>(from.resources);
            grants = new LinkedHashMap<>(from.grants);
            authorisations = new LinkedHashMap<>(from.authorisations);
            scenarios = new LinkedHashMap<>(from.scenarios);
            assessments = new LinkedHashMap<>(from.assessments);
            ceilings = new ArrayList<>(from.ceilings);
            tariffs = new ArrayList<>(from.tariffs);
            stops = new LinkedHashMap<>(from.stops);
            budgets = new LinkedHashMap<>(from.budgets);
            plans = new LinkedHashMap<>(from.plans);
            subscriptions = new LinkedHashMap<>(from.subscriptions);
            uses = new LinkedHashMap<>(from.uses);
            firstUses = new LinkedHashMap<>(from.firstUses);
            keys = new LinkedHashMap<>(from.keys);
            consents = new LinkedHashMap<>(from.consents);
        }
    }

    private final Lie lie;
    private final List<Listener> listeners = new ArrayList<>();
    private State state = new State();
    private long transactions;

    public SimulatedAccessTables(Lie lie) {
        this.lie = lie;
    }

    /** What one transaction writes. Each method is one statement, announced as the triggers announce it. */
    public final class Writes {
        private final State next = new State(state);
        private final long number = transactions + 1;
        private final Set<String> announced = new LinkedHashSet<>();

        private Writes() {}

        public void organisation(UUID id, boolean suspended) {
            next.organisations.put(id, suspended);
            announced.add("organisation");
        }

        /** An agreement on these days, {@code [from, to)}. */
        public void agreement(UUID id, UUID organisationId, AgreementKind kind, LocalDate from, LocalDate to) {
            agreement(id, new AccessFacts.Agreed(organisationId, kind, AccessTable.Term.ofDays(from, to)));
        }

        void agreement(UUID id, AccessFacts.Agreed agreed) {
            next.agreements.put(id, agreed);
            announced.add("agreement");
        }

        /** An agreement is terminated. */
        public void terminated(UUID agreementId) {
            next.agreements.remove(agreementId);
            announced.add("agreement");
        }

        public void registration(Registration registration) {
            next.registrations.put(registration.id(), registration);
            announced.add("registration");
        }

        /** A product's registration names a resource it is built from; {@code blockedBy} null: the law does not block it. */
        public void resource(UUID registrationId, String resource, String provider, @Nullable String blockedBy) {
            next.resources.add(new AccessFacts.Needed(
                    registrationId, new AccessTable.Resource(resource, provider, blockedBy, List.of())));
            announced.add("registration_resource");
        }

        /** Whether the law blocks a resource; null: it does not. */
        public void blocked(String resource, @Nullable String blockedBy) {
            next.resources.replaceAll(each -> each.resource().id().equals(resource)
                    ? new AccessFacts.Needed(each.registrationId(), new AccessTable.Resource(
                            resource, each.resource().provider(), blockedBy, each.resource().grants()))
                    : each);
            announced.add("data_resource");
        }

        public void grant(ProviderGrant grant) {
            next.grants.put(grant.id(), grant);
            announced.add("provider_grant");
        }

        public void authorisation(Authorisation.Reviewed authorisation) {
            next.authorisations.put(authorisation.authorisation().id(), authorisation);
            announced.add("authorisation");
        }

        public void scenario(Scenario.Reviewed scenario) {
            next.scenarios.put(scenario.scenario().id(), scenario);
            announced.add("scenario");
        }

        public void assessment(ImpactAssessment.Reviewed assessment) {
            next.assessments.put(assessment.assessment().id(), assessment);
            announced.add("impact_assessment");
        }

        public void ceiling(PriceCeiling ceiling) {
            next.ceilings.add(ceiling);
            announced.add("price_ceiling");
        }

        public void tariff(PublishedTariff tariff) {
            next.tariffs.add(tariff);
            announced.add("tariff");
        }

        /** Leaves these prices alone: what was in force before them is long over, and a long run is not to carry it along. */
        public void onlyPrices(PriceCeiling ceiling, PublishedTariff tariff) {
            next.ceilings.clear();
            next.tariffs.clear();
            ceiling(ceiling);
            tariff(tariff);
        }

        /**
         * Paid calls of a consumer are stopped.
         *
         * @param refusal the one they meet
         * @param until first moment they are not; null: until it is lifted
         */
        public void stop(UUID organisationId, Refusal refusal, @Nullable Instant until) {
            PaymentStop.Reason reason = Arrays.stream(PaymentStop.Reason.values())
                    .filter(each -> each.refusal() == refusal)
                    .findFirst()
                    .orElseThrow();
            List<PaymentStop> all = new ArrayList<>(next.stops.getOrDefault(organisationId, List.of()));
            all.removeIf(each -> each.reason() == reason);
            all.add(new PaymentStop(reason, until));
            all.sort(Comparator.comparing(PaymentStop::reason));
            next.stops.put(organisationId, all);
            announced.add("payment_stop");
        }

        /** Every stop of a consumer is lifted. */
        public void lifted(UUID organisationId) {
            next.stops.remove(organisationId);
            announced.add("payment_stop");
        }

        /** A consumer's hard budget of a month, in thousandths of a fen. */
        public void budget(UUID organisationId, long milliFen) {
            next.budgets.put(organisationId, milliFen);
            announced.add("consumer_account");
        }

        public void plan(PlanRow plan) {
            next.plans.put(plan.id(), new Versioned<>(plan, number));
            announced.add("plan");
        }

        public void subscription(SubscriptionRow subscription) {
            next.subscriptions.put(subscription.id(), new Versioned<>(subscription, number));
            announced.add("subscription");
        }

        public void use(UUID subscriptionId, AuthorisedUse use) {
            next.uses.put(subscriptionId, new Versioned<>(use, number));
            next.firstUses.putIfAbsent(subscriptionId, use);
            announced.add("authorised_use");
        }

        /** A key as it is from now on. */
        public void key(UUID id, UUID subscriptionId, boolean sandbox, KeyHash hash, @Nullable Instant expiresAt,
                @Nullable Instant revokedAt) {
            next.keys.put(id, new Versioned<>(
                    new AccessFacts.StoredKey(id, subscriptionId, sandbox, hash, expiresAt, revokedAt), number));
            if (lie != Lie.KEEPS_KEYS_QUIET) {
                announced.add("api_key");
            }
        }

        /**
         * A consent as it is from now on; its version is this transaction.
         *
         * @param operations empty: every operation of the product
         */
        public void consent(UUID id, SubjectToken subject, UUID recipientId, UUID scenarioId, Purpose purpose,
                String product, Set<String> operations, Instant from, Instant to, boolean withdrawn) {
            next.consents.put(id, new ConsentIndex.Change(subject, new ConsentIndex.Entry(id, recipientId, scenarioId,
                    purpose, product, operations, from, to, number), withdrawn));
            announced.add("consent:" + id);
        }

        /** What will be announced. */
        List<String> announcements() {
            return List.copyOf(announced);
        }
    }

    /** Commits what {@code change} writes, and announces it. */
    public List<String> commit(Consumer<Writes> change) {
        Writes writes = new Writes();
        change.accept(writes);
        state = writes.next;
        transactions = writes.number;
        listeners.removeIf(listener -> !listener.process.alive());
        for (Listener listener : List.copyOf(listeners)) {
            listener.announce(writes.announcements());
        }
        return writes.announcements();
    }

    AccessFacts reachedBy(SimulatedProcess process) {
        return new Facts(process);
    }

    Announcements announcedTo(SimulatedProcess process, Carrier carrier) {
        return () -> {
            process.cross();
            if (process.meets(Fault.DATABASE_AWAY)) {
                throw new SQLException("connection refused");
            }
            Listener listener = new Listener(process, carrier);
            listeners.add(listener);
            process.cross();
            return listener;
        };
    }

    private final class Listener implements Announcements.Listening {
        private final SimulatedProcess process;
        private final Carrier carrier;
        private final ArrayDeque<String> arrived = new ArrayDeque<>();

        private Listener(SimulatedProcess process, Carrier carrier) {
            this.process = process;
            this.carrier = carrier;
        }

        private void announce(List<String> announcements) {
            if (!announcements.isEmpty()) {
                carrier.carry(() -> arrived.addAll(announcements));
            }
        }

        @Override
        public Announced await(Duration atMost) throws SQLException {
            process.cross();
            if (process.meets(Fault.DATABASE_AWAY)) {
                throw new SQLException("the connection was lost");
            }
            Announced announced = new Announced();
            arrived.forEach(announced::add);
            arrived.clear();
            return announced;
        }

        @Override
        public void cut() {
            listeners.remove(this);
        }

        @Override
        public void close() {
            listeners.remove(this);
        }
    }

    private final class Facts implements AccessFacts {
        private final SimulatedProcess process;

        private Facts(SimulatedProcess process) {
            this.process = process;
        }

        @Override
        public <T> T onSnapshot(Reading<T> reading) {
            try {
                process.cross();
                if (process.meets(Fault.DATABASE_AWAY)) {
                    throw new SQLException("connection refused");
                }
                T read = reading.of(new Picture(process, state));
                process.cross();
                return read;
            } catch (SQLException e) {
                throw new DatabaseException(e);
            }
        }
    }

    /** The tables as one transaction sees them, whatever is committed meanwhile. */
    private final class Picture implements AccessFacts.Snapshot {
        private final SimulatedProcess process;
        private final State seen;

        private Picture(SimulatedProcess process, State seen) {
            this.process = process;
            this.seen = seen;
        }

        private void ask() throws SQLException {
            process.cross();
            if (process.meets(Fault.DATABASE_AWAY)) {
                throw new SQLException("the connection was lost");
            }
        }

        @Override
        public AccessFacts.FewRows few() throws SQLException {
            ask();
            Set<UUID> suspended = new HashSet<>();
            seen.organisations.forEach((id, is) -> {
                if (is) {
                    suspended.add(id);
                }
            });
            return new AccessFacts.FewRows(
                    Set.copyOf(suspended),
                    List.copyOf(seen.agreements.values()),
                    List.copyOf(seen.registrations.values()),
                    resources(),
                    seen.grants.values().stream().filter(grant -> grant.withdrawnAt() == null).map(this::shown).toList(),
                    List.copyOf(seen.authorisations.values()),
                    List.copyOf(seen.scenarios.values()),
                    List.copyOf(seen.assessments.values()),
                    lie == Lie.HIDES_LATER_CEILINGS ? List.copyOf(seen.ceilings.subList(0, 1)) : List.copyOf(seen.ceilings),
                    List.copyOf(seen.tariffs),
                    stops(),
                    Map.copyOf(seen.budgets));
        }

        private List<AccessFacts.Needed> resources() {
            if (lie != Lie.HIDES_WHAT_THE_LAW_BLOCKS) {
                return List.copyOf(seen.resources);
            }
            return seen.resources.stream().map(each -> new AccessFacts.Needed(each.registrationId(), new AccessTable.Resource(
                    each.resource().id(), each.resource().provider(), null, each.resource().grants()))).toList();
        }

        private ProviderGrant shown(ProviderGrant grant) {
            return lie != Lie.WIDENS_GRANTS ? grant : new ProviderGrant(grant.id(), grant.resource(), grant.product(), Set.of("*"),
                    grant.startsAt(), grant.endsAt(), grant.suspendedAt(), null);
        }

        private Map<UUID, List<PaymentStop>> stops() {
            if (lie == Lie.HIDES_STOPS) {
                return Map.of();
            }
            Map<UUID, List<PaymentStop>> stops = new HashMap<>(seen.stops);
            if (lie == Lie.SPREADS_STOPS && !stops.isEmpty()) {
                List<PaymentStop> any = seen.stops.values().iterator().next();
                seen.subscriptions.values().forEach(each -> stops.putIfAbsent(each.row().organisationId(), any));
            }
            return stops;
        }

        @Override
        public List<AccessFacts.Subscribed> subscriptions() throws SQLException {
            ask();
            List<AccessFacts.Subscribed> subscribed = new ArrayList<>();
            for (Versioned<SubscriptionRow> each : seen.subscriptions.values()) {
                SubscriptionRow row = each.row();
                Versioned<PlanRow> plan = seen.plans.get(row.planId());
                Versioned<AuthorisedUse> last = seen.uses.get(row.id());
                AuthorisedUse use = last == null ? null : lie == Lie.HIDES_AMENDED_USES ? seen.firstUses.get(row.id()) : last.row();
                if (plan != null) {
                    subscribed.add(new AccessFacts.Subscribed(row.id(), row.organisationId(), row.status(),
                            plan.row().product(), plan.row().code(), row.purpose(), use, plan.row().rate(),
                            plan.row().monthlyQuotaUnits()));
                }
            }
            return subscribed;
        }

        @Override
        public AccessFacts.Fingerprint subscriptionsFingerprint() throws SQLException {
            ask();
            return new AccessFacts.Fingerprint(
                    seen.subscriptions.size(), sum(seen.subscriptions) + sum(seen.uses) + sum(seen.plans));
        }

        @Override
        public List<AccessFacts.StoredKey> keys() throws SQLException {
            ask();
            return seen.keys.values().stream().map(Versioned::row).toList();
        }

        @Override
        public AccessFacts.Fingerprint keysFingerprint() throws SQLException {
            ask();
            return lie == Lie.HIDES_KEYS_FROM_THE_POLL
                    ? new AccessFacts.Fingerprint(0, 0)
                    : new AccessFacts.Fingerprint(seen.keys.size(), sum(seen.keys));
        }

        @Override
        public List<ConsentIndex.Change> consents() throws SQLException {
            ask();
            return seen.consents.values().stream().filter(consent -> !consent.withdrawn()).toList();
        }

        @Override
        public List<ConsentIndex.Change> consents(Set<UUID> ids) throws SQLException {
            if (ids.isEmpty()) {
                return List.of();
            }
            ask();
            return seen.consents.values().stream().filter(consent -> ids.contains(consent.entry().id())).toList();
        }

        @Override
        public AccessFacts.Fingerprint consentsFingerprint() throws SQLException {
            ask();
            List<ConsentIndex.Change> given = consents();
            return new AccessFacts.Fingerprint(
                    given.size(), given.stream().mapToLong(consent -> consent.entry().version()).sum());
        }

        private <V> long sum(Map<UUID, Versioned<V>> table) {
            return table.values().stream().mapToLong(Versioned::version).sum();
        }
    }
}
