package cn.jingshu.marketplace.usagepush;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.metering.usage.NodePosition;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PushPositionsIT {
    private static final List<NodePosition> JOURNALS = List.of(new NodePosition("node-a", 900), new NodePosition("node-b", 5));

    private final DemoMarket market = new DemoMarket();
    private final PushPositions one = new PushPositions(market.dataSource, "installation");
    private final PushPositions other = new PushPositions(market.dataSource, "installation");

    @Test
    void ofTwoNodesOneHasTheTurnUntilItGivesItBack() throws SQLException {
        try (PushPositions.Turn turn = one.tryTurn().orElseThrow()) {
            assertThat(turn.state().failures()).isZero();
            assertThat(other.tryTurn()).isEmpty();
            assertThat(new PushPositions(market.dataSource, "another sink").tryTurn()).hasValueSatisfying(PushPositions.Turn::close);
        }
        assertThat(other.tryTurn()).hasValueSatisfying(PushPositions.Turn::close);
    }

    @Test
    void aTurnWhoseConnectionIsLostGoesToTheNextAndSetsNothingBack() throws SQLException {
        try (PushPositions.Turn lost = one.tryTurn().orElseThrow()) {
            assertThat(lost.positionsIn(JOURNALS)).isEqualTo(Map.of("node-a", 1L, "node-b", 1L));
            MarketDatabase.execute(market.dataSource, """
                    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
                    """);
            try (PushPositions.Turn next = other.tryTurn().orElseThrow()) {
                assertThat(next.move("node-a", 1, 501)).isTrue();
                assertThat(next.move("node-a", 1, 301)).as("it had been moved meanwhile").isFalse();
                assertThat(next.positionsIn(JOURNALS)).containsEntry("node-a", 501L);
            }
        }
        assertThat(one.positions()).isEqualTo(Map.of("node-a", 501L, "node-b", 1L));
    }

    @Test
    void failuresAreCountedForAllNodesUntilADeliveryOrAResume() throws SQLException {
        try (PushPositions.Turn turn = one.tryTurn().orElseThrow()) {
            turn.failed("HTTP 500", Duration.ofMinutes(5));
            turn.failed("HTTP 503", Duration.ofMinutes(5));
            turn.gone("https://sink.example/");
        }
        PushPositions.State failing = other.findState().orElseThrow();
        assertThat(failing.failures()).isEqualTo(2);
        assertThat(failing.pause()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
        assertThat(failing.goneUrl()).isEqualTo("https://sink.example/");
        other.resume();
        assertThat(one.findState().orElseThrow().pause()).isZero();
        assertThat(one.findState().orElseThrow().goneUrl()).isNull();
        assertThat(one.findState().orElseThrow().failures()).isZero();
    }
}
