package cn.jingshu.metering.event;

import static cn.jingshu.metering.Events.KEY;
import static cn.jingshu.metering.Events.NOON;
import static cn.jingshu.metering.Events.SUBSCRIPTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a contract bills by, an event carries it exactly: seeded random quantities of each unit. */
final class UnitsPropertyTest {
    private static final long MOST = 1_000_000_000_000L;
    private static final long SEED = 20_261_123;

    private static UsageEvent event(String unit, long quantity, Outcome outcome, long answerBytes) {
        return new UsageEvent(
                new UUID(1, 2), NOON, "node-1", SUBSCRIPTION, KEY, "lending", "Estimate", "INDUSTRY", outcome, unit,
                quantity, outcome == Outcome.ANSWERED ? 200 : 404, 10, answerBytes, "r", false, "GRPC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CALL", "HIT", "ROW", "KILOBYTE", "MINUTE"})
    void everyQuantityOfEveryUnitSurvivesTheJournal(String unit) {
        Random random = new Random(SEED);
        for (int i = 0; i < 2_000; i++) {
            long quantity = i < 3 ? new long[] {0, 1, MOST}[i] : random.nextLong(MOST + 1);
            Outcome outcome = List.of(Outcome.values()).get(random.nextInt(Outcome.values().length));
            UsageEvent event = event(unit, quantity, outcome, random.nextLong(MOST + 1));
            ByteBuffer bytes = ByteBuffer.allocate(EventBytes.mostBytes(event));
            EventBytes.write(event, bytes);
            assertThat(EventBytes.read(bytes.flip())).as("seed %d, case %d", SEED, i).isEqualTo(event);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CALL", "HIT", "ROW", "KILOBYTE", "MINUTE"})
    void aQuantityBelowZeroOrBeyondAddingUpIsRefused(String unit) {
        Random random = new Random(SEED);
        for (int i = 0; i < 500; i++) {
            long below = -1 - random.nextLong(Long.MAX_VALUE);
            long above = MOST + 1 + random.nextLong(Long.MAX_VALUE - MOST - 1);
            assertThatThrownBy(() -> event(unit, below, Outcome.ANSWERED, 0)).hasMessageContaining("quantity is " + below);
            assertThatThrownBy(() -> event(unit, above, Outcome.ANSWERED, 0)).hasMessageContaining("quantity is " + above);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CALLS", "row", "MEGABYTE", "SECOND", "", " HIT"})
    void anotherUnitIsNone(String unit) {
        assertThatThrownBy(() -> event(unit, 1, Outcome.ANSWERED, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unit " + unit);
    }
}
