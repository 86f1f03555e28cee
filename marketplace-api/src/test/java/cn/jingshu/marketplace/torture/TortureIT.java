package cn.jingshu.marketplace.torture;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.runtime.NodeJava;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of what {@code docs/benchmarks/torture.sh} does for an hour, and that it finds what is wrong. */
class TortureIT {
    private static final List<Strike> FAULTS = List.of(Fault.REDIS_KILLED, Fault.POSTGRES_KILLED,
            Fault.NODE_KILLED_WITHOUT_POSTGRES, Fault.ONE_NODE_FROZEN, Fault.POSTGRES_STOPPED, Fault.REDIS_FROZEN);
    private static final long SEED = 20_261_129;

    @TempDir
    private Path folder;

    @Test
    void noCrashLosesDoublesOrOversellsAndEachSabotageIsCounted() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        int rounds = FAULTS.size() + Sabotage.values().length;
        try (Torture torture =
                Torture.open(new City.Plan(rounds, SEED, folder, NodeJava.usual(), false), out)) {
            for (Strike fault : FAULTS) {
                torture.round(fault);
            }
            torture.finish();
            assertThat(torture.verdict().isClean()).as(said.toString(StandardCharsets.UTF_8)).isTrue();
            assertThat(torture.verdict().toString()).matches("rounds=6 events=[0-9]{3,} lost=0 doubled=0 oversold=0");

            torture.round(Sabotage.COPY_EVENT);
            assertThat(torture.verdict().toString()).doesNotContain("doubled=0").contains("lost=0");
            torture.round(Sabotage.FORGET_LEASES);
            assertThat(torture.verdict().toString()).doesNotContain("oversold=0").contains("lost=0");
            torture.round(Sabotage.CUT_JOURNAL);
            assertThat(torture.verdict().toString()).doesNotContain("lost=0");
        }
    }
}
