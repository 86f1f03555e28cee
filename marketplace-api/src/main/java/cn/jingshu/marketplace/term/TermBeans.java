package cn.jingshu.marketplace.term;

import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.store.Database;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Duration;

/** What of the terms runs beside the requests. */
@Factory
final class TermBeans {
    /** A term ends with its day, so a few minutes matter to nobody. */
    private static final Duration EVERY = Duration.ofMinutes(10);

    @Bean(preDestroy = "close")
    @Singleton
    OverdueTerms overdueTerms(Database database, Deadlines deadlines, Notifications notifications) {
        return new OverdueTerms(database, deadlines::listOpen, notifications, EVERY);
    }
}
