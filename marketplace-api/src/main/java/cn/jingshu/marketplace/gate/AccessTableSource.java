package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.gate.AccessFacts.Agreed;
import cn.jingshu.marketplace.gate.AccessFacts.FewRows;
import cn.jingshu.marketplace.gate.AccessFacts.Fingerprint;
import cn.jingshu.marketplace.gate.AccessFacts.Needed;
import cn.jingshu.marketplace.gate.AccessFacts.Snapshot;
import cn.jingshu.marketplace.gate.AccessFacts.StoredKey;
import cn.jingshu.marketplace.gate.AccessFacts.Subscribed;
import cn.jingshu.marketplace.gate.AccessTable.Grant;
import cn.jingshu.marketplace.gate.AccessTable.KeyEntry;
import cn.jingshu.marketplace.gate.AccessTable.Mandate;
import cn.jingshu.marketplace.gate.AccessTable.Party;
import cn.jingshu.marketplace.gate.AccessTable.Product;
import cn.jingshu.marketplace.gate.AccessTable.Read;
import cn.jingshu.marketplace.gate.AccessTable.Resource;
import cn.jingshu.marketplace.gate.AccessTable.Term;
import cn.jingshu.marketplace.governance.Agreements.AgreementKind;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.scope.Authorisation;
import cn.jingshu.marketplace.scope.Authorisation.Extent;
import cn.jingshu.marketplace.scope.ImpactAssessment;
import cn.jingshu.marketplace.scope.Scenario;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the access table from PostgreSQL: whole, or only what was announced as changed. Keys, subscriptions and consents
 * are many, so each is kept with a fingerprint, by which a poll finds a change that was never announced without fetching
 * a row. To be used by one thread.
 */
final class AccessTableSource {
    private final AccessFacts facts;
    private final Supplier<Lineage> lineage;
    private final Clock clock;

    /** What was read last; null: nothing yet. */
    private @Nullable Picture last;

    AccessTableSource(AccessFacts facts, Supplier<Lineage> lineage, Clock clock) {
        this.facts = facts;
        this.lineage = lineage;
        this.clock = clock;
    }

    /** The facts that are few: read again whenever anything but a consent changes. */
    private record Few(Set<UUID> suspended, Map<String, Product> products, Map<UUID, Scenario.Reviewed> scenarios,
            Map<UUID, List<PaymentStop>> stops, Map<UUID, Long> budgets) {}

    private record Many<T>(List<T> rows, Fingerprint fingerprint) {}

    /** Everything read, in the pieces that are read again one by one. */
    private record Picture(Few few, Many<Subscribed> subscriptions, Many<StoredKey> keys, ConsentIndex consents,
            AccessTable table) {}

    /** Reads everything. */
    AccessTable read() {
        Instant readAt = clock.instant();
        return keep(facts.onSnapshot(stored -> whole(stored, readAt)));
    }

    /** Reads what was announced; everything, when nothing was read before. */
    AccessTable read(Announced announced) {
        Picture before = last;
        if (before == null) {
            return read();
        }
        Instant readAt = clock.instant();
        return keep(facts.onSnapshot(stored -> {
            ConsentIndex consents = announced.names("consent")
                    ? allConsents(stored)
                    : before.consents().with(stored.consents(announced.consents()));
            if (!announced.beyondConsents()) {
                AccessTable table = before.table();
                return new Picture(before.few(), before.subscriptions(), before.keys(), consents,
                        new AccessTable(table.keys(), table.products(), table.scenarios(), table.stops(), table.budgets(), consents, readAt));
            }
            boolean subscribed = announced.names("subscription") || announced.names("authorised_use")
                    || announced.names("plan");
            return assemble(stored, readAt, subscribed ? subscriptions(stored) : before.subscriptions(),
                    announced.names("api_key") ? keys(stored) : before.keys(), consents);
        }));
    }

    /** Reads what is few, and of the rest whatever is not as it was, announced or not. */
    AccessTable check() {
        Picture before = last;
        if (before == null) {
            return read();
        }
        Instant readAt = clock.instant();
        return keep(facts.onSnapshot(stored -> {
            boolean subscribed = !stored.subscriptionsFingerprint().equals(before.subscriptions().fingerprint());
            boolean keyed = !stored.keysFingerprint().equals(before.keys().fingerprint());
            boolean consented = !stored.consentsFingerprint()
                    .equals(new Fingerprint(before.consents().size(), before.consents().versions()));
            return assemble(stored, readAt, subscribed ? subscriptions(stored) : before.subscriptions(),
                    keyed ? keys(stored) : before.keys(), consented ? allConsents(stored) : before.consents());
        }));
    }

    private AccessTable keep(Picture picture) {
        last = picture;
        return picture.table();
    }

