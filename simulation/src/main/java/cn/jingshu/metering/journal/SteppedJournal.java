package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventBytes;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.simulation.SimulatedProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    public static void shipForeign(Path directory, Clock clock, SimulatedEventTables tables, SimulatedProcess process)
            throws SQLException, IOException {
        new Shipper(tables.reachedBy(process), directory, null, SHIPPER, clock, Shipper.StepWatch.NONE)
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
