package cn.jingshu.marketplace.runtime;

import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** A whole node inside the test's own process, on a data directory of its own and on ports the system chooses. */
public final class RunningNode implements Beans, AutoCloseable {
    private final Node node;
    private final ApplicationContext context;
    private final Path data;

    private RunningNode(Node node, Path data) {
        this.node = node;
        this.context = node.context();
        this.data = data;
    }

    /** Starts a node with the demo city; {@code settings} may add to or replace the usual ones of tests. */
    public static RunningNode start(Path data, Clock clock, Map<String, Object> settings) {
        Map<String, Object> given = new LinkedHashMap<>(Map.of(
                "jingshu.port", "0",
                "jingshu.grpc-port", "0",
                "jingshu.limits.answer-timeout", "2s",
                "jingshu.limits.request-timeout", "2s",
                "jingshu.limits.max-body-bytes", "65536",
                "jingshu.limits.streams-per-subscription", "3"));
        given.putAll(settings);
        WorkspaceOptions options = new WorkspaceOptions();
        options.data = data;
        StartProgress silent = new StartProgress(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        return new RunningNode(Node.start(options, given, silent, clock), data);
    }

    public int httpPort() {
        return node.httpPort();
    }

    public int grpcPort() {
        return node.grpcPort();
    }

    public Path data() {
        return data;
    }

    @Override
    public <T> T get(Class<T> type) {
        return context.getBean(type);
    }

    /** The embedded PostgreSQL, to stop and start it under the node. */
    public Postgres postgres() {
        return new Postgres(DataDirectory.open(data));
    }

    @Override
    public void close() {
        node.close();
    }

    /** The PostgreSQL below a running node. */
    public static final class Postgres {
        private final DataDirectory directory;
        private final EmbeddedPostgres running;
        private final String url;

        private Postgres(DataDirectory directory) {
            this.directory = directory;
            this.running = EmbeddedPostgres.attach(directory).orElseThrow();
            this.url = running.address().url();
        }

        /** JDBC URL of the node's database. */
        public String url() {
            return url;
        }

        /** The settings with which another node uses this database, too. */
        public Map<String, Object> settings() {
            DatabaseAddress address = running.address();
            DatabaseAddress owner = running.ownerAddress();
            return Map.of(
                    Setting.DATASOURCE_OWNER_USERNAME.key(), owner.username(),
                    Setting.DATASOURCE_OWNER_PASSWORD.key(), owner.password(),
                    Setting.DATASOURCE_URL.key(), address.url(),
                    Setting.DATASOURCE_USERNAME.key(), address.username(),
                    Setting.DATASOURCE_PASSWORD.key(), address.password());
        }

        /** Password of the superuser {@code postgres}, who may do what the application may not. */
        public String ownerPassword() {
            return directory.secret("postgres-owner-password");
        }

        public void stop() {
            running.stop();
        }

        /** Starts it again on the port it had. */
        public void startAgain() throws IOException {
            running.launch(URI.create(url.substring("jdbc:".length())).getPort());
        }
    }
}
