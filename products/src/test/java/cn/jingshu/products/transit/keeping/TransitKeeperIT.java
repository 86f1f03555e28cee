package cn.jingshu.products.transit.keeping;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SteppingClock;
import cn.jingshu.products.domain.DomainKeys;
import cn.jingshu.products.domain.LoadStore;
import cn.jingshu.products.domain.load.KeptArchives;
import cn.jingshu.products.domain.load.LoadHistory;
import cn.jingshu.products.domain.load.Loader;
import cn.jingshu.products.spi.Shortfall;
import cn.jingshu.products.transit.TransitProduct;
import cn.jingshu.products.transit.TransitSettings;
import cn.jingshu.products.transit.gtfs.GtfsZip;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node's timetable is judged by, on a data domain of its own. */
class TransitKeeperIT {
    @TempDir
    private Path folder;

    @Test
    void aTimetableThatRunsOutIsDegradedFromTheDayAfterItsLast() throws IOException {
        Path file = new GtfsZip().with("calendar.txt", """
                service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
                D,1,1,1,1,1,1,1,20260101,20261203
                """).with("calendar_dates.txt", "service_id,date,exception_type\nD,20261205,1\n").write(folder);
        SteppingClock clock = new SteppingClock(Instant.parse("2026-11-30T04:00:00Z"));
        TransitSettings settings = new TransitSettings(file.toString(), null, null, 1, Duration.ofSeconds(10), Duration.ofSeconds(90));
        AtomicInteger changes = new AtomicInteger();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            LoadStore store = new LoadStore(postgres.getPostgresDatabase(), DomainKeys.of(new byte[32]));
            LoadHistory history = new LoadHistory(store, clock);
            Timetables timetables = new Timetables(new KeptArchives(store), history, new Loader(store, history, clock, changes::incrementAndGet), Set::of);
            try (TransitProduct product = TransitProduct.start(settings, clock, timetables)) {
                TransitKeeper keeper = new TransitKeeper(product, settings, timetables, clock, "node test");
                keeper.step();
                assertThat(changes).as("it is a load").hasPositiveValue();
                assertThat(product.shortfalls()).isEmpty();
                clock.set(Instant.parse("2026-12-05T15:59:59Z"));
                keeper.step();
                assertThat(product.shortfalls()).as("its last day").isEmpty();
                clock.set(Instant.parse("2026-12-05T16:00:00Z"));
                keeper.step();
                List<Shortfall> shortfalls = product.shortfalls();
                assertThat(shortfalls).hasSize(1);
                assertThat(shortfalls.toString()).contains("run out");
            }
        }
    }
}
