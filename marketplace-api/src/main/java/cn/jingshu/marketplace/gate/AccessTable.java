package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.KeyHash;
import cn.jingshu.marketplace.catalogue.ProviderGrants.ProviderGrant;
import cn.jingshu.marketplace.catalogue.Registration;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.subscription.AuthorisedUse;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.RateLimit;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything the gate needs to know, as PostgreSQL had it at one moment. It is never changed: a new picture replaces it.
 *
 * @param products by product code; of several registered versions the newest
 * @param readAt when it was read
 */
public record AccessTable(Map<KeyHash, KeyEntry> keys, Map<String, Product> products, Instant readAt) {
    public AccessTable {
        keys = Map.copyOf(keys);
        products = Map.copyOf(products);
    }

    /**
     * A key and what it opens.
     *
     * @param expiresAt null: when it is revoked
     * @param revokedAt null: not revoked
     * @param limitKey under which its calls are counted for the rate limit: one for all live keys of a subscription,
     *     another for its test keys
     */
    public record KeyEntry(UUID keyId, boolean sandbox, @Nullable Instant expiresAt, @Nullable Instant revokedAt,
            Grant grant, String limitKey) {}

    /**
     * A subscription with everything that may refuse its calls.
     *
     * @param organisationActive false: the consumer is suspended
     * @param product code of the product its plan is for
     * @param use what it is approved for; null: nothing is approved
     */
    public record Grant(UUID subscriptionId, UUID organisationId, boolean organisationActive,
            Subscription.Status status, String product, Purpose purpose, @Nullable AuthorisedUse use, RateLimit rate,
            long monthlyQuotaUnits) {}

    /** A product version, who stands behind it, what it is built from and what it costs. */
    public record Product(
            Registration registration, Party operator, Party merchant, List<Resource> resources, PriceList prices) {
        public Product {
            resources = List.copyOf(resources);
        }
    }

    /** An operator or a merchant with its agreements of that kind that were not terminated. */
    public record Party(boolean active, List<Term> agreements) {
        public Party {
            agreements = List.copyOf(agreements);
        }

        boolean bound(Instant moment) {
            return agreements.stream().anyMatch(term -> term.contains(moment));
        }
    }

    /** A stretch of time, {@code [from, to)}. */
    public record Term(Instant from, Instant to) {
        boolean contains(Instant moment) {
            return !moment.isBefore(from) && moment.isBefore(to);
        }
    }

    /** A resource a product is built from; {@code blockedBy} null: the law does not block it. */
    public record Resource(String id, @Nullable String blockedBy, List<ProviderGrant> grants) {
        public Resource {
            grants = List.copyOf(grants);
        }

        boolean granted(Instant moment) {
            return grants.stream().anyMatch(g -> g.suspendedAt() == null && !moment.isBefore(g.startsAt())
                    && moment.isBefore(g.endsAt()));
        }
    }
}
