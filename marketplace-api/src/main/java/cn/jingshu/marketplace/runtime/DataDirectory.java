package cn.jingshu.marketplace.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** The folder that holds everything one node keeps on disk: {@code postgres/}, {@code journal/}, {@code secrets/}. */
public final class DataDirectory {
    private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_ONLY_FILE = PosixFilePermissions.fromString("rw-------");

    private final Path root;

    private DataDirectory(Path root) {
        this.root = root;
    }

    /** @throws StartFailure if the folder cannot be made or written */
    public static DataDirectory open(Path root) {
        Path absolute = root.toAbsolutePath().normalize();
        try {
            Files.createDirectories(absolute);
            Path probe = Files.createTempFile(absolute, ".writable-", "");
            Files.delete(probe);
        } catch (IOException e) {
            throw new StartFailure("The data folder " + absolute + " cannot be written (" + e.getClass().getSimpleName()
                    + "): choose another with --data DIR or give this user the right to write there.", e);
        }
        return new DataDirectory(absolute);
    }

    public Path root() {
        return root;
    }

    public Path journal() {
        return root.resolve("journal");
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    Path postgresPrograms() {
        return root.resolve("postgres-programs");
    }

    /** The secret halves of the log's keys (PKCS #12), readable by their owner only; with them go the checkpoints that follow. */
    Path logKeys() {
        Path folder = root.resolve("secrets");
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, OWNER_ONLY_DIRECTORY);
        } catch (IOException e) {
            throw new StartFailure("The folder " + folder + " cannot be made (" + e.getClass().getSimpleName() + ").", e);
        }
        return folder.resolve("log-keys.p12");
    }

    /** The last checkpoint of the log that this node signed, kept beside the database. */
    Path lastCheckpoint() {
        return root.resolve("log-checkpoint");
    }

    /** The one ready key of the demo, kept so that a later start can print it again; readable by its owner only. */
    Path demoKey() {
        return root.resolve("secrets").resolve("demo-api-key");
    }

    /**
     * A secret of 32 random bytes as hex, made at the first call and kept in {@code secrets/NAME}, readable by its
     * owner only. Losing the file makes what was derived from it useless: keys have to be issued anew.
     */
    public String secret(String name) {
        return readSecret(name).orElseGet(() -> {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            String hex = HexFormat.of().formatHex(random);
            writeSecret(name, hex);
            return hex;
        });
    }

    Optional<String> readSecret(String name) {
        Path file = root.resolve("secrets").resolve(name);
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
        } catch (IOException e) {
            throw new StartFailure("The secret " + file + " cannot be read (" + e.getClass().getSimpleName() + ").", e);
        }
    }

    void writeSecret(String name, String value) {
        Path folder = root.resolve("secrets");
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, OWNER_ONLY_DIRECTORY);
            Path partial = Files.createTempFile(
                    folder, ".new-", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY_FILE));
            Files.writeString(partial, value + "\n");
            try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(partial, folder.resolve(name), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StartFailure("The secret " + folder.resolve(name) + " cannot be written ("
                    + e.getClass().getSimpleName() + ").", e);
        }
    }

    /**
     * Takes the folder for this process, or says that another one has it: a server, or a command that runs without
     * one. The lock ends with the process, however it ends.
     */
    Optional<Lock> tryLock() {
        Path file = root.resolve("node.lock");
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"), 0);
            return Optional.of(new Lock(channel));
        } catch (OverlappingFileLockException sameProcess) {
            closeQuietly(channel);
            return Optional.empty();
        } catch (IOException e) {
            closeQuietly(channel);
            throw new StartFailure("The data folder " + root + " cannot be locked (" + e.getClass().getSimpleName()
                    + "): is it on a file system without locks?", e);
        }
    }

    /** Who holds the folder, as the holder wrote it: a process id. */
    String lockHolder() {
        try {
            return Files.readString(root.resolve("node.lock")).strip();
        } catch (IOException unreadable) {
            return "unknown";
        }
    }

    private static void closeQuietly(@org.jspecify.annotations.Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException alreadyUseless) {
                // The channel held nothing: the lock was not taken.
            }
        }
    }

    /** The taken folder; closing gives it back. */
    static final class Lock implements AutoCloseable {
        private final FileChannel channel;

        private Lock(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
