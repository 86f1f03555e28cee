package cn.jingshu.marketplace.source;

import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** What loads sources when they are due. The node starts and stops it. */
@Factory
final class SourceBeans {
    private static final Duration EVERY = Duration.ofSeconds(2);

    /** Each holds a connection while it loads. */
    private static final int MOST_AT_ONCE = 16;

    @Bean(preDestroy = "close")
    @Singleton
    SourceRuns sourceRuns(LoadSources sources, SourceOpenings openings, LoadTables tables, Loader loader, LoadHistory history,
            SourceSettings settings, UsageJournal journal,
            @Value("${jingshu.sources.at-once:3}") int atOnce) {
        if (atOnce < 1 || atOnce > MOST_AT_ONCE) {
            throw new IllegalArgumentException("jingshu.sources.at-once is from 1 to " + MOST_AT_ONCE + ", not " + atOnce);
        }
        return new SourceRuns(sources, openings, tables, loader, new FolderRun(sources.files(), loader, history, settings.copies()), journal.nodeId(),
                EVERY, atOnce, RandomGenerator.getDefault());
    }

    @Bean(preDestroy = "close")
    @Singleton
    SourceOpenings sourceOpenings(SourceSettings settings) {
        return new SourceOpenings(settings);
    }
}
