package cn.jingshu.marketplace.runtime;

import cn.jingshu.metering.journal.FaultyDisk;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.UsageJournal;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;

/** Puts a {@link FaultyDisk} below the usage journal of a node that is started with {@link #PROPERTY}. */
@Factory
@Requires(property = FaultyJournal.PROPERTY)
public final class FaultyJournal {
    public static final String PROPERTY = "test.faulty-disk";

    @Singleton
    FaultyDisk faultyDisk() {
        return new FaultyDisk();
    }

    @Singleton
    @Replaces(value = UsageJournal.class, factory = NodeBeans.class)
    UsageJournal usageJournal(DataDirectory data,
            @Value("${jingshu.journal.durability}") JournalSettings.Durability durability, Clock clock, FaultyDisk disk)
            throws IOException {
        return disk.open(data.journal(), JournalSettings.of(durability), clock);
    }
}
