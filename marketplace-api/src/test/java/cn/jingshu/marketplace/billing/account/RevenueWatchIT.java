package cn.jingshu.marketplace.billing.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.billing.RevenueGauge;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class RevenueWatchIT {
    private static final Clock NOVEMBER = Clock.fixed(Instant.parse("2026-11-23T04:00:00Z"), ZoneOffset.UTC);
    private static final Clock NEXT_YEAR = Clock.fixed(Instant.parse("2027-01-02T04:00:00Z"), ZoneOffset.UTC);

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static RunningNode node;

    @BeforeAll
    static void start() {
        node = RunningNode.start(data.resolve("node"), Clock.systemUTC(), Map.of());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** The node's own watch may have had its turn. */
    @BeforeEach
    void nobodyLookedYet() {
        run("UPDATE market.revenue_look SET looked_at = NULL, leased_until = NULL, year = NULL, portion = NULL");
    }

    private static RevenueWatch watch(Clock clock) {
        return new RevenueWatch(node.get(RevenueGauge.class), node.get(PermittedRevenues.class), node.get(Notifications.class),
                node.get(Database.class), clock);
    }

    private static void run(String sql) {
        node.get(Database.class).inTransaction(t -> t.change(sql));
    }

    /** Of several nodes one looks, and the others say what it found; who dies while looking is waited for, and not for ever. */
    @Test
    void oneNodeLooksAndTheOthersTakeOverWhatItFound() {
        RevenueWatch one = watch(NOVEMBER);
        RevenueWatch other = watch(NOVEMBER);
        assertThat(one.lookInTurn()).isTrue();
        assertThat(other.lookInTurn()).as("somebody looked just now").isFalse();
        assertThat(one.lookInTurn()).isFalse();
        assertThat(other.portionOfPermitted()).as("no permitted revenue of that year is signed").isEqualTo(-1);

        run("UPDATE market.revenue_look SET portion = 0.8125");
        assertThat(other.lookInTurn()).isFalse();
        assertThat(other.portionOfPermitted()).isEqualTo(0.8125);
        RevenueWatch later = watch(NEXT_YEAR);
        assertThat(later.lookInTurn()).isFalse();
        assertThat(later.portionOfPermitted()).as("it is of another year").isEqualTo(-1);

        run("UPDATE market.revenue_look SET looked_at = now() - interval '1 hour', leased_until = now() + interval '1 minute'");
        assertThat(other.lookInTurn()).as("another node is at it").isFalse();
        run("UPDATE market.revenue_look SET leased_until = now() - interval '1 second'");
        assertThat(other.lookInTurn()).as("that node died").isTrue();
        assertThat(one.lookInTurn()).isFalse();
    }

    /** A look that failed is no look: the next node has its turn at once. */
    @Test
    void aTurnWhoseLookFailedIsGivenBack() {
        RevenueWatch fails = watch(whenLooking(() -> {
            throw new IllegalStateException("no time");
        }));
        assertThatThrownBy(fails::lookInTurn).hasMessage("no time");
        assertThat(watch(NOVEMBER).lookInTurn()).isTrue();
    }

    /** Whoever comes back after its lease ran out leaves the turn to the one that has it now, whether its own look came to an end or not. */
    @Test
    void aTurnThatWasLostIsNotEndedNorGivenBack() {
        Runnable another = () -> run("UPDATE market.revenue_look SET turn = gen_random_uuid(), leased_until = now() + interval '5 minutes'");
        assertThat(watch(whenLooking(another)).lookInTurn()).isTrue();
        assertThat(watch(NOVEMBER).lookInTurn()).as("the other one is still at it").isFalse();
        List<String> unended = node.get(Database.class).inTransaction(t -> t.list("SELECT year FROM market.revenue_look WHERE looked_at IS NULL", _ -> "none"));
        assertThat(unended).as("no look of the one that has the turn has ended").containsExactly("none");

        nobodyLookedYet();
        assertThatThrownBy(watch(whenLooking(() -> {
            another.run();
            throw new IllegalStateException("no time");
        }))::lookInTurn).hasMessage("no time");
        assertThat(watch(NOVEMBER).lookInTurn()).as("the other one is still at it").isFalse();
    }

    /** A clock of November that does something once the turn is taken and the look begins. */
    private static Clock whenLooking(Runnable then) {
        AtomicInteger asked = new AtomicInteger();
        return new Clock() {
            @Override
            public Instant instant() {
                if (asked.incrementAndGet() == 2) {
                    then.run();
                }
                return NOVEMBER.instant();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }
}
