package cn.jingshu.marketplace.catalogue;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Duration;

/** What of the catalogue runs beside the requests. */
@Factory
final class CatalogueBeans {
    /** A batch applies from the first minute of its day. */
    private static final Duration EVERY = Duration.ofSeconds(30);

    @Bean(preDestroy = "close")
    @Singleton
    DueBatches dueBatches(CatalogueBatches batches) {
        return new DueBatches(batches, EVERY);
    }
}
