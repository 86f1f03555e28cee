package cn.jingshu.marketplace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.idempotency.Caller;
import cn.jingshu.marketplace.idempotency.Claim;
import cn.jingshu.marketplace.idempotency.IdempotencyKey;
import cn.jingshu.marketplace.idempotency.SimulatedCallTable;
import cn.jingshu.marketplace.idempotency.StoredCalls;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.metering.simulation.Fault;
import cn.jingshu.metering.simulation.SimulatedProcess;
import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A node takes a stream's key over from a life before and does not hear whether it did: the key does not stay with nobody. */
class LostTakeOverTest {
    private static final ByteString REQUEST = ByteString.copyFrom(new byte[32]);

    private final SimulatedCallTable table = new SimulatedCallTable(SimulatedCallTable.Lie.NONE, _ -> false, _ -> false);
    private final AtomicInteger answersToLose = new AtomicInteger();
    private final Caller caller = new Caller(UUID.randomUUID(), false);
    private final IdempotencyKey key = new IdempotencyKey("watched");

    private StoredCalls life() {
        SimulatedProcess process = new SimulatedProcess(_ -> {},
                fault -> fault == Fault.ANSWER_LOST && answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0);
        StoredCalls calls = table.storedCalls(process, new Pepper(new byte[32]), new SecureRandom(), "node-a", UUID.randomUUID(),
                Clock.systemUTC(), Duration.ofHours(24), Duration.ofMinutes(1));
        calls.beginLife();
        return calls;
    }

    private Claim claim(RetriedCalls calls) {
        return calls.claimStream(caller, key, REQUEST, UUID.randomUUID()).toCompletableFuture().join();
    }

    @Test
    void theNextRetryRunsItUnderItsEvent() {
        try (ExecutorService waiting = Executors.newSingleThreadExecutor()) {
            Claim.Ours dead = (Claim.Ours) claim(new RetriedCalls(life(), waiting));
            RetriedCalls next = new RetriedCalls(life(), waiting);
            answersToLose.set(1);
            assertThat(next.claimStream(caller, key, REQUEST, UUID.randomUUID())).failsWithin(Duration.ofSeconds(10))
                    .withThrowableOfType(ExecutionException.class).withCauseInstanceOf(DatabaseException.class);
            assertThat(claim(next)).as("what is undone comes first, on the same thread").isInstanceOfSatisfying(Claim.Ours.class, again -> {
                assertThat(again.eventId()).isEqualTo(dead.eventId());
                assertThat(again.takenOver()).isTrue();
            });
        }
    }
}
