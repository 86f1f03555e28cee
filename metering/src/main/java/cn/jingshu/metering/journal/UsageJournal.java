package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventBytes;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.OpenReport.TornTail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's append-only record of usage events, durable before the answer to a call is sent.
 *
 * <p>Appenders copy their event into the group being filled and get the group's stage. One thread at a time writes, group
 * after group, so a write (and an fsync) is shared by all who came while the one before was under way: the journal's own
 * thread, or a thread that serves calls and writes its own at the end of its turn ({@link JournalTurn}). No appender
 * waits for the disk: {@link #append} never blocks longer than the copy of another event, and what waits is bounded.
 */
public final class UsageJournal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(UsageJournal.class);
    private static final int MOST_MARKS = 4096;
    /** Groups a serving thread writes in one turn; more come from others, and the journal's own thread takes them. */
    private static final int MOST_GROUPS_IN_TURN = 2;

    /** Where the durable frames end. */
    record End(long segment, long offset, long nextSequence) {}

    /** Events of one write. All who append to it share one stage. */
    private static final class Group {
        final ByteBuffer bytes;
        long firstSequence;
        int frames;
        int lastChecksum;
        CompletableFuture<Void> durable = new CompletableFuture<>();
        CompletionStage<Void> stage = durable.minimalCompletionStage();

        Group(int capacity) {
            bytes = ByteBuffer.allocateDirect(capacity);
        }

        void begin(long sequence) {
            bytes.clear();
            firstSequence = sequence;
            frames = 0;
            durable = new CompletableFuture<>();
            stage = durable.minimalCompletionStage();
        }
    }

    private record Mark(long sequence, Instant writtenAt) {}

    private final JournalDirectory directory;
    private final JournalSettings settings;
    private final Clock clock;
    private final SegmentFiles files;
    private final OpenReport openReport;
    private final @Nullable Thread writer; // null: whoever opened it calls writeWaiting

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    // Guarded by the lock.
    private final CRC32C crc = new CRC32C();
    private final byte[] frame = new byte[Frame.MOST_BYTES];
    private Group filling;
    private long nextSequence;
    /** Whether some thread writes a group; who sets it owns the fields below, who clears it passes them on. */
    private boolean writing;
    /** Whether the journal's own thread was woken for the events that wait. */
    private boolean writerCalled;
    private boolean closing;
    /** Events the writer waits to see together before it writes; whoever appends the last of them wakes it. */
    private int gathered = Integer.MAX_VALUE;

    // Owned by whoever set `writing`.
    private Group spare;
    private FileChannel channel;
    private Segment segment;
    private long end;
    private int lastChecksum;
    /** Null: nobody is waited for, since a write that is no fsync takes no time to speak of. */
    private final @Nullable Company company;

    private volatile End committed;
    private volatile int writingBytes;
    private volatile @Nullable JournalBrokenException fault;
    private volatile Runnable afterCommit = () -> {};
    private final NavigableMap<Long, Segment> closedSegments = new ConcurrentSkipListMap<>();

    private final Object shippedLock = new Object();
    // Guarded by shippedLock.
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private long shippedSequence;

    /**
     * Opens the journal in {@code path}, creating it when there is none; a torn tail is cut and reported.
     *
     * @throws JournalInUseException if another journal is open on the directory
     * @throws JournalCorruptException if frames are damaged and others follow: nothing is skipped
     * @throws IOException if the directory cannot be read or written
     */
    public static UsageJournal open(Path path, JournalSettings settings, Clock clock) throws IOException {
        return open(path, settings, clock, SegmentFiles.ON_DISK);
    }

    static UsageJournal open(Path path, JournalSettings settings, Clock clock, SegmentFiles files) throws IOException {
        return open(path, settings, clock, files, settings.durability() == Durability.DISK ? new Company() : null, true);
    }

    /** With callers whose coming back the writer awaits as {@code company} says. */
    static UsageJournal open(Path path, JournalSettings settings, Clock clock, SegmentFiles files, Company company) throws IOException {
        return open(path, settings, clock, files, company, true);
    }

    /** Opens a journal without a writing thread: a simulation says when {@link #writeWaiting} writes. */
    static UsageJournal openUnattended(Path path, JournalSettings settings, Clock clock) throws IOException {
        return open(path, settings, clock, SegmentFiles.ON_DISK, null, false);
    }

    private static UsageJournal open(
            Path path, JournalSettings settings, Clock clock, SegmentFiles files, @Nullable Company company, boolean attended)
            throws IOException {
        JournalDirectory directory = JournalDirectory.lock(path);
        try {
            return new UsageJournal(directory, settings, clock, files, company, attended);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private UsageJournal(
            JournalDirectory directory, JournalSettings settings, Clock clock, SegmentFiles files, @Nullable Company company,
            boolean attended)
            throws IOException {
        this.directory = directory;
        this.settings = settings;
        this.company = company;
        this.clock = clock;
        this.files = files;
        Tail tail = Tail.recover(directory.path(), files, clock);
        this.segment = tail.segment();
        this.channel = tail.channel();
        this.end = tail.end();
        this.lastChecksum = tail.lastChecksum();
        this.nextSequence = tail.nextSequence();
        this.committed = new End(segment.firstSequence(), end, nextSequence);
        this.openReport = new OpenReport(
                directory.nodeId(),
                tail.segmentsFound(),
                tail.nextSequence() - tail.firstSequence(),
                tail.nextSequence(),
                tail.tornTail());
        tail.earlier().forEach(one -> closedSegments.put(one.firstSequence(), one));
        this.shippedSequence = tail.firstSequence() - 1;
        if (tail.nextSequence() > tail.firstSequence()) {
            marks.add(new Mark(tail.firstSequence(), tail.oldestCreatedAt()));
        }
        this.filling = new Group(settings.mostWaitingBytes() / 2);
        this.spare = new Group(settings.mostWaitingBytes() / 2);
        filling.begin(nextSequence);
        tail.tornTail().ifPresent(torn -> log.warn("torn tail cut off the usage journal: {}", torn));
        this.writer = attended
                ? Thread.ofPlatform().name("usage-journal").daemon().start(this::writeGroups)
                : null;
    }

    /**
     * Records one event. The stage completes once the event is durable by the settings, on the thread that writes:
     * whoever has more to do than hand the answer over goes elsewhere with it. The event may be recorded although its
     * stage failed or never completed only if the process dies or the disk refuses an fsync.
     *
     * @return fails with {@link JournalFullException}, {@link JournalBrokenException} or {@link JournalClosedException}
     * @throws IllegalArgumentException if the event names another node than this journal's
     */
    public CompletionStage<Void> append(UsageEvent event) {
        return append(event, true);
    }

    /** As {@link #append}, by a thread that calls {@link #writeInTurn} soon: the journal's own thread is left alone. */
    CompletionStage<Void> appendInTurn(UsageEvent event) {
        return append(event, false);
    }

    private CompletionStage<Void> append(UsageEvent event, boolean callWriter) {
        if (!event.nodeId().equals(directory.nodeId())) {
            throw new IllegalArgumentException(
                    "event " + event.eventId() + " is of node " + event.nodeId() + ", the journal of " + nodeId());
        }
        int mostBytes = Frame.HEADER_BYTES + EventBytes.mostBytes(event);
        lock.lock();
        try {
            JournalBrokenException broken = fault;
            if (broken != null && broken.lasting()) {
                return CompletableFuture.failedStage(broken.ofUnwritten());
            }
            if (closing) {
                return CompletableFuture.failedStage(new JournalClosedException(directory.toString()));
            }
            Group group = filling;
            if (group.bytes.remaining() < mostBytes) {
                return CompletableFuture.failedStage(
                        new JournalFullException(group.bytes.position() + writingBytes, settings.mostWaitingBytes()));
            }
            group.lastChecksum = Frame.write(group.bytes, nextSequence, event, crc, frame);
            group.frames++;
            nextSequence++;
            if (group.frames == gathered || (gathers() && !hasRoom())) {
                wake.signal();
            } else if (callWriter && !writing) {
                callWriter();
            }
            return group.stage;
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the journal's own thread, once for all that waits. Called under the lock. */
    private void callWriter() {
        if (!writerCalled) {
            writerCalled = true;
            wake.signal();
        }
    }

    private boolean gathers() {
        return gathered != Integer.MAX_VALUE;
    }

    /** Whether any event at all still fits into the group being filled. Called under the lock. */
    private boolean hasRoom() {
        return filling.bytes.remaining() >= Frame.MOST_BYTES;
    }

    /** The durability asked for at opening. */
    Durability durability() {
        return settings.durability();
    }

    /** The name of this node, made once for the directory; every event appended carries it. */
    public String nodeId() {
        return directory.nodeId();
    }

    public OpenReport openReport() {
        return openReport;
    }

    public JournalStats stats() {
        End durable = committed;
        int waiting;
        lock.lock();
        try {
            waiting = filling.bytes.position() + writingBytes;
        } finally {
            lock.unlock();
        }
        long bytes = durable.offset();
        for (Segment one : closedSegments.values()) {
            bytes += bytesOf(one);
        }
        synchronized (shippedLock) {
            long unshipped = Math.max(0, durable.nextSequence() - 1 - shippedSequence);
            Mark oldest = marks.peekFirst();
            return new JournalStats(
                    durable.nextSequence() - 1,
                    unshipped,
                    waiting,
                    bytes,
                    closedSegments.size() + 1,
                    unshipped == 0 || oldest == null ? Optional.empty() : Optional.of(oldest.writtenAt()),
                    Optional.ofNullable(fault).map(Throwable::getMessage));
        }
    }

    private static long bytesOf(Segment closed) {
        try {
            return Files.size(closed.path());
        } catch (IOException e) {
            return 0; // shipped and deleted meanwhile, or unreadable, which shipping will name
        }
    }

    /** Writes what was appended, forces it to the disk and lets the directory go; later appends fail. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closing = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
        Thread running = writer;
        if (running == null) {
            writeWaiting();
        } else {
            waitFor(running);
        }
        try (directory; FileChannel last = channel) {
            if (last.isOpen()) {
                last.force(true);
            }
        }
    }

    private static void waitFor(Thread running) {
        boolean interrupted = false;
        while (running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true; // appended events are written before the journal lets go, whoever is in a hurry
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    Path path() {
        return directory.path();
    }

    /** Where the durable frames end; what lies behind may still be taken back. */
    End committed() {
        return committed;
    }

    /** Runs {@code action} on the thread that wrote, after each group; it must be short and must not throw. */
    void afterCommit(Runnable action) {
        afterCommit = action;
    }

    /** Takes note that all frames before {@code sequence} are in PostgreSQL, and deletes segments that hold no others. */
    void release(long sequence) {
        synchronized (shippedLock) {
            shippedSequence = Math.max(shippedSequence, sequence - 1);
            Mark later = null;
            while (!marks.isEmpty() && marks.peekFirst().sequence() < sequence) {
                later = marks.pollFirst();
            }
            // Frames from `sequence` on that fell under the last removed mark were written no earlier than it says.
            if (later != null && (marks.isEmpty() || marks.peekFirst().sequence() > sequence)
                    && sequence < committed.nextSequence()) {
                marks.addFirst(new Mark(sequence, later.writtenAt()));
            }
        }
        while (true) {
            Map.Entry<Long, Segment> oldest = closedSegments.firstEntry();
            if (oldest == null) {
                return;
            }
            Long next = closedSegments.higherKey(oldest.getKey());
            long following = next == null ? committed.segment() : next;
            // A closed segment always has a successor, so the last one stays: it says where the sequence goes on.
            if (following <= oldest.getKey() || following > sequence) {
                return;
            }
            try {
                Files.deleteIfExists(oldest.getValue().path());
            } catch (IOException e) {
                log.warn("the shipped segment {} stays, it cannot be deleted", oldest.getValue().path(), e);
                return;
            }
            closedSegments.remove(oldest.getKey());
        }
    }

    private void writeGroups() {
        for (Group group = nextGroup(); group != null; group = nextGroup()) {
            writeGroup(group);
            passOn();
        }
    }

    /** Waits for events; null once the journal is closing and all are written, or takes no more for good. */
    private @Nullable Group nextGroup() {
        lock.lock();
        try {
            while (writing || filling.frames == 0) {
                if (!writing && (closing || brokenForGood())) {
                    return null;
                }
                writerCalled &= filling.frames > 0; // called for events that another thread has written meanwhile
                wake.awaitUninterruptibly();
            }
            gather();
            return brokenForGood() ? null : swap();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets those who were just answered come back before the next fsync. Without it the callers of a busy journal part into two
     * halves, each waiting while the other's group is forced, and every fsync serves half of them. It waits a fraction of what an
     * fsync takes, and if they do not come back so soon it is tried ever more rarely. A group that is full waits for nobody: whoever
     * came would be refused. Called under the lock by the writer.
     */
    private void gather() {
        if (company == null || closing) {
            return;
        }
        int expected = company.expected();
        long left = company.patienceNanos();
        int before = filling.frames;
        if (before >= expected || left <= 0 || !hasRoom()) {
            return;
        }
        writerCalled = true; // only who completes the company wakes the writer
        gathered = expected;
        try {
            while (filling.frames < expected && hasRoom() && left > 0 && !closing && !brokenForGood()) {
                left = wake.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody interrupts the writer; if so it waits no longer
        } finally {
            gathered = Integer.MAX_VALUE;
        }
        if (hasRoom()) { // what a full group kept from coming says nothing about who comes
            company.gathered(filling.frames - before, expected - before);
        }
    }

    /**
     * Writes what waits on the caller's thread: for a thread that appended in turn, and for a journal without a thread of
     * its own. Leaves to the journal's own thread what takes longer, a new segment and whatever others keep adding.
     */
    void writeInTurn() {
        for (int groups = 1; groups <= MOST_GROUPS_IN_TURN; groups++) {
            Group group = takeWaiting();
            if (group == null) {
                return; // nothing waits, or somebody writes and passes on what waits
            }
            boolean goesOn = writeGroup(group);
            if (goesOn && groups < MOST_GROUPS_IN_TURN) {
                writeAgain();
            } else {
                passOn();
            }
        }
    }

    /** Writes what waits, on the caller's thread; only for a journal without a thread of its own. */
    void writeWaiting() {
        Group group = takeWaiting();
        if (group != null) {
            writeGroup(group);
            passOn();
        }
    }

    private @Nullable Group takeWaiting() {
        lock.lock();
        try {
            if (writing || filling.frames == 0 || brokenForGood()) {
                return null;
            }
            if (writer != null && end >= settings.segmentBytes()) {
                callWriter();
                return null;
            }
            return swap();
        } finally {
            lock.unlock();
        }
    }

    /** Ends a thread's writing, which goes on at once if something waits. */
    private void writeAgain() {
        lock.lock();
        try {
            writing = false;
            if (closing) {
                wake.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends a thread's writing; what came meanwhile is the journal's own thread's. */
    private void passOn() {
        lock.lock();
        try {
            writing = false;
            if (closing || brokenForGood()) {
                wake.signal();
            } else if (filling.frames > 0) {
                callWriter();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean brokenForGood() {
        JournalBrokenException broken = fault;
        return broken != null && broken.lasting();
    }

    /** Takes the group that was filled and begins the next; the caller writes from now on. Called under the lock. */
    private Group swap() {
        Group group = filling;
        writing = true;
        writerCalled = false;
        writingBytes = group.bytes.position();
        filling = spare;
        filling.begin(nextSequence);
        return group;
    }

    /** @return whether the journal goes on after this group, durable or refused */
    private boolean writeGroup(Group group) {
        try {
            try {
                write(group);
            } catch (IOException e) {
                refuse(group, new JournalBrokenException(
                        "the disk refused " + group.frames + " events of " + segment.path() + ": " + e, e, false));
                return true;
            }
            CompletableFuture<Void> durable = group.durable;
            spare = group;
            writingBytes = 0;
            noteCompany(group.frames);
            durable.complete(null);
            afterCommit.run();
            return true;
        } catch (JournalBrokenException e) {
            // Thrown where going on is unsafe; whoever waits has been told.
            log.error("the usage journal {} takes no more events", directory, e);
        } catch (RuntimeException | Error e) {
            giveUp(new JournalBrokenException("the journal's writer died: " + e, e, true), group);
            log.error("the usage journal {} takes no more events", directory, e);
        }
        return false;
    }

    private void noteCompany(int answered) {
        if (company != null) {
            lock.lock();
            try {
                company.answering(answered, filling.frames);
            } finally {
                lock.unlock();
            }
        }
    }

    private void write(Group group) throws IOException {
        if (end >= settings.segmentBytes()) {
            rotate(group);
        }
        ByteBuffer bytes = group.bytes.flip();
        long at = end;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
        if (settings.durability() == Durability.DISK) {
            long begun = System.nanoTime();
            force(false, group);
            if (company != null) {
                company.forced(System.nanoTime() - begun);
            }
        }
        end = at;
        lastChecksum = group.lastChecksum;
        long next = group.firstSequence + group.frames;
        committed = new End(segment.firstSequence(), end, next);
        if (fault != null) {
            fault = null;
            log.info("the usage journal {} takes events again", directory);
        }
        mark(group.firstSequence);
    }

    private void force(boolean metaData, Group group) {
        try {
            channel.force(metaData);
        } catch (IOException e) {
            // After a failed fsync the kernel may hold pages as clean that never reached the disk: a later fsync would
            // succeed over a hole. Only a new open, which writes the segment once more, mends that.
            JournalBrokenException broken =
                    new JournalBrokenException(
                            "fsync of " + segment.path() + " failed, what the disk holds is unknown: " + e, e, true);
            giveUp(broken, group);
            throw broken;
        }
    }

    /** Closes the full segment and begins the next; on failure the old one stays the current one. */
    private void rotate(Group group) throws IOException {
        force(true, group);
        Segment next = Segment.in(directory.path(), group.firstSequence);
        FileChannel opened = Tail.create(directory.path(), next, lastChecksum, files, clock);
        FileChannel full = channel;
        closedSegments.put(segment.firstSequence(), segment);
        channel = opened;
        segment = next;
        end = Segment.HEADER_BYTES;
        full.close();
    }

    /**
     * Fails a group and, because its sequences are taken back, every later event too; the next append starts afresh.
     * Nobody is told before what was written of it is cut off again, by the measure of the durability: a call that was
     * refused must not come back with a restart.
     */
    private void refuse(Group group, JournalBrokenException broken) {
        if (fault == null) {
            log.error("the usage journal {} refuses events", directory, broken);
        }
        try {
            channel.truncate(end);
            if (settings.durability() == Durability.DISK) {
                channel.force(true);
            }
        } catch (IOException e) {
            JournalBrokenException uncut =
                    new JournalBrokenException(
                            "what was written of refused events cannot be cut off " + segment.path() + ": " + e, broken, true);
            giveUp(uncut, group);
            throw uncut;
        }
        CompletableFuture<Void> failed = group.durable;
        CompletableFuture<Void> later;
        lock.lock();
        try {
            fault = broken;
            later = filling.durable;
            nextSequence = group.firstSequence;
            spare = group;
            writingBytes = 0;
            filling.begin(nextSequence);
        } finally {
            lock.unlock();
        }
        failed.completeExceptionally(broken);
        later.completeExceptionally(broken);
    }

    private void giveUp(JournalBrokenException broken, @Nullable Group writing) {
        CompletableFuture<Void> later;
        lock.lock();
        try {
            fault = broken;
            later = filling.durable;
        } finally {
            lock.unlock();
        }
        if (writing != null) {
            writing.durable.completeExceptionally(broken);
        }
        later.completeExceptionally(broken.ofUnwritten());
    }

    /** Notes when a sequence was written, at most one a second: enough to tell the age of the oldest unshipped. */
    private void mark(long sequence) {
        Instant now = clock.instant();
        synchronized (shippedLock) {
            Mark last = marks.peekLast();
            boolean shippedUpToHere = shippedSequence >= sequence - 1 && marks.isEmpty();
            if (shippedUpToHere
                    || last == null
                    || (marks.size() < MOST_MARKS
                            && Duration.between(last.writtenAt(), now).toMillis() >= 1_000)) {
                marks.addLast(new Mark(sequence, now));
            }
        }
    }

    /**
     * The end of a journal as found when it was opened, cut to sound frames.
     *
     * @param earlier the closed segments before {@code segment}
     */
    private record Tail(
            List<Segment> earlier,
            int segmentsFound,
            Segment segment,
            FileChannel channel,
            long end,
            int lastChecksum,
            long firstSequence,
            long nextSequence,
            Instant oldestCreatedAt,
            Optional<TornTail> tornTail) {

        static Tail recover(Path directory, SegmentFiles files, Clock clock) throws IOException {
            JournalScan scan = JournalScan.of(directory);
            List<Segment> sound = scan.segments();
            if (sound.isEmpty()) {
                Segment first = Segment.in(directory, scan.nextSequence());
                FileChannel channel = create(directory, first, scan.lastChecksum(), files, clock);
                return new Tail(
                        List.of(),
                        scan.segmentsFound(),
                        first,
                        channel,
                        Segment.HEADER_BYTES,
                        scan.lastChecksum(),
                        scan.nextSequence(),
                        scan.nextSequence(),
                        clock.instant(),
                        scan.tornTail());
            }
            Segment last = sound.getLast();
            FileChannel channel = files.open(last.path());
            try {
                if (channel.size() > scan.end()) {
                    channel.truncate(scan.end());
                }
                writeAgain(channel, scan.end());
                channel.force(true);
                JournalDirectory.force(directory); // the run that made the segment may have died before it did
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            return new Tail(
                    sound.subList(0, sound.size() - 1),
                    scan.segmentsFound(),
                    last,
                    channel,
                    scan.end(),
                    scan.lastChecksum(),
                    sound.getFirst().firstSequence(),
                    scan.nextSequence(),
                    scan.oldestCreatedAt().orElseGet(clock::instant),
                    scan.tornTail());
        }

        /**
         * Writes what a segment holds in its own place. Bytes that can be read need not be on the disk, and after a
         * failed fsync of the run before no force would bring them there: to the kernel they are clean.
         */
        private static void writeAgain(FileChannel channel, long end) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.min(end, 1 << 20));
            for (long at = 0; at < end; ) {
                bytes.clear().limit((int) Math.min(bytes.capacity(), end - at));
                while (bytes.hasRemaining()) {
                    if (channel.read(bytes, at + bytes.position()) < 0) {
                        throw new IOException("the segment shrank while it was read: byte " + end + " is gone");
                    }
                }
                bytes.flip();
                while (bytes.hasRemaining()) {
                    at += channel.write(bytes, at);
                }
            }
        }

        /** Makes the file of a new segment, its header and its directory entry durable. */
        static FileChannel create(
                Path directory, Segment segment, int checksumBefore, SegmentFiles files, Clock clock)
                throws IOException {
            FileChannel channel = files.open(segment.path());
            try {
                channel.truncate(0); // an attempt that failed half-way may have left something
                ByteBuffer header =
                        new Segment.Header(segment.firstSequence(), checksumBefore, clock.instant()).bytes();
                long at = 0;
                while (header.hasRemaining()) {
                    at += channel.write(header, at);
                }
                channel.force(true);
                JournalDirectory.force(directory);
                return channel;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }
    }
}