    private Picture whole(Snapshot stored, Instant readAt) throws SQLException {
        return assemble(stored, readAt, subscriptions(stored), keys(stored), allConsents(stored));
    }

    private Picture assemble(Snapshot stored, Instant readAt, Many<Subscribed> subscriptions, Many<StoredKey> keys,
            ConsentIndex consents) throws SQLException {
        Few few = few(stored.few());
        Picture before = last;
        if (before != null && isAsBefore(before, few, subscriptions, keys)) {
            return new Picture(few, subscriptions, keys, consents,
                    new AccessTable(before.table().keys(), few.products(), few.scenarios(), few.stops(), few.budgets(), consents, readAt));
        }
        Optional<Map<KeyHash, KeyEntry>> opened = opened(subscriptions, keys, few.suspended());
        if (opened.isEmpty()) {
            // A key of a subscription that was never announced: both are read again.
            Many<Subscribed> readAgain = subscriptions(stored);
            Many<StoredKey> keysAgain = keys(stored);
            Map<KeyHash, KeyEntry> all = opened(readAgain, keysAgain, few.suspended())
                    .orElseThrow(() -> new IllegalStateException("a key of a subscription that is not there"));
            return new Picture(few, readAgain, keysAgain, consents,
                    new AccessTable(all, few.products(), few.scenarios(), few.stops(), few.budgets(), consents, readAt));
        }
        return new Picture(few, subscriptions, keys, consents,
                new AccessTable(opened.get(), few.products(), few.scenarios(), few.stops(), few.budgets(), consents, readAt));
    }

    /** Whether the keys open what they did: then they stay the same objects, which the gate knows again. */
    @SuppressWarnings("ReferenceEquality") // what was not read again is the same object
    private static boolean isAsBefore(Picture before, Few few, Many<Subscribed> subscriptions, Many<StoredKey> keys) {
        return subscriptions == before.subscriptions() && keys == before.keys()
                && few.suspended().equals(before.few().suspended());
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

    private static Many<Subscribed> subscriptions(Snapshot stored) throws SQLException {
        Alike alike = new Alike();
        return new Many<>(stored.subscriptions().stream().map(each -> each.sharing(alike)).toList(),
                stored.subscriptionsFingerprint());
    }

    private static Many<StoredKey> keys(Snapshot stored) throws SQLException {
        return new Many<>(stored.keys(), stored.keysFingerprint());
    }

    private static ConsentIndex allConsents(Snapshot stored) throws SQLException {
        return ConsentIndex.EMPTY.with(stored.consents());
    }

    private Few few(FewRows rows) {
        Map<UUID, Scenario.Reviewed> scenarios = rows.scenarios().stream()
                .collect(Collectors.toMap(each -> each.scenario().id(), each -> each));
        return new Few(rows.suspended(), products(rows), scenarios, rows.stops(), rows.budgets());
    }

    private Map<String, Product> products(FewRows rows) {
        Map<UUID, List<Resource>> resources = rows.resources().stream()
                .collect(Collectors.groupingBy(Needed::registrationId,
                        Collectors.mapping(Needed::resource, Collectors.toList())));
        Map<String, List<PriceCeiling>> ceilings =
                rows.ceilings().stream().collect(Collectors.groupingBy(PriceCeiling::product));
        Map<String, List<PublishedTariff>> tariffs =
                rows.tariffs().stream().collect(Collectors.groupingBy(PublishedTariff::product));
        Map<String, List<ImpactAssessment.Reviewed>> assessed = rows.assessments().stream()
                .collect(Collectors.groupingBy(each -> each.assessment().product()));
        Map<String, Product> products = new HashMap<>();
        for (Registration r : rows.registrations()) {
            List<Resource> built = resources.getOrDefault(r.id(), List.of()).stream()
                    .map(needed -> withGrants(needed, r.product(), rows.grants()))
                    .toList();
            // In version order, so the newest version remains; one that is not approved yet takes no older one's place.
            if (r.approvedAt() == null && products.containsKey(r.product())) {
                continue;
            }
            products.put(r.product(), new Product(r,
                    party(r.operatorId(), AgreementKind.OPERATOR, rows.agreements(), rows.suspended()),
                    party(r.merchantId(), AgreementKind.MERCHANT, rows.agreements(), rows.suspended()),
                    mandates(r.operatorId(), built, rows.authorisations()), built, reads(r.product(), built),
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
            Term term = Term.ofDays(authorisation.startsOn(), authorisation.endsOn());
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
        lineage.get().of(product).forEach((operation, columns) -> reads.put(operation, columns.entrySet().stream()
                .map(each -> Read.of(byId.get(each.getKey()), each.getValue()))
                .filter(read -> !read.blocked())
                .toList()));
        return reads;
    }
}
