package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.log.Checkpoints;
import cn.jingshu.ledger.log.EntryLeaves;
import cn.jingshu.ledger.log.LeafSource;
import cn.jingshu.ledger.log.LogCheck;
import cn.jingshu.ledger.log.LogSequencer;
import cn.jingshu.ledger.log.SealedLog;
import cn.jingshu.ledger.seal.SealKeystore;
import cn.jingshu.marketplace.seal.Sealing;
import cn.jingshu.marketplace.seal.UsageLeaves;
import cn.jingshu.metering.usage.ShippedBatches;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/** The append-only log over books and meter: its order, its keys, its checks. */
@Factory
final class SealBeans {
    /** Entries before usage batches: the order is part of the log's form (docs/decisions/0029). */
    private static List<LeafSource> sources(DataSource dataSource, Journal journal, ShippedBatches batches) {
        return List.of(new EntryLeaves(NodeBeans.plain(dataSource), journal), new UsageLeaves(batches));
    }

    @Singleton
    ShippedBatches shippedBatches(DataSource dataSource) {
        return new ShippedBatches(NodeBeans.plain(dataSource));
    }

    @Singleton
    SealedLog sealedLog(DataSource dataSource) {
        return new SealedLog(NodeBeans.plain(dataSource));
    }

    @Singleton
    LogCheck logCheck(DataSource dataSource, Journal journal, ShippedBatches batches) {
        return new LogCheck(NodeBeans.plain(dataSource), sources(dataSource, journal, batches));
    }

    @Singleton
    @Bean(preDestroy = "close") // also where a start fails half-way; closing twice does nothing
    Sealing sealing(
            DataSource dataSource,
            Journal journal,
            ShippedBatches batches,
            SealedLog log,
            DataDirectory data,
            Clock clock,
            @Value("${jingshu.log.origin}") String origin,
            @Value("${jingshu.log.sm2}") boolean sm2,
            @Value("${jingshu.log.checkpoint-interval}") Duration every,
            @Value("${jingshu.log.keystore:}") String keystore,
            @Value("${jingshu.log.keystore-password:}") String password) {
        DataSource plain = NodeBeans.plain(dataSource);
        SealKeystore keys = SealKeystore.of(keystore.isBlank() ? data.logKeys() : Path.of(keystore),
                (password.isBlank() ? data.secret("log-keystore-password") : password).toCharArray());
        return new Sealing(new LogSequencer(plain, clock, sources(dataSource, journal, batches)),
                new Checkpoints(plain, clock, origin, keys), log, new Sealing.Settings(every, sm2), data.lastCheckpoint(), clock);
    }
}
