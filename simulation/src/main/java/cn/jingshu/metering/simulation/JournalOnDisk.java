package cn.jingshu.metering.simulation;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.SteppedJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What the journal of a simulated node holds now, read from its disk past the node; only what is new is read. */
public final class JournalOnDisk {
    /** What is known of one segment file: its events up to a byte. */
    private record Known(SimulatedDisk.DiskFile file, int rewrites, long end, long nextSequence, List<UUID> ids) {
        static Known beginning(SimulatedDisk.DiskFile file) {
            return new Known(file, file.rewrites(), 0, 0, new ArrayList<>());
        }

        /** Whether the file holds what was read, and perhaps more. */
        boolean describes(SimulatedDisk.DiskFile now) {
            return file.equals(now) && rewrites == now.rewrites();
        }
    }

    private final SimulatedDisk disk;
    private final Path observed;
    private long seenVersion = -1;
    private Map<String, Known> segments = new HashMap<>();
    private Set<UUID> recorded = new HashSet<>();
    private final List<UsageEvent> newlyRecorded = new ArrayList<>();

    public JournalOnDisk(SimulatedDisk disk) {
        this.disk = disk;
        this.observed = disk.seenBy(SimulatedProcess.observer());
    }

    /** Whether the disk has changed since it was last read. */
    public boolean changed() {
        return disk.version() != seenVersion;
    }

    /** The events now in the journal. */
    public Set<UUID> recorded() {
        if (changed()) {
            try {
                look();
            } catch (IOException e) {
                throw new IllegalStateException("an observer met " + e, e);
            }
        }
        return recorded;
    }

    /** Events found since last asked. */
    public List<UsageEvent> newlyRecorded() {
        List<UsageEvent> found = List.copyOf(newlyRecorded);
        newlyRecorded.clear();
        return found;
    }

    private void look() throws IOException {
        Map<String, Known> now = new HashMap<>();
        Set<UUID> added = new HashSet<>();
        boolean onlyMore = true;
        for (String name : SteppedJournal.segments(observed)) {
            SimulatedDisk.DiskFile file = disk.get(name);
            Known before = segments.get(name);
            boolean goesOn = before != null && before.describes(file);
            onlyMore &= before == null || goesOn;
            Known from = before != null && goesOn ? before : Known.beginning(file);
            SteppedJournal.Frames frames = SteppedJournal.readFrames(observed, name, from.end(), from.nextSequence());
            List<UUID> ids = from.ids();
            for (UsageEvent event : frames.events()) {
                ids.add(event.eventId());
                added.add(event.eventId());
                newlyRecorded.add(event);
            }
            long next = frames.firstSequence() + frames.events().size();
            now.put(name, new Known(file, file.rewrites(), frames.end(), next, ids));
        }
        onlyMore &= now.keySet().containsAll(segments.keySet());
        segments = now;
        seenVersion = disk.version();
        if (onlyMore) {
            recorded.addAll(added);
        } else {
            recorded = new HashSet<>();
            now.values().forEach(one -> recorded.addAll(one.ids()));
        }
    }
}
