package cn.jingshu.marketplace.idempotency;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.journal.UsageJournal;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/** The stored calls of a node. The node begins their life, and starts {@link ExpiredCalls}, itself. */
@Factory
final class IdempotencyBeans {
    /** Beyond the longest an answer may take: recording it and keeping it. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private static final Duration SWEEP_EVERY = Duration.ofMinutes(5);

    @Singleton
    StoredCalls storedCalls(
            Database database,
            Pepper pepper,
            UsageJournal journal,
            Clock clock,
            @Value("${jingshu.limits.idempotency-life}") Duration life,
            @Value("${jingshu.limits.answer-timeout}") Duration answerTimeout) {
        return new StoredCalls(new PostgresCallStore(database), new AnswerSeal(pepper, new SecureRandom()),
                new NodeLife(journal.nodeId(), UUID.randomUUID()), clock, life, answerTimeout.plus(MARGIN));
    }

    @Singleton
    @Bean(preDestroy = "close")
    ExpiredCalls expiredCalls(StoredCalls calls) {
        return new ExpiredCalls(calls, SWEEP_EVERY);
    }
}
