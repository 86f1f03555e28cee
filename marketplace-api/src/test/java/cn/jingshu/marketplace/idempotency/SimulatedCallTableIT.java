package cn.jingshu.marketplace.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.simulation.SimulatedProcess;
import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The simulated table of calls answers as PostgreSQL does: the same calls claimed, answered and given up in both. */
final class SimulatedCallTableIT {
    private static final long SEED = 20_261_129;
    private static final int STEPS = 600;
    private static final int NODES = 3;
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final Duration ABANDONED = Duration.ofSeconds(40);

    private enum Outcome {
        CLAIMED,
        TAKEN_OVER,
        RUNNING,
        ANSWERED,
        OTHER_REQUEST,
        FORGOTTEN
    }

    private final DemoMarket market = new DemoMarket();
    private final SimulatedCallTable table = new SimulatedCallTable(SimulatedCallTable.Lie.NONE);
    private final Random random = new Random(SEED);
    private final List<StoredCalls> real = new ArrayList<>();
    private final List<StoredCalls> simulated = new ArrayList<>();

    /** Runs that have not ended, by the key they run. */
    private final Map<IdempotencyKey, Map<Claim.Ours, Integer>> runs = new HashMap<>();

    private final Caller caller = new Caller(DemoMarket.subscription("BANK", "echo-paid"), false);

    private void begin(int node) {
        NodeLife life = new NodeLife("node-" + node, new UUID(1, random.nextLong()));
        real.set(node, calls(new PostgresCallStore(market.database), life));
        simulated.set(node, calls(table.reachedBy(SimulatedProcess.observer()), life));
        real.get(node).beginLife();
        simulated.get(node).beginLife();
    }

    private StoredCalls calls(CallStore store, NodeLife life) {
        return new StoredCalls(store, new AnswerSeal(market.pepper, new SecureRandom()), life, market.clock, LIFE, ABANDONED);
    }

    @Test
    void theModelAnswersAsPostgresDoes() {
        MeteringSchema.migrate(market.dataSource); // in which nothing is recorded, as beside the model
        for (int node = 0; node < NODES; node++) {
            real.add(calls(new PostgresCallStore(market.database), new NodeLife("none", new UUID(0, node))));
            simulated.add(calls(table.reachedBy(SimulatedProcess.observer()), new NodeLife("none", new UUID(0, node))));
            begin(node);
        }
        Set<Outcome> seen = EnumSet.noneOf(Outcome.class);
        for (int i = 0; i < STEPS; i++) {
            String where = "seed " + SEED + ", step " + i;
            int node = random.nextInt(NODES);
            IdempotencyKey key = new IdempotencyKey("key-" + random.nextInt(6));
            switch (random.nextInt(12)) {
                case 0 -> begin(node);
                case 1 -> market.turnClockBy(Duration.ofSeconds(random.nextInt(60)));
                case 2 -> {
                    if (random.nextInt(6) == 0) {
                        market.turnClockBy(LIFE);
                    }
                    int forgotten = real.get(node).forgetExpired();
                    assertThat(simulated.get(node).forgetExpired()).as(where).isEqualTo(forgotten);
                    if (forgotten > 0) {
                        seen.add(Outcome.FORGOTTEN);
                    }
                }
                case 3, 4, 5 -> end(key);
                default -> seen.add(claim(where, node, key));
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(Outcome.values());
    }

    private Outcome claim(String where, int node, IdempotencyKey key) {
        ByteString request = ByteString.copyFrom(new byte[32]).substring(1).concat(
                ByteString.copyFrom(new byte[] {(byte) (random.nextInt(5) / 4)}));
        UUID eventId = new UUID(2, random.nextLong());
        boolean stream = random.nextInt(3) == 0;
        Claim claim = claim(real.get(node), key, request, eventId, stream);
        assertThat(claim(simulated.get(node), key, request, eventId, stream)).as(where).isEqualTo(claim);
        return switch (claim) {
            case Claim.Ours ours -> {
                runs.computeIfAbsent(key, _ -> new HashMap<>()).put(ours, node);
                yield ours.takenOver() ? Outcome.TAKEN_OVER : Outcome.CLAIMED;
            }
            case Claim.Answered _ -> Outcome.ANSWERED;
            case Claim.Running _ -> Outcome.RUNNING;
            case Claim.OtherRequest() -> Outcome.OTHER_REQUEST;
        };
    }

    private Claim claim(StoredCalls calls, IdempotencyKey key, ByteString request, UUID eventId, boolean stream) {
        return stream ? calls.claimStream(caller, key, request, eventId, calls.now()) : calls.claim(caller, key, request, eventId);
    }

    /** A run of this key ends, however late: it is answered, given up, let go, undone or, as a stream, ended or moved. */
    private void end(IdempotencyKey key) {
        Map<Claim.Ours, Integer> open = runs.getOrDefault(key, Map.of());
        if (open.isEmpty()) {
            return;
        }
        Map.Entry<Claim.Ours, Integer> run =
                open.entrySet().stream().skip(random.nextInt(open.size())).findFirst().orElseThrow();
        Claim.Ours ours = run.getKey();
        int node = run.getValue();
        int how = random.nextInt(6);
        for (StoredCalls calls : List.of(real.get(node), simulated.get(node))) {
            switch (how) {
                case 0 -> calls.answered(caller, key, ours, ByteString.copyFromUtf8("answer of " + ours.eventId()));
                case 1 -> calls.giveUp(caller, key, ours);
                case 2 -> calls.ended(caller, key, ours);
                case 3 -> calls.move(caller, key, ours);
                case 4 -> calls.forgetClaim(caller, key, ours.takenOver() ? new UUID(3, 0) : ours.eventId(), ours.claimedAt());
                default -> calls.letGo(caller, key, ours);
            }
        }
        if (random.nextBoolean()) {
            open.remove(ours);
        }
    }
}
