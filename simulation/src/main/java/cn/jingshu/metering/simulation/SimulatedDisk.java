package cn.jingshu.metering.simulation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * One directory on a simulated disk. It keeps apart what processes see (the operating system's view, which survives a
 * kill) and what is on the medium (which is all that survives a power cut).
 *
 * <p>Names reach the medium in the order they were changed, as journaling file systems do it, and only for certain when
 * the directory is forced. Bytes reach it at a force; in a power cut a part of what was not forced may have, torn
 * anywhere.
 */
public final class SimulatedDisk {
    private static final int PAGE_BYTES = 4096;

    /** A disk that lies, to show that the simulation notices. */
    public enum Lie {
        NONE,
        /** A force does nothing, and says it did. */
        FORGETS_FORCED_BYTES,
        /** A kill takes the last written bytes with it, though the operating system had them. */
        FORGETS_AT_A_KILL
    }

    private sealed interface Change {
        /** Bytes written at a place; never changed afterwards. */
        final class Write implements Change {
            private final int at;
            private final byte[] bytes;

            Write(int at, byte[] bytes) {
                this.at = at;
                this.bytes = bytes;
            }
        }

        record Truncate(int size) implements Change {}
    }

    private sealed interface NameChange {
        record Made(String name, DiskFile file) implements NameChange {}

        record Deleted(String name) implements NameChange {}

        record Moved(String from, String to) implements NameChange {}
    }

    /** Bytes that grow. */
    private static final class Bytes {
        private byte[] array = new byte[1 << 10];
        private int size;

        void apply(Change change) {
            switch (change) {
                case Change.Write write -> write(write.at, write.bytes, write.bytes.length);
                case Change.Truncate(int to) -> truncate(to);
            }
        }

        void write(int at, byte[] bytes, int length) {
            if (at + length > array.length) {
                array = Arrays.copyOf(array, Math.max(at + length, 2 * array.length));
            }
            System.arraycopy(bytes, 0, array, at, length);
            size = Math.max(size, at + length);
        }

        void truncate(int to) {
            if (to < size) {
                Arrays.fill(array, to, size, (byte) 0);
                size = to;
            }
        }

        Bytes copy() {
            Bytes copy = new Bytes();
            copy.array = array.clone();
            copy.size = size;
            return copy;
        }
    }

    /** A file: what processes see of it, and what the medium holds. */
    static final class DiskFile {
        private Bytes seen = new Bytes();
        private Bytes medium = new Bytes();
        private final List<Change> unforced = new ArrayList<>();
        /** Forces that failed: whoever had the file open then is told at his next force, nobody else is. */
        private int failures;
        /** Raised whenever bytes once seen may have changed or gone. */
        private int rewrites;

        long size() {
            return seen.size;
        }

        int rewrites() {
            return rewrites;
        }

        int read(ByteBuffer target, long at) {
            if (at >= seen.size) {
                return -1;
            }
            int length = Math.min(target.remaining(), seen.size - (int) at);
            target.put(seen.array, (int) at, length);
            return length;
        }

        private void change(Change change) {
            if (change instanceof Change.Truncate(int to) && to < seen.size) {
                rewrites++;
            }
            seen.apply(change);
            unforced.add(change);
        }
    }

    private final TreeMap<String, DiskFile> names = new TreeMap<>();
    private final TreeMap<String, DiskFile> namesOnMedium = new TreeMap<>();
    private final List<NameChange> unforcedNames = new ArrayList<>();
    private final Random random;
    private final Lie lie;
    private boolean directoryMade;
    private boolean gaveUp;
    private long version;
    private SimulatedProcess lockHolder = SimulatedProcess.observer();
    private boolean locked;

    public SimulatedDisk(Random random, Lie lie) {
        this.random = random;
        this.lie = lie;
    }

    /** The directory as {@code process} sees it. */
    public Path seenBy(SimulatedProcess process) {
        return new DiskFileSystem(this, process).directory();
    }

    /** Raised by every change; what was read at one version is still so at the same version. */
    public long version() {
        return version;
    }

    /** Puts a file onto the medium, as whoever set the machine up did. */
    public void install(String name, String text) {
        DiskFile file = new DiskFile();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        file.seen.write(0, bytes, bytes.length);
        file.medium.write(0, bytes, bytes.length);
        names.put(name, file);
        namesOnMedium.put(name, file);
        directoryMade = true;
    }

    boolean directoryMade() {
        return directoryMade;
    }

    void makeDirectory() throws FileAlreadyExistsException {
        if (directoryMade) {
            throw new FileAlreadyExistsException("directory");
        }
        directoryMade = true;
    }

    List<String> list() {
        return List.copyOf(names.keySet());
    }

    boolean holds(String name) {
        return names.containsKey(name);
    }

    DiskFile get(String name) throws NoSuchFileException {
        DiskFile file = names.get(name);
        if (file == null) {
            throw new NoSuchFileException(name);
        }
        return file;
    }

