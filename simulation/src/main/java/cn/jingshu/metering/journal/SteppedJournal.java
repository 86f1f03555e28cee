package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventBytes;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.simulation.SimulatedProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** A node's journal and shipper as they are, written and shipped only when a simulation says so. */
public final class SteppedJournal implements AutoCloseable {
    private static final ShipperSettings SHIPPER = new ShipperSettings(
            32, Duration.ZERO, 1, Duration.ZERO, Duration.ofMillis(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

    private final UsageJournal journal;
    private final Shipper shipper;

    private SteppedJournal(UsageJournal journal, Shipper shipper) {
        this.journal = journal;
        this.shipper = shipper;
    }

    public static SteppedJournal open(
            Path directory, JournalSettings settings, Clock clock, SimulatedEventTables tables, SimulatedProcess process)
            throws IOException {
        UsageJournal journal = UsageJournal.openUnattended(directory, settings, clock);
        return new SteppedJournal(
                journal,
                new Shipper(
                        tables.reachedBy(process), directory, journal, SHIPPER, clock, Shipper.StepWatch.NONE));
    }

    /** Ships the journal of another process, as {@link Shipper#ofDirectory} does. */
    public static void shipForeign(Path directory, Clock clock, SimulatedEventTables tables, SimulatedProcess process,
            Shipper.WhenAllIsStored whenAllIsStored) throws SQLException, IOException {
        new Shipper(tables.reachedBy(process), directory, null, SHIPPER, clock, Shipper.StepWatch.NONE, whenAllIsStored)
                .shipAvailable();
    }

    public CompletionStage<Void> append(UsageEvent event) {
        return journal.append(event);
    }

    /** One serving thread's way into the journal; {@code endOfRound} plans what it does after its round. */
    public JournalTurn turn(Executor endOfRound) {
        return new JournalTurn(journal, endOfRound);
    }

    /** Writes the group that waits, as the writing thread would. */
    public void write() {
        journal.writeWaiting();
    }

    public void ship() throws SQLException, IOException {
        shipper.shipAvailable();
    }

    /** Says what waits in the journal, as a node does several times a second. */
    public void look() throws SQLException, IOException {
        shipper.look();
    }

    /** Whether a node's own thread would have to wait before it looks. */
    public boolean isLooking() {
        return shipper.isLooking();
    }

    public String nodeId() {
        return journal.nodeId();
    }

    public OpenReport openReport() {
        return journal.openReport();
    }

    public JournalStats stats() {
        return journal.stats();
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }

    /**
     * Holds what a node said of what it has not shipped against its journal, event by event.
     *
     * @return what is wrong; empty: it is the truth, or counts nothing because the journal was shipped further since
     */
    public static Optional<String> findFalseLive(Path directory, SimulatedEventTables tables, String nodeId) throws IOException {
        Optional<SimulatedEventTables.Live> said = tables.findLive(nodeId);
        if (said.isEmpty()) {
            return Optional.empty();
        }
        SimulatedEventTables.Live live = said.get();
        HourTotals truth = new HourTotals();
        EventBatch batch = new EventBatch();
        for (String name : segments(directory)) {
            Frames frames = readFrames(directory, name, 0, 0);
            for (int place = 0; place < frames.events().size(); place++) {
                long sequence = frames.firstSequence() + place;
                if (sequence >= live.fromSequence() && sequence < live.nextSequence()) {
                    batch.clear();
                    batch.add(bytesOf(frames.events().get(place)));
                    truth.count(batch.at(0));
                }
            }
        }
        SimulatedEventTables.Live inJournal = SimulatedEventTables.Live.of(
                new Unshipped(nodeId, live.fromSequence(), live.nextSequence(), Instant.EPOCH, truth));
        return inJournal.equals(live) ? Optional.empty() : Optional.of(nodeId + " said " + live + ", its journal " + inJournal);
    }

    private static ByteBuffer bytesOf(UsageEvent event) {
        ByteBuffer bytes = ByteBuffer.allocate(EventBytes.MOST_BYTES);
        EventBytes.write(event, bytes);
        return bytes.flip();
    }

    /**
     * The whole frames of a segment from a byte on.
     *
     * @param events in their order
     * @param firstSequence of the first of them
     * @param end where they end
     */
    public record Frames(List<UsageEvent> events, long firstSequence, long end) {}

    /** The segments' names, oldest first. */
    public static List<String> segments(Path directory) throws IOException {
        return Segment.list(directory).stream()
                .map(segment -> segment.path().getFileName().toString())
                .toList();
    }

    /**
     * Reads the whole frames of one segment.
     *
     * @param from where to begin; zero: at the first frame
     * @param sequence of the frame at {@code from}; of no meaning when that is zero
     */
    public static Frames readFrames(Path directory, String name, long from, long sequence) throws IOException {
        List<UsageEvent> events = new ArrayList<>();
        long first = from == 0 ? Long.parseLong(name.substring(0, name.indexOf('.'))) : sequence;
        try (FileChannel channel = FileChannel.open(directory.resolve(name), StandardOpenOption.READ)) {
            if (channel.size() < Segment.HEADER_BYTES) {
                return new Frames(events, first, 0);
            }
            FrameCursor cursor = new FrameCursor(
                    channel, from == 0 ? Segment.HEADER_BYTES : from, channel.size(), first);
            while (cursor.advance() == FrameCursor.Found.FRAME) {
                events.add(EventBytes.read(cursor.payload()));
            }
            return new Frames(events, first, cursor.offset());
        }
    }
}
