package cn.jingshu.marketplace.source;

import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.data.connection.jdbc.advice.DelegatingDataSource;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;

/** What loads sources when they are due. The node starts and stops it. */
@Factory
final class SourceBeans {
    private static final Duration EVERY = Duration.ofSeconds(2);

    @Bean(preDestroy = "close")
    @Singleton
    SourceRuns sourceRuns(LoadSources sources, DataSource dataSource, SourceOpenings openings, LoadTables tables, Loader loader, UsageJournal journal) {
        return new SourceRuns(sources, new SourceTurns(DelegatingDataSource.unwrapDataSource(dataSource)), openings, tables, loader, journal.nodeId(),
                EVERY, RandomGenerator.getDefault());
    }

    @Bean(preDestroy = "close")
    @Singleton
    SourceOpenings sourceOpenings(SourceSettings settings) {
        return new SourceOpenings(settings);
    }
}