    DiskFile getOrMake(String name) {
        DiskFile known = names.get(name);
        if (known != null) {
            return known;
        }
        DiskFile made = new DiskFile();
        names.put(name, made);
        unforcedNames.add(new NameChange.Made(name, made));
        version++;
        return made;
    }

    boolean delete(String name) {
        if (names.remove(name) == null) {
            return false;
        }
        unforcedNames.add(new NameChange.Deleted(name));
        version++;
        return true;
    }

    void move(String from, String to) throws NoSuchFileException {
        DiskFile file = get(from);
        names.remove(from);
        names.put(to, file);
        unforcedNames.add(new NameChange.Moved(from, to));
        version++;
    }

    /** Takes up to {@code most} bytes. */
    int write(DiskFile file, ByteBuffer source, long at, int most) {
        byte[] bytes = new byte[Math.min(source.remaining(), most)];
        source.get(bytes);
        if (at < file.size()) {
            file.rewrites++;
        }
        file.change(new Change.Write((int) at, bytes));
        version++;
        return bytes.length;
    }

    void truncate(DiskFile file, long size) {
        file.change(new Change.Truncate((int) size));
        version++;
    }

    int failures(DiskFile file) {
        return file.failures;
    }

    void force(DiskFile file) {
        if (lie == Lie.FORGETS_FORCED_BYTES) {
            return;
        }
        file.unforced.forEach(file.medium::apply);
        file.unforced.clear();
    }

    /**
     * A force that fails: a part of the changes reached the medium, the rest never will, and yet the operating system
     * goes on to show them and lets the next force succeed. That is what Linux does.
     */
    void failForce(DiskFile file) {
        file.unforced.subList(0, random.nextInt(file.unforced.size() + 1)).forEach(file.medium::apply);
        file.unforced.clear();
        file.failures++;
        gaveUp = true;
    }

    /** Whether a force failed since the journal was last opened: the medium may lack what is seen. */
    public boolean gaveUp() {
        return gaveUp;
    }

    /** The journal was opened, and wrote again what may be missing. */
    public void opened() {
        gaveUp = false;
    }

    void forceNames() {
        unforcedNames.forEach(this::reachMedium);
        unforcedNames.clear();
    }

    private void reachMedium(NameChange change) {
        switch (change) {
            case NameChange.Made(String name, DiskFile file) -> namesOnMedium.put(name, file);
            case NameChange.Deleted(String name) -> namesOnMedium.remove(name);
            case NameChange.Moved(String from, String to) -> {
                DiskFile file = namesOnMedium.remove(from);
                if (file != null) {
                    namesOnMedium.put(to, file);
                }
            }
        }
    }

    boolean tryLock(SimulatedProcess process) {
        if (locked && lockHolder.alive()) {
            return false;
        }
        locked = true;
        lockHolder = process;
        return true;
    }

    void unlock(SimulatedProcess process) {
        if (lockHolder == process) {
            locked = false;
        }
    }

    /** The process is gone: what the operating system had stays. */
    public void afterKill() {
        if (lie == Lie.FORGETS_AT_A_KILL) {
            names.values().stream()
                    .filter(file -> file.size() > 200)
                    .forEach(file -> file.change(new Change.Truncate((int) file.size() - 200)));
        }
        version++;
    }

    /**
     * The power is gone: of what was not forced a part reached the medium.
     *
     * @param inOrder false: pages written later may have reached it before earlier ones
     */
    public void cutPower(boolean inOrder) {
        int reached = random.nextInt(unforcedNames.size() + 1);
        unforcedNames.subList(0, reached).forEach(this::reachMedium);
        unforcedNames.clear();
        names.clear();
        names.putAll(namesOnMedium);
        for (DiskFile file : names.values()) {
            List<Change> changes = file.unforced;
            int whole = random.nextInt(changes.size() + 1);
            changes.subList(0, whole).forEach(file.medium::apply);
            if (whole < changes.size() && changes.get(whole) instanceof Change.Write torn) {
                if (inOrder) {
                    file.medium.write(torn.at, torn.bytes, random.nextInt(torn.bytes.length + 1));
                } else {
                    writeSomePages(file.medium, torn.at, torn.bytes);
                }
            }
            forgetUnforced(file);
        }
        version++;
    }

    private void writeSomePages(Bytes medium, int at, byte[] bytes) {
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, (at + from) / PAGE_BYTES * PAGE_BYTES + PAGE_BYTES - at);
            if (random.nextBoolean()) {
                medium.write(at + from, Arrays.copyOfRange(bytes, from, to), to - from);
            }
            from = to;
        }
    }

    private static void forgetUnforced(DiskFile file) {
        file.unforced.clear();
        file.seen = file.medium.copy();
        file.rewrites++;
    }

    /** Cuts a file where a person was told that it is damaged. */
    public void cutByHand(String name, long at) throws NoSuchFileException {
        DiskFile file = get(name);
        truncate(file, at);
        force(file);
    }
}
