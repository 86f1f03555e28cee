package cn.jingshu.marketplace.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import cn.jingshu.marketplace.gate.SimulatedAccessTables;
import cn.jingshu.marketplace.idempotency.SimulatedCallTable;
import cn.jingshu.metering.limit.SimulatedRedis;
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
 * Calls are answered as the city decided, counted and billed once, and kept to their limits, whatever fails and whenever. The
 * normal run takes 300,000 steps; {@code -Djingshu.simulation.steps=} sets how many, {@code -Djingshu.simulation.seed=}
 * replays one seed.
 */
final class MarketSimulationTest {
    private static final long FIRST_SEED = 20_261_129;
    private static final int SEEDS = 12;
    private static final long STEPS = 300_000;

    private static final Logger JINGSHU = (Logger) LoggerFactory.getLogger("cn.jingshu");

    @BeforeAll
    static void beQuiet() {
        JINGSHU.setLevel(Level.OFF); // every fault would be a line
    }

    @AfterAll
    static void speakAgain() {
        JINGSHU.setLevel(null);
    }

    @Test
    void everyCallIsJudgedCountedAndBilledRightWhateverFails() {
        Long one = Long.getLong("jingshu.simulation.seed");
        long steps = Long.getLong("jingshu.simulation.steps", STEPS);
        long[] seeds = one != null ? new long[] {one} : LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS).toArray();
        Set<String> happened = new TreeSet<>();
        for (long seed : seeds) {
            happened.addAll(new MarketSimulation(seed, MarketSimulation.Lies.NONE)
                    .run(Math.ceilDiv(steps, seeds.length)).keySet());
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
                        "replayed",
                        "unchanged",
                        "unchanged since it was answered",
                        "a call that was paid is answered",
                        "KEY_REVOKED",
                        "KEY_EXPIRED",
                        "ORGANISATION_SUSPENDED",
                        "SUBSCRIPTION_NOT_ACTIVE",
                        "AGREEMENT_EXPIRED",
                        "AUTHORISATION_MISSING",
                        "PRODUCT_NOT_LIVE",
                        "GRANT_MISSING",
                        "COLUMN_NOT_GRANTED",
                        "BLOCKED_BY_LAW",
                        "OVER_SCOPE",
                        "SCENARIO_NOT_APPROVED",
                        "WRONG_SCENARIO",
                        "WRONG_PURPOSE",
                        "WRONG_DISTRICT",
                        "CONSENT_REQUIRED",
                        "IMPACT_ASSESSMENT_MISSING",
                        "NO_LAWFUL_PRICE",
                        "PAYMENT_OVERDUE",
                        "PREPAID_USED_UP",
                        "CREDIT_USED_UP",
                        "BUDGET_USED_UP",
                        "RATE_LIMITED",
                        "QUOTA_EXHAUSTED",
                        "METER_UNAVAILABLE",
                        "IDEMPOTENCY_IN_PROGRESS",
                        "IDEMPOTENCY_KEY_REUSED",
                        "IDEMPOTENCY_UNAVAILABLE",
                        "NODE_NOT_READY",
                        "NODE_OVERLOADED",
                        "an announcement is lost",
                        "the database goes away",
                        "the database is slow",
                        "a node decides limits alone",
                        "a node shares limits",
                        "redis comes back without what it knew",
                        "redis comes back with what it once knew",
                        "REDIS_SILENT",
                        "REDIS_ASKED_AGAIN",
                        "died in the middle",
                        "killed",
                        "power cut",
                        "started",
                        "torn tail cut",
                        "shipped by another process",
                        "a dead process went no further",
                        "settled",
                        "an answer does not fit the quota",
                        "free use is booked",
                        "money is taken",
                        "a budget cannot be asked",
                        "a budget is raised",
                        "a budget leaves too little",
                        "an answer does not fit the budget",
                        "a budget is settled",
                        "a stream is opened",
                        "an item is sent",
                        "a later minute of a stream",
                        "a stream ends",
                        "a stream ends with its right",
                        "a stream is not opened again",
                        "a caller goes",
                        "stream: BUDGET_USED_UP",
                        "stream: QUOTA_EXHAUSTED",
                        "stream: METER_UNAVAILABLE",
                        "stream: IDEMPOTENCY_IN_PROGRESS",
                        "rest without a start",
                        "rest");
    }

    @Test
    void aSeedReplaysStepByStep() {
        MarketSimulation first = new MarketSimulation(7, MarketSimulation.Lies.NONE);
        MarketSimulation again = new MarketSimulation(7, MarketSimulation.Lies.NONE);
        MarketSimulation other = new MarketSimulation(8, MarketSimulation.Lies.NONE);
        assertThat(first.run(6_000)).isEqualTo(again.run(6_000));
        assertThat(first.digest()).isEqualTo(again.digest());
        other.run(6_000);
        assertThat(first.digest()).isNotEqualTo(other.digest());
    }

    @ParameterizedTest
    @EnumSource(value = SimulatedAccessTables.Lie.class, mode = Mode.EXCLUDE, names = "NONE")
    void factsThatAreNotToldAreMissed(SimulatedAccessTables.Lie lie) {
        assertNoticed(MarketSimulation.Lies.of(lie));
    }

    @ParameterizedTest
    @EnumSource(value = SimulatedCallTable.Lie.class, mode = Mode.EXCLUDE, names = "NONE")
    void aTableOfCallsThatDoesNotKeepItsWordIsNoticed(SimulatedCallTable.Lie lie) {
        assertNoticed(MarketSimulation.Lies.of(lie));
    }

    @ParameterizedTest
    @EnumSource(value = SimulatedRedis.Lie.class, mode = Mode.EXCLUDE, names = "NONE")
    void aRedisThatDoesNotKeepItsWordIsNoticed(SimulatedRedis.Lie lie) {
        assertNoticed(MarketSimulation.Lies.of(lie));
    }

    @ParameterizedTest
    @EnumSource(value = SimulatedLeaseTables.Lie.class, mode = Mode.EXCLUDE, names = {"NONE", "SETTLES_TO_NOTHING"})
    void aTableOfBudgetsThatOversellsIsNoticed(SimulatedLeaseTables.Lie lie) {
        assertNoticed(MarketSimulation.Lies.ofBudgets(lie));
    }

    @ParameterizedTest
    @EnumSource(value = Mistake.class, mode = Mode.EXCLUDE, names = "NONE")
    void aNodeThatErrsIsNoticed(Mistake mistake) {
        assertNoticed(MarketSimulation.Lies.of(mistake));
    }

    /** Whatever lies or errs, one of a few seeds shows it. */
    private static void assertNoticed(MarketSimulation.Lies lies) {
        assertThatThrownBy(() -> {
                    for (long seed = FIRST_SEED; seed < FIRST_SEED + 2 * SEEDS; seed++) {
                        new MarketSimulation(seed, lies).run(30_000);
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Djingshu.simulation.seed=");
    }
}
