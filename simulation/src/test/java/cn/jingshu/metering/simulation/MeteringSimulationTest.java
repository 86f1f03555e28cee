package cn.jingshu.metering.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import cn.jingshu.metering.journal.SimulatedEventTables;
import cn.jingshu.metering.quota.SimulatedLeaseTables;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.slf4j.LoggerFactory;

/**
 * Nothing is lost, doubled or sold above its quota, whatever fails and whenever. The normal run takes 120,000 steps;
 * {@code -Djingshu.simulation.steps=} sets how many, {@code -Djingshu.simulation.seed=} replays one seed.
 */
final class MeteringSimulationTest {
    private static final long FIRST_SEED = 20_261_123;
    private static final int SEEDS = 6;
    private static final long STEPS = 120_000;

    private static final Logger METERING = (Logger) LoggerFactory.getLogger("cn.jingshu.metering");

    @BeforeAll
    static void beQuiet() {
        METERING.setLevel(Level.OFF); // every fault would be a line
    }

    @AfterAll
    static void speakAgain() {
        METERING.setLevel(null);
    }

    @Test
    void nothingIsLostDoubledOrOversoldWhateverFails() {
        Long one = Long.getLong("jingshu.simulation.seed");
        long steps = Long.getLong("jingshu.simulation.steps", STEPS);
        long[] seeds = one != null ? new long[] {one} : LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS).toArray();
        Set<String> happened = new TreeSet<>();
        for (long seed : seeds) {
            happened.addAll(new Simulation(seed, Simulation.Lies.NONE).run(Math.ceilDiv(steps, seeds.length)).counts.keySet());
        }
        if (one == null) {
            assertEverythingHappened(happened);
        }
    }

    /** Seeds under which a fault never struck would not have shown that it does no harm. */
    private static void assertEverythingHappened(Set<String> happened) {
        assertThat(happened)
                .contains(
                        "answered",
                        "killed",
                        "power cut",
                        "stopped",
                        "started",
                        "torn tail cut",
                        "recorded, not answered",
                        "not recorded, not answered",
                        "refused",
                        "appended twice",
                        "shipping failed",
                        "unshipped usage shown",
                        "shipped while a look waits for its answer",
                        "looking failed",
                        "shipped by another process",
                        "quota exhausted",
                        "quota unavailable",
                        "a quota is raised",
                        "quota used to its end",
                        "a dead process went no further",
                        "free use goes on unasked",
                        "free use is booked",
                        "settled by another process",
                        "the rest of an answer is taken",
                        "an answer does not fit the quota",
                        "a budget is reckoned",
                        "a budget is raised",
                        "money is taken",
                        "budget used up",
                        "budget unavailable",
                        "the rest of an answer is paid",
                        "an answer does not fit the budget",
                        "budget spent to its end",
                        "rest without a start",
                        "rest");
    }

    @Test
    void aSeedReplaysStepByStep() {
        Simulation first = new Simulation(7, Simulation.Lies.NONE);
        Simulation again = new Simulation(7, Simulation.Lies.NONE);
        Simulation other = new Simulation(8, Simulation.Lies.NONE);
        assertThat(first.run(5_000).counts).isEqualTo(again.run(5_000).counts);
        assertThat(first.digest()).isEqualTo(again.digest());
        other.run(5_000);
        assertThat(first.digest()).isNotEqualTo(other.digest());
    }

    @ParameterizedTest
    @EnumSource(value = SimulatedEventTables.Lie.class, mode = Mode.EXCLUDE, names = "NONE")
    void aDatabaseThatDoesNotKeepItsWordIsNoticed(SimulatedEventTables.Lie lie) {
        assertNoticed(new Simulation.Lies(SimulatedDisk.Lie.NONE, lie, SimulatedLeaseTables.Lie.NONE));
    }

    @ParameterizedTest
    @EnumSource(value = SimulatedLeaseTables.Lie.class, mode = Mode.EXCLUDE, names = "NONE")
    void aDatabaseThatOversellsIsNoticed(SimulatedLeaseTables.Lie lie) {
        assertNoticed(new Simulation.Lies(SimulatedDisk.Lie.NONE, SimulatedEventTables.Lie.NONE, lie));
    }

    @ParameterizedTest
    @EnumSource(value = SimulatedDisk.Lie.class, mode = Mode.EXCLUDE, names = "NONE")
    void aDiskThatForgetsIsNoticed(SimulatedDisk.Lie lie) {
        assertNoticed(new Simulation.Lies(lie, SimulatedEventTables.Lie.NONE, SimulatedLeaseTables.Lie.NONE));
    }

    /** Whatever lies, one of a few seeds shows it. */
    private static void assertNoticed(Simulation.Lies lies) {
        assertThatThrownBy(() -> {
                    for (long seed = FIRST_SEED; seed < FIRST_SEED + 12; seed++) {
                        new Simulation(seed, lies).run(20_000);
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Djingshu.simulation.seed=");
    }
}
