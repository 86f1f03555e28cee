package cn.jingshu.marketplace.source;

import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import cn.jingshu.products.kind.upstream.AddressGuard;
import cn.jingshu.products.kind.upstream.GuardedPages;
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

    @Singleton
    SourceOpenings sourceOpenings(SourceSettings settings) {
        AddressGuard guard = AddressGuard.of(settings.hosts(), settings.innerHosts());
        return new SourceOpenings(guard, new GuardedPages(guard), new SourceSecrets(settings.secrets()));
    }
}
