package cn.jingshu.metering.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The directory of one journal, held by a lock so that only one journal appends to it, with the node id it gives. */
final class JournalDirectory implements AutoCloseable {
    private static final String NODE_ID_FILE = "node-id";
    private static final String LOCK_FILE = "journal.lock";
    private static final Pattern NODE_ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    private final Path path;
    private final FileChannel lockFile;
    private final String nodeId;

    private JournalDirectory(Path path, FileChannel lockFile, String nodeId) {
        this.path = path;
        this.lockFile = lockFile;
        this.nodeId = nodeId;
    }

    static JournalDirectory lock(Path path) throws IOException {
        Files.createDirectories(path);
        FileChannel lockFile = openLockFile(path);
        try {
            if (!tryLock(lockFile)) {
                throw new JournalInUseException(path);
            }
            Optional<String> known = findNodeId(path);
            return new JournalDirectory(path, lockFile, known.isPresent() ? known.get() : makeNodeId(path));
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    /** As {@link #lock}, for a journal that exists and that nobody has open; empty: there is none, or somebody has. */
    static Optional<JournalDirectory> lockIdle(Path path) throws IOException {
        Optional<String> nodeId = findNodeId(path);
        if (nodeId.isEmpty()) {
            return Optional.empty();
        }
        FileChannel lockFile = openLockFile(path);
        try {
            if (tryLock(lockFile)) {
                return Optional.of(new JournalDirectory(path, lockFile, nodeId.get()));
            }
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
        lockFile.close();
        return Optional.empty();
    }

    private static FileChannel openLockFile(Path path) throws IOException {
        return FileChannel.open(path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static boolean tryLock(FileChannel lockFile) throws IOException {
        try {
            @Nullable FileLock lock = lockFile.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // open in this very process
        }
    }

    /** The node id of a journal directory, empty if no journal was ever opened in it. */
    static Optional<String> findNodeId(Path path) throws IOException {
        Path file = path.resolve(NODE_ID_FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String nodeId = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (!NODE_ID.matcher(nodeId).matches()) {
            throw new IOException(file + " holds no node id; the journal's positions are kept under it, restore it");
        }
        return Optional.of(nodeId);
    }

    private static String makeNodeId(Path path) throws IOException {
        if (!Segment.list(path).isEmpty()) {
            throw new IOException(path.resolve(NODE_ID_FILE)
                    + " is missing beside segments; under a new name their events would be counted again, restore it");
        }
        long random = UUID.randomUUID().getMostSignificantBits();
        String nodeId = "node-" + HexFormat.of().toHexDigits(random).substring(0, 12);
        Path fresh = path.resolve(NODE_ID_FILE + ".new");
        try (FileChannel file = FileChannel.open(
                fresh,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap((nodeId + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(fresh, path.resolve(NODE_ID_FILE), StandardCopyOption.ATOMIC_MOVE);
        force(path);
        return nodeId;
    }

    /** Makes the names in a directory durable, where the system can: a new file is lost in a power cut otherwise. */
    static void force(Path directory) throws IOException {
        if (System.getProperty("os.name", "").startsWith("Windows")) {
            return; // directories cannot be opened there; NTFS journals names itself
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    Path path() {
        return path;
    }

    String nodeId() {
        return nodeId;
    }

    @Override
    public void close() throws IOException {
        lockFile.close(); // releases the lock
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
