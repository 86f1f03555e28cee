package cn.jingshu.marketplace.keeping;

import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.products.domain.JdbcDataDomain;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Duration;

/** What removes what is kept beyond its time. The node starts and stops it. */
@Factory
final class KeepingBeans {
    /** A time ends with a day, or with minutes that no answer rests on: products ask for the end themselves. */
    private static final Duration EVERY = Duration.ofMinutes(10);

    @Bean(preDestroy = "close")
    @Singleton
    RetentionRounds retentionRounds(JdbcDataDomain domain, KeepingRules rules, UsageJournal journal) {
        return new RetentionRounds(domain, rules, journal.nodeId(), EVERY);
    }
}
