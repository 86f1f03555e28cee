package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.scope.ImpactAssessment;
import cn.jingshu.marketplace.scope.Scenario;
import cn.jingshu.marketplace.scope.Standing;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.limit.RateLimit;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything the gate needs to know, as PostgreSQL had it at one moment. It is never changed: a new picture replaces it.
 *
 * @param products by product code; of several registered versions the newest
 * @param scenarios by id, whatever was decided about them
 * @param stops by consumer why its paid calls are refused, the gravest first
 * @param budgets by consumer what its paid calls of a month may cost at most, in thousandths of a fen; one without a hard budget is not in it
 * @param readAt when it was read, or last found to be as PostgreSQL has it
 */
record AccessTable(Map<KeyHash, KeyEntry> keys, Map<String, Product> products, Map<UUID, Scenario.Reviewed> scenarios,
        Map<UUID, List<PaymentStop>> stops, Map<UUID, Long> budgets, ConsentIndex consents, Instant readAt) {
    AccessTable {
        stops = Map.copyOf(stops);
        budgets = Map.copyOf(budgets);
        keys = Map.copyOf(keys);
        products = Map.copyOf(products);
        scenarios = Map.copyOf(scenarios);
    }

    /** Why paid calls of a consumer are refused at a moment; null: they are not. */
    @Nullable Refusal stopOf(UUID organisationId, Instant moment) {
        List<PaymentStop> stopped = stops.get(organisationId);
        if (stopped != null) {
            for (PaymentStop stop : stopped) {
                if (stop.holds(moment)) {
                    return stop.reason().refusal();
                }
            }
        }
        return null;
    }

    /** The scenario a use is bound to; null: it is bound to none. */
    Scenario.@Nullable Reviewed scenarioOf(AuthorisedUse use) {
        UUID id = use.scenarioId();
        return id == null ? null : scenarios.get(id);
    }

    /**
     * A key and what it opens.
     *
     * @param expiresAt null: when it is revoked
     * @param revokedAt null: not revoked
     * @param limitKey under which its calls are counted for the rate limit: one for all live keys of a subscription,
     *     another for its test keys
     */
    record KeyEntry(UUID keyId, boolean sandbox, @Nullable Instant expiresAt, @Nullable Instant revokedAt, Grant grant,
            String limitKey) {}

    /**
     * A subscription with everything that may refuse its calls.
     *
     * @param organisationActive false: the consumer is suspended
     * @param product code of the product its plan is for
     * @param plan the plan's code, which prices may be for
     * @param use what it is approved for; null: nothing is approved
     */
    record Grant(UUID subscriptionId, UUID organisationId, boolean organisationActive, Subscription.Status status,
            String product, String plan, Purpose purpose, @Nullable AuthorisedUse use, RateLimit rate, long monthlyQuotaUnits) {}

    /**
     * A product version, who stands behind it, what it is built from and what it costs.
     *
     * @param mandates the operator's authorisations that may cover the product
     * @param reads by operation what it reads of the resources; an operation that reads none is not in it
     * @param assessments the impact assessments of the product
     */
    record Product(Registration registration, Party operator, Party merchant, List<Mandate> mandates,
            List<Resource> resources, Map<String, List<Read>> reads, List<ImpactAssessment.Reviewed> assessments,
            PriceList prices) {
        Product {
            mandates = List.copyOf(mandates);
            resources = List.copyOf(resources);
            reads = Map.copyOf(reads);
            assessments = List.copyOf(assessments);
        }

        /** Whether the operator is authorised to answer a call bound to this scenario; null: it is bound to none. */
        boolean authorised(@Nullable UUID scenarioId, Instant moment) {
            for (Mandate mandate : mandates) {
                if (mandate.covers(scenarioId, moment)) {
                    return true;
                }
            }
            return false;
        }

        boolean assessed(Purpose purpose, Instant moment) {
            return assessments.stream().anyMatch(each -> each.covers(purpose, moment));
        }
    }

    /** An operator or a merchant with its agreements of that kind that were not terminated. */
    record Party(boolean active, List<Term> agreements) {
        Party {
            agreements = List.copyOf(agreements);
        }

        boolean bound(Instant moment) {
            for (Term term : agreements) { // no stream: asked twice a call
                if (term.contains(moment)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A stretch of time, {@code [from, to)}. */
    record Term(Instant from, Instant to) {
        /** From the beginning of one day to the beginning of another, in the city's time. */
        static Term ofDays(LocalDate from, LocalDate to) {
            return new Term(from.atStartOfDay(BillingPeriod.ZONE).toInstant(), to.atStartOfDay(BillingPeriod.ZONE).toInstant());
        }

        boolean contains(Instant moment) {
            return !moment.isBefore(from) && moment.isBefore(to);
        }
    }

    /**
     * An authorisation of the operator that covers all resources of one product.
     *
     * @param scenarios the scenarios it is limited to; null: it is not limited to scenarios
     */
    record Mandate(Term term, Standing standing, @Nullable Set<UUID> scenarios) {
        boolean covers(@Nullable UUID scenarioId, Instant moment) {
            return term.contains(moment) && standing.inForceAt(moment)
                    && (scenarios == null || (scenarioId != null && scenarios.contains(scenarioId)));
        }
    }

    /** A resource a product is built from; {@code blockedBy} null: the law does not block it. */
    record Resource(String id, String provider, @Nullable String blockedBy, List<ProviderGrant> grants) {
        Resource {
            grants = List.copyOf(grants);
        }

        boolean granted(Instant moment) {
            for (ProviderGrant grant : grants) {
                if (grant.inForceAt(moment)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * What one operation reads of one resource.
     *
     * @param registered false: the product was registered without this resource
     * @param blocked true: the law forbids supplying it, so nobody could have granted it
     * @param covers which of the columns each grant lets be shown
     */
    record Read(boolean registered, boolean blocked, Set<String> columns, List<Cover> covers) {
        /** A grant and the columns of the operation it covers. */
        record Cover(ProviderGrant grant, Set<String> columns) {}

        static Read of(@Nullable Resource resource, Set<String> columns) {
            if (resource == null) {
                return new Read(false, false, Set.copyOf(columns), List.of());
            }
            return new Read(true, resource.blockedBy() != null, Set.copyOf(columns), resource.grants().stream()
                    .map(grant -> new Cover(grant, columns.stream().filter(grant::covers).collect(
                            Collectors.toUnmodifiableSet())))
                    .toList());
        }

        /** Whether the grants in force together cover every column. */
        boolean covered(Instant moment) {
            for (Cover cover : covers) {
                if (cover.columns().size() == columns.size() && cover.grant().inForceAt(moment)) {
                    return true; // the usual case: one grant covers it all
                }
            }
            Set<String> together = new HashSet<>();
            for (Cover cover : covers) {
                if (cover.grant().inForceAt(moment)) {
                    together.addAll(cover.columns());
                }
            }
            return together.size() == columns.size();
        }
    }
}
