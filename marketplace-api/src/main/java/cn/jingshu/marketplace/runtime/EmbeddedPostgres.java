package cn.jingshu.marketplace.runtime;

import cn.jingshu.products.domain.DatabaseHardening;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real PostgreSQL of this data directory, listening on the loopback address alone, with {@code fsync} on and a
 * password that only this data directory's owner can read. It runs in a session of its own, so Ctrl-C at the terminal
 * reaches the node first and PostgreSQL is stopped by the node, after it has drained.
 */
final class EmbeddedPostgres {
    private static final String DATABASE = "jingshu";
    private static final String OWNER = "jingshu";
    private static final String NODE = "jingshu_node";

    private static final String SUPERUSER = "postgres";

    /**
     * Rounds of hashing (RFC 5802) with which the passwords of roles are kept: they make guessing a person's password dear, but these are 256 random
     * bits, which nobody guesses, and each connection of the node would pay for them.
     */
    private static final int ITERATIONS = 1;

    /** Of the node, of its commands, and of each product's two roles. */
    private static final int CONNECTIONS = 200;

    private static final Duration PROGRAM_LIMIT = Duration.ofSeconds(60);

    private final DataDirectory data;
    private final Path programs;

    private EmbeddedPostgres(DataDirectory data, Path programs) {
        this.data = data;
        this.programs = programs;
    }

    /**
     * Starts PostgreSQL on the data directory, creating the cluster at the first call. One that a killed node left
     * running is stopped first (a fast, clean shutdown), so the new one starts from files alone.
     */
    static EmbeddedPostgres start(DataDirectory data, StartProgress progress) {
        try {
            progress.step("PostgreSQL: programs");
            EmbeddedPostgres postgres = new EmbeddedPostgres(data, PostgresBinaries.unpack(data.postgresPrograms()));
            boolean fresh = !Files.exists(data.postgres().resolve("PG_VERSION"));
            if (fresh) {
                progress.step("PostgreSQL: new cluster in " + data.postgres());
                postgres.initialise();
            } else if (postgres.runningPort().isPresent()) {
                progress.step("PostgreSQL: one left behind by a killed node is stopped");
                postgres.stop();
            }
            progress.step("PostgreSQL: start");
            postgres.launch(freePort());
            postgres.ensureDatabase();
            return postgres;
        } catch (IOException | SQLException e) {
            throw new StartFailure("The embedded PostgreSQL does not start: " + e.getMessage() + " (its log: "
                    + data.root().resolve("postgres.log") + ").", e);
        }
    }

    /** The PostgreSQL that another process of this data directory runs now; empty: none runs. */
    static Optional<EmbeddedPostgres> attach(DataDirectory data) {
        try {
            if (!Files.exists(data.postgres().resolve("PG_VERSION"))) {
                return Optional.empty();
            }
            EmbeddedPostgres postgres = new EmbeddedPostgres(data, PostgresBinaries.unpack(data.postgresPrograms()));
            return postgres.runningPort().isPresent() ? Optional.of(postgres) : Optional.empty();
        } catch (IOException e) {
            throw new StartFailure("The embedded PostgreSQL in " + data.postgres() + " cannot be looked at: "
                    + e.getMessage(), e);
        }
    }

    /** Where and as whom the application connects: a role that owns nothing. */
    DatabaseAddress address() {
        return address(NODE, "postgres-node-password");
    }

    /** The role that owns the database and its schemas. */
    DatabaseAddress ownerAddress() {
        return address(OWNER, "postgres-application-password");
    }

    private DatabaseAddress address(String role, String secret) {
        try {
            int port = runningPort().orElseThrow(() -> new StartFailure("The embedded PostgreSQL is not running."));
            return new DatabaseAddress(url(port, DATABASE), role, data.secret(secret));
        } catch (IOException e) {
            throw new StartFailure("The embedded PostgreSQL's port cannot be read: " + e.getMessage(), e);
        }
    }

    /** Stops it; nothing happens when it does not run any more. */
    void stop() {
        try {
            if (runningPort().isEmpty()) {
                return;
            }
            run(List.of(program("pg_ctl"), "stop", "-D", data.postgres().toString(), "-m", "fast", "-w", "-t", "60"));
        } catch (IOException e) {
            throw new StartFailure("The embedded PostgreSQL does not stop: " + e.getMessage(), e);
        }
    }

