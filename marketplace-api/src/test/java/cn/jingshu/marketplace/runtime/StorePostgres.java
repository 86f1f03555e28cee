package cn.jingshu.marketplace.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The PostgreSQL of a data directory whose node does not run: other nodes use it while it is stopped, killed and started. */
public final class StorePostgres implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DataDirectory directory;
    private final EmbeddedPostgres postgres;
    private final DatabaseAddress address;

    private StorePostgres(DataDirectory directory, EmbeddedPostgres postgres) {
        this.directory = directory;
        this.postgres = postgres;
        this.address = postgres.address();
    }

    /** How PostgreSQL ends. */
    public enum End {
        /** Clients are cut off, what is committed is written out. */
        FAST("INT"),
        /** At once; the next start recovers. */
        IMMEDIATE("QUIT"),
        /** kill -9 of its first process; the others end when they notice. */
        KILLED("KILL");

        private final String signal;

        End(String signal) {
            this.signal = signal;
        }
    }

    public static StorePostgres start(Path data) {
        DataDirectory directory = DataDirectory.open(data);
        PrintStream nobody = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        return new StorePostgres(directory, EmbeddedPostgres.start(directory, new StartProgress(nobody)));
    }

    /** Connections as the owner of the schemas makes them, each a new one. */
    public DataSource dataSource() {
        DatabaseAddress owner = postgres.ownerAddress();
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(address.url());
        source.setUser(owner.username());
        source.setPassword(owner.password());
        return source;
    }

    /** The settings with which a node uses it. */
    public Map<String, String> environment() {
        DatabaseAddress owner = postgres.ownerAddress();
        return Map.of(
                "JINGSHU_DATASOURCE_OWNER_USERNAME", owner.username(),
                "JINGSHU_DATASOURCE_OWNER_PASSWORD", owner.password(),
                "JINGSHU_DATASOURCE_URL", address.url(),
                "JINGSHU_DATASOURCE_USERNAME", address.username(),
                "JINGSHU_DATASOURCE_PASSWORD", address.password(),
                "JINGSHU_SECRETS_PEPPER", directory.secret("pepper"));
    }

    /** A connection past every node; the superuser's, who may do what the application may not. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(address.url(), "postgres", directory.secret("postgres-owner-password"));
    }

    /** Ends it and waits until its first process is gone. */
    public void end(End how) throws IOException, InterruptedException {
        long pid = Long.parseLong(Files.readAllLines(directory.postgres().resolve("postmaster.pid")).getFirst().strip());
        int status = new ProcessBuilder("kill", "-s", how.signal, Long.toString(pid)).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("PostgreSQL (" + pid + ") is not there to be ended");
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (runs(pid)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("PostgreSQL (" + pid + ") does not end: " + how);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** A process that has ended and waits for its parent to hear of it has no command any more. */
    private static boolean runs(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).flatMap(one -> one.info().command()).isPresent();
    }

    /** Starts it again on the port it had; after a kill that takes until its last process has ended. */
    public void startAgain() throws IOException {
        int port = URI.create(address.url().substring("jdbc:".length())).getPort();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                postgres.launch(port);
                return;
            } catch (IOException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
                LockSupport.parkNanos(50_000_000);
            }
        }
    }

    @Override
    public void close() {
        postgres.stop();
    }
}
