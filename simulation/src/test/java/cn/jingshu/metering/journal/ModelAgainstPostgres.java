package cn.jingshu.metering.journal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.FrameBatch.Position;
import cn.jingshu.metering.simulation.SimulatedProcess;
import cn.jingshu.metering.usage.ShippedBatches;
import cn.jingshu.metering.usage.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/** The same shipments put to the model and to PostgreSQL, which must answer alike. */
public final class ModelAgainstPostgres {
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final Instant NOON = Instant.parse("2026-11-23T04:00:00Z");

    private final ShippingStore model;
    private final ShippingStore postgres;
    private final EventIds ids = new EventIds(Clock.fixed(NOON, ZoneOffset.UTC));
    private final SimulatedEventTables tables;
    private final Usage usage;
    private final ShippedBatches batches;
    private final Random random;
    private final List<UsageEvent> earlier = new ArrayList<>();
    private int repeated;

    public ModelAgainstPostgres(
            SimulatedEventTables tables, DataSource dataSource, SimulatedProcess process, Random random) {
        this.tables = tables;
        this.model = tables.reachedBy(process);
        this.postgres = new PostgresShippingStore(dataSource);
        this.usage = new Usage(dataSource);
        this.batches = new ShippedBatches(dataSource);
        this.random = random;
    }

    public int repeated() {
        return repeated;
    }

    /** Ships a batch of one of the nodes, or takes it back, in both; then both hold the same. */
    public void step(String where) throws SQLException, IOException {
        String nodeId = "node-" + random.nextInt(3);
        List<UsageEvent> events = new ArrayList<>();
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            boolean again = !earlier.isEmpty() && random.nextInt(20) == 0;
            events.add(again ? earlier.get(random.nextInt(earlier.size())) : newEvent(nodeId));
        }
        EventBatch batch = EventBatch.of(events);
        boolean commits = random.nextInt(5) > 0;
        try (ShippingStore.Shipment one = model.begin(nodeId);
                ShippingStore.Shipment other = postgres.begin(nodeId)) {
            assertThat(one.position()).as(where).isEqualTo(other.position());
            Optional<Set<Long>> stored = one.store(batch);
            assertThat(stored).as(where).isEqualTo(other.store(batch));
            HourTotals totals = new HourTotals();
            for (int place = 0; place < batch.size(); place++) {
                if (stored.isEmpty() || stored.get().contains(one.position().nextSequence() + place)) {
                    totals.count(batch.at(place));
                }
            }
            int known = stored.map(sequences -> events.size() - sequences.size()).orElse(0);
            Position next = new Position(
                    one.position().nextSequence() + events.size(), 1, random.nextInt(1_000), 300, random.nextInt());
            long first = one.position().nextSequence();
            String sha256 = batch.sha256(place -> stored.isEmpty() || stored.get().contains(first + place));
            for (ShippingStore.Shipment shipment : List.of(one, other)) {
                shipment.add(totals);
                shipment.move(next, known, events.getLast().occurredAt(), NOON, sha256, totals.monthSums());
                if (commits) {
                    shipment.commit();
                }
            }
            if (commits) {
                repeated += known;
                earlier.addAll(events);
            }
        }
        assertThat(batches.listAfter(Map.of(nodeId, 0L), 1_000_000)).as(where)
                .map(shipped -> new SimulatedEventTables.Batch(shipped.nodeId(), shipped.number(), shipped.firstSequence(),
                        shipped.nextSequence(), shipped.events(), shipped.contentSha256(), String.valueOf(shipped.sumsSha256())))
                .isEqualTo(tables.batches(nodeId).stream().map(ModelAgainstPostgres::withDigestOfSums).toList());
        assertThat(batches.listAltered(nodeId, 0, Long.MAX_VALUE)).as(where).isEmpty();
        assertThat(tables.mismatches()).as(where).isEmpty();
        assertThat(usage.listMismatches(NOVEMBER)).as(where).isEmpty();
        assertThat(usage.listNodeCounts().stream().mapToLong(count -> count.storedEvents()).sum())
                .as(where)
                .isEqualTo(tables.rows().size());
        assertThat(usage.listNodeCounts().stream().mapToLong(count -> count.repeatedFrames()).sum())
                .as(where)
                .isEqualTo(repeated);
    }

    private static SimulatedEventTables.Batch withDigestOfSums(SimulatedEventTables.Batch batch) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(batch.sums().getBytes(StandardCharsets.UTF_8));
            return new SimulatedEventTables.Batch(batch.nodeId(), batch.number(), batch.firstSequence(), batch.nextSequence(), batch.events(),
                    batch.contentSha256(), HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private UsageEvent newEvent(String nodeId) {
        Instant moment = NOON.minus(Duration.ofMinutes(random.nextInt(600)));
        boolean found = random.nextInt(4) > 0;
        return new UsageEvent(
                ids.next(),
                moment,
                nodeId,
                new UUID(5, random.nextInt(4)),
                new UUID(8, 8),
                "transit",
                "ListVehicles",
                "INDUSTRY",
                found ? Outcome.ANSWERED : Outcome.NOT_FOUND,
                "CALL",
                random.nextInt(4),
                found ? 200 : 404,
                1_234,
                202,
                "r",
                random.nextInt(10) == 0,
                "REST");
    }
}