    private void initialise() throws IOException {
        // initdb refuses a folder with files in it: a first start that died half-way is begun again from nothing.
        Path half = data.root().resolve("postgres-initialising");
        deleteTree(half);
        Path passwordFile = Files.createTempFile(data.root(), ".init-", "");
        try {
            Files.writeString(passwordFile, data.secret("postgres-owner-password"));
            run(List.of(program("initdb"), "-D", half.toString(), "-U", SUPERUSER, "-A", "scram-sha-256",
                    "--pwfile=" + passwordFile, "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"));
        } finally {
            Files.delete(passwordFile);
        }
        Files.writeString(half.resolve("postgresql.conf"), """

                # Written by Jingshu at the first start. Nothing here trades safety for speed.
                listen_addresses = '127.0.0.1'
                unix_socket_directories = ''
                fsync = on
                synchronous_commit = on
                full_page_writes = on
                shared_buffers = 64MB
                log_timezone = 'UTC'
                timezone = 'UTC'
                """, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        Files.move(half, data.postgres());
    }

    /** Starts the programs on the cluster as it lies there. */
    void launch(int port) throws IOException {
        run(List.of(program("pg_ctl"), "start", "-D", data.postgres().toString(), "-w", "-t", "60",
                "-l", data.root().resolve("postgres.log").toString(), "-o", "-p " + port + " -c max_connections=" + CONNECTIONS));
    }

    private void ensureDatabase() throws IOException, SQLException {
        int port = runningPort().orElseThrow(() -> new IOException("it ended at once"));
        try (Connection owner = DriverManager.getConnection(
                        url(port, "postgres"), SUPERUSER, data.secret("postgres-owner-password"));
                Statement statement = owner.createStatement()) {
            statement.execute("SET scram_iterations = " + ITERATIONS);
            ensureRole(statement, OWNER, data.secret("postgres-application-password"));
            ensureRole(statement, NODE, data.secret("postgres-node-password"));
            ensureRole(statement, SUPERUSER, data.secret("postgres-owner-password"));
            if (!exists(statement, "SELECT 1 FROM pg_database WHERE datname = 'jingshu'")) {
                statement.execute("CREATE DATABASE jingshu OWNER jingshu");
            }
            // The roles of products are the owner's to make; what every role may do by default is the superuser's to take.
            statement.execute("ALTER ROLE " + OWNER + " CREATEROLE");
            statement.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC");
        }
        try (Connection superuser = DriverManager.getConnection(
                url(port, DATABASE), SUPERUSER, data.secret("postgres-owner-password"))) {
            DatabaseHardening.apply(superuser, List.of(OWNER, NODE));
        }
    }

    /** A role with this password, kept with the {@link #ITERATIONS} of this version. */
    private static void ensureRole(Statement statement, String role, String password) throws SQLException {
        if (!exists(statement, "SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'")) {
            statement.execute("CREATE ROLE " + role + " LOGIN PASSWORD '" + password + "'"); // hex: nothing to escape
        } else if (!exists(statement, "SELECT 1 FROM pg_authid WHERE rolname = '" + role + "' AND rolpassword LIKE 'SCRAM-SHA-256$"
                + ITERATIONS + ":%'")) {
            statement.execute("ALTER ROLE " + role + " PASSWORD '" + password + "'");
        }
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (var rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** The port in {@code postmaster.pid} when its process lives and its data directory is this one. */
    private Optional<Integer> runningPort() throws IOException {
        Path pidFile = data.postgres().resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.size() < 4) {
            return Optional.empty();
        }
        long pid = Long.parseLong(lines.getFirst().strip());
        boolean alive = ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().command())
                .map(command -> command.endsWith("postgres"))
                .orElse(false);
        return alive ? Optional.of(Integer.parseInt(lines.get(3).strip())) : Optional.empty();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private String program(String name) {
        return programs.resolve("bin").resolve(name).toString();
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own it is nobody and owns the same files. */
    private void run(List<String> command) throws IOException {
        List<String> whole = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            whole.addAll(List.of("unshare", "-U", "--"));
        }
        whole.addAll(command);
        Path output = Files.createTempFile(data.root(), ".program-", ".out");
        try {
            Process process = new ProcessBuilder(whole)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(PROGRAM_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.getFirst() + " did not end within " + PROGRAM_LIMIT.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(Path.of(command.getFirst()).getFileName() + " ended with " + process.exitValue()
                        + ": " + Files.readString(output).strip().replace('\n', ' '));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.getFirst() + " ran", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (var paths = Files.walk(root)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
