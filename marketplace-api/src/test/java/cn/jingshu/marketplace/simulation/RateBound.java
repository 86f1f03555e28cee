package cn.jingshu.marketplace.simulation;

import cn.jingshu.metering.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The bound that shared rate limits state, reckoned apart from them: all nodes together let through what one bucket gives,
 * and beyond it a tenth of its capacity; for each node that lost Redis or died its part of that tenth once more; for each
 * node that decides alone its share of the limit; and a whole bucket whenever Redis forgot.
 */
final class RateBound {
    /** A token is taken when the limit is asked, and counted here when it has answered. */
    private static final Duration DECIDED_WITHIN = Duration.ofMillis(100);

    /** Where the bucket of the bound stands; below zero: calls let through beyond it. */
    private static final class Account {
        final RateLimit limit;
        double tokens;
        Instant at;
        /** What losses since the bucket was last full allow beyond it. */
        double allowed;

        Account(RateLimit limit, Instant at) {
            this.limit = limit;
            this.tokens = limit.capacity();
            this.at = at;
        }

        double refill(Duration time) {
            return (double) limit.capacity() * time.toNanos() / limit.period().toNanos();
        }
    }

    private record Bucket(String key, RateLimit limit) {}

    private final int nodes;
    private final Map<Bucket, Account> accounts = new HashMap<>();
    private final Set<Integer> alone = new HashSet<>();

    RateBound(int nodes) {
        this.nodes = nodes;
    }

    private long share(RateLimit limit) {
        return Math.max(1, limit.capacity() / nodes);
    }

    private long untold(RateLimit limit) {
        return limit.capacity() / (10L * nodes);
    }

    private void passTo(Account account, Instant now) {
        Duration time = Duration.between(account.at, now);
        account.at = now;
        account.tokens += account.refill(time);
        account.allowed += (double) alone.size() * share(account.limit) * time.toNanos() / account.limit.period().toNanos();
        if (account.tokens >= account.limit.capacity()) {
            account.tokens = account.limit.capacity();
            account.allowed = alone.size() * share(account.limit);
        }
    }

    /** A node lost Redis: what it let through and had not told is never told, and its share is its own from now on. */
    void lost(int node, Instant now) {
        accounts.values().forEach(account -> {
            passTo(account, now);
            account.allowed += untold(account.limit) + share(account.limit);
        });
        alone.add(node);
    }

    /** A node shares again. */
    void found(int node, Instant now) {
        accounts.values().forEach(account -> passTo(account, now));
        alone.remove(node);
    }

    /** A node died. */
    void died(int node, Instant now) {
        accounts.values().forEach(account -> {
            passTo(account, now);
            account.allowed += untold(account.limit);
        });
        alone.remove(node);
    }

    /** Redis forgot, or came back with what it knew earlier. */
    void forgot(Instant now) {
        accounts.values().forEach(account -> {
            passTo(account, now);
            account.allowed += account.limit.capacity();
        });
    }

    /** Whether all nodes together may let one more call through. */
    boolean takes(String key, RateLimit limit, Instant now) {
        Account account = accounts.computeIfAbsent(new Bucket(key, limit), _ -> {
            Account fresh = new Account(limit, now);
            fresh.allowed = alone.size() * share(limit);
            return fresh;
        });
        passTo(account, now);
        account.tokens--;
        return account.tokens >= -(nodes * untold(limit) + account.allowed + account.refill(DECIDED_WITHIN));
    }
}
