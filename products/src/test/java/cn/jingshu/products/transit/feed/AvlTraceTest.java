package cn.jingshu.products.transit.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.SteppingClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvlTraceTest {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    @TempDir
    Path folder;

    private AvlTrace trace(String text) throws IOException {
        return AvlTrace.read(Files.writeString(folder.resolve("trace.csv"), text), ZONE);
    }

    @Test
    void theTraceOfWashingtonNamesItsBlock() {
        AvlTrace trace = AvlTrace.read(SharedData.file("bus/wmata-S2/avl_S2_2113.csv"), ZoneId.of("America/New_York"));
        assertThat(trace.observations()).hasSize(72).allSatisfy(each -> assertThat(each.blockId()).isEqualTo("NS-26"));
        assertThat(trace.observations().getFirst().observedAt()).isEqualTo("2016-04-29T12:23:52Z");
    }

    @Test
    void theTraceOfChangshaShowsNoPlate() {
        AvlTrace trace = AvlTrace.read(SharedData.file("bus/changsha-line6/positions.csv"), ZONE);
        assertThat(trace.observations()).hasSize(135).allSatisfy(each -> {
            assertThat(each.routeId()).isEqualTo("6路");
            assertThat(each.vehicleId()).isEqualTo("V1");
        });
        assertThat(trace.observations().getFirst().observedAt()).isEqualTo(Instant.ofEpochMilli(1_553_011_210_462L));
    }

    @Test
    void pointsAreHandedOnWhenTheReplaysClockReachesThem() throws IOException {
        AvlTrace trace = trace(
                """
                vehicleId,time,latitude,longitude,assignmentId,assignmentType
                7,2026-11-23 08:01:00,31.01,112.2,R1,ROUTE_ID
                7,2026-11-23 08:00:00,31.00,112.2,R1,ROUTE_ID
                7,2026-11-23 08:00:30,0,0,R1,ROUTE_ID
                """);
        SteppingClock real = new SteppingClock(Instant.parse("2030-01-01T00:00:00Z"));
        ReplayClock clock = new ReplayClock(real, trace.observations().getFirst().observedAt(), 10);
        FeedCounts counts = new FeedCounts(clock);
        List<Observation> played = new ArrayList<>();
        ReplayIntake intake =
                new ReplayIntake(trace, clock, counts, content -> played.addAll(content.observations()));
        assertThat(intake.step()).as("a minute of the trace at tenfold speed").isEqualTo(6_000);
        assertThat(played).hasSize(1);
        real.set(real.instant().plus(Duration.ofSeconds(6)));
        assertThat(intake.step()).isEqualTo(-1);
        assertThat(played).hasSize(2);
        assertThat(clock.instant()).isEqualTo("2026-11-23T00:01:00Z");
        assertThat(counts.health().absurd()).isEqualTo(1);
    }

    @Test
    void aTraceThatCannotBeReadIsRefusedByName() throws IOException {
        assertThatThrownBy(() -> AvlTrace.read(folder.resolve("none.csv"), ZONE)).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> trace("vehicleId,time\n1,2\n")).hasMessageContaining("lacks the columns latitude, longitude");
        assertThatThrownBy(() -> trace("vehicleId,time,latitude,longitude\n1,noon,31,112\n"))
                .hasMessageContaining("trace.csv line 2");
        assertThatThrownBy(() -> trace("")).hasMessageContaining("no position");
        SteppingClock clock = new SteppingClock(Instant.EPOCH);
        assertThatThrownBy(() -> new ReplayClock(clock, Instant.EPOCH, 0)).hasMessageContaining("above zero");
    }
}
