package cn.jingshu.marketplace.drift;

import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.products.contract.Contracts;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** What watches models. The node starts and stops it, before the database goes. */
@Factory
final class DriftBeans {
    private static final Duration STORED_EVERY = Duration.ofMinutes(1);

    @Singleton
    DriftWatch driftWatch(Database database, DriftBook book, Contracts contracts, Notifications notifications, UsageJournal journal, Clock clock) {
        return new DriftWatch(database, book, contracts, notifications, journal.nodeId(), clock, STORED_EVERY);
    }
}
