package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.limit.Limiter;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.limit.RateLimits;
import cn.jingshu.metering.quota.MonthlyQuota;
import cn.jingshu.metering.quota.QuotaDecision;
import cn.jingshu.metering.quota.Quotas;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.Contracts;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.data.connection.jdbc.advice.DelegatingDataSource;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The gate's surroundings, from the node's pool and its meters. The node starts {@link AccessRefresh} itself. */
@Factory
final class GateBeans {
    private static final Duration POLL_EVERY = Duration.ofSeconds(3);
    private static final Duration RETRY_AFTER = Duration.ofMillis(500);
    private static final Duration WRITE_ALERTS_EVERY = Duration.ofSeconds(1);

    @Singleton
    @Bean(preDestroy = "close")
    AccessRefresh accessRefresh(DataSource dataSource, Contracts contracts, Clock clock) {
        // The pool itself: a listening connection belongs to no transaction of the framework.
        return new AccessRefresh(DelegatingDataSource.unwrapDataSource(dataSource), new ServedLineage(contracts), POLL_EVERY,
                RETRY_AFTER, clock);
    }

    /** What the contracts served now read, made anew when others are served. Asked by the one thread that reads the facts. */
    private static final class ServedLineage implements Supplier<Lineage> {
        private final Contracts contracts;
        private List<Contract> of = List.of();
        private Lineage lineage = Lineage.of(List.of());

        private ServedLineage(Contracts contracts) {
            this.contracts = contracts;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the same list is the same picture
        public Lineage get() {
            List<Contract> served = contracts.list();
            if (served != of) {
                lineage = Lineage.of(served);
                of = served;
            }
            return lineage;
        }
    }

    @Singleton
    LatestAccess latestAccess(AccessRefresh refresh) {
        return refresh.latest();
    }

    @Singleton
    @Bean(preDestroy = "close")
    ScopeAlerts scopeAlerts(Database database, ScopeAlertRepository repository, Clock clock) {
        ScopeAlerts alerts = new ScopeAlerts(database, repository, clock, WRITE_ALERTS_EVERY);
        alerts.start();
        return alerts;
    }

    @Singleton
    Limits limits(RateLimits rateLimits) {
        return new NodeLimits(rateLimits);
    }

    private record NodeLimits(RateLimits rateLimits) implements Limits {
        @Override
        public CompletionStage<LimitDecision> take(String limitKey, RateLimit rate) {
            return rateLimits.take(limitKey, rate);
        }

        @Override
        public Limiter of(String limitKey, RateLimit rate) {
            return rateLimits.of(limitKey, rate);
        }
    }

    @Singleton
    QuotaSource quotaSource(Quotas quotas) {
        return new LeasedQuota(quotas);
    }

    private record LeasedQuota(Quotas quotas) implements QuotaSource {
        @Override
        public CompletionStage<QuotaDecision> take(
                UUID subscriptionId, YearMonth period, long limitUnits, long units) {
            return quotas.take(subscriptionId, period, limitUnits, units);
        }

        @Override
        public MonthlyQuota of(UUID subscriptionId, YearMonth period) {
            return quotas.of(subscriptionId, period);
        }

        @Override
        public void giveBack(UUID subscriptionId, YearMonth period, long units) {
            quotas.giveBack(subscriptionId, period, units);
        }

        @Override
        public void book(UUID subscriptionId, YearMonth period, long units) {
            quotas.book(subscriptionId, period, units);
        }
    }
}
