package cn.jingshu.marketplace.runtime;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A data directory with its settings and its PostgreSQL: external, started by this process, or attached to the one
 * that another process of this directory runs. Every command opens one, whether a server runs or not.
 */
final class Workspace implements AutoCloseable {
    private final Settings settings;
    private final DataDirectory data;
    private final DatabaseAddress database;
    private final DatabaseAddress owner;
    private final DataDirectory.@Nullable Lock lock;
    private final @Nullable EmbeddedPostgres started;

    private Workspace(
            Settings settings,
            DataDirectory data,
            DatabaseAddress database,
            DatabaseAddress owner,
            DataDirectory.@Nullable Lock lock,
            @Nullable EmbeddedPostgres started) {
        this.settings = settings;
        this.data = data;
        this.database = database;
        this.owner = owner;
        this.lock = lock;
        this.started = started;
    }

    /** Opens the directory for a server, which must be the only one. */
    static Workspace openForServer(Settings settings, DataDirectory data, StartProgress progress) {
        DataDirectory.Lock lock = data.tryLock().orElseThrow(() -> new StartFailure("The data folder " + data.root()
                + " is in use by process " + data.lockHolder() + ": stop that one, or choose another with --data DIR."));
        return open(settings, data, lock, progress);
    }

    /** Opens the directory for a command: beside a running server when there is one. */
    static Workspace openForCommand(Settings settings, DataDirectory data, StartProgress progress) {
        Optional<DataDirectory.Lock> lock = data.tryLock();
        if (lock.isPresent()) {
            return open(settings, data, lock.get(), progress);
        }
        if (isExternal(settings)) {
            return new Workspace(settings, data, external(settings), externalOwner(settings), null, null);
        }
        EmbeddedPostgres running = EmbeddedPostgres.attach(data).orElseThrow(() -> new StartFailure(
                "Process " + data.lockHolder() + " is starting or stopping on " + data.root() + ": try again in a moment."));
        return new Workspace(settings, data, running.address(), running.ownerAddress(), null, null);
    }

    private static Workspace open(Settings settings, DataDirectory data, DataDirectory.Lock lock, StartProgress progress) {
        if (isExternal(settings)) {
            return new Workspace(settings, data, external(settings), externalOwner(settings), lock, null);
        }
        EmbeddedPostgres postgres = EmbeddedPostgres.start(data, progress);
        return new Workspace(settings, data, postgres.address(), postgres.ownerAddress(), lock, postgres);
    }

    private static boolean isExternal(Settings settings) {
        return settings.find(Setting.DATASOURCE_URL).isPresent();
    }

    private static DatabaseAddress external(Settings settings) {
        return new DatabaseAddress(settings.get(Setting.DATASOURCE_URL), settings.get(Setting.DATASOURCE_USERNAME),
                settings.get(Setting.DATASOURCE_PASSWORD));
    }

    private static DatabaseAddress externalOwner(Settings settings) {
        return settings.find(Setting.DATASOURCE_OWNER_USERNAME)
                .map(owner -> new DatabaseAddress(settings.get(Setting.DATASOURCE_URL), owner,
                        settings.get(Setting.DATASOURCE_OWNER_PASSWORD)))
                .orElseGet(() -> external(settings));
    }

    Settings settings() {
        return settings;
    }

    DataDirectory data() {
        return data;
    }

    boolean isEmbedded() {
        return !isExternal(settings);
    }

    /** Where and as whom the application works. */
    DatabaseAddress database() {
        return database;
    }

    /** As whom the schemas are migrated; the same as {@link #database} where an external PostgreSQL has one role for both. */
    DatabaseAddress owner() {
        return owner;
    }

    /** True when another process of this directory serves calls now. */
    boolean besideServer() {
        return lock == null;
    }

    /**
     * The keyed-hash secret of API keys: the setting, or in the embedded mode one this directory made.
     *
     * @throws StartFailure if an external PostgreSQL is used with no or a weak pepper
     */
    String pepper() {
        Optional<String> given = settings.find(Setting.PEPPER);
        if (given.isPresent()) {
            if (!given.get().matches("[0-9a-fA-F]{64,}") || given.get().chars().distinct().count() < 8) {
                throw new StartFailure("The setting " + Setting.PEPPER.key()
                        + " is too weak: give at least 64 random hexadecimal digits (openssl rand -hex 32).");
            }
            return given.get();
        }
        if (!isEmbedded()) {
            throw new StartFailure("With an external PostgreSQL the setting " + Setting.PEPPER.key()
                    + " is needed, the same on every node: give 64 random hexadecimal digits (openssl rand -hex 32).");
        }
        return data.secret("pepper");
    }

    Map<String, Object> datasourceProperties() {
        return Map.of(
                "datasources.default.url", database.url(),
                "datasources.default.username", database.username(),
                "datasources.default.password", database.password(),
                "datasources.default.driver-class-name", "org.postgresql.Driver",
                "datasources.default.dialect", "POSTGRES",
                "datasources.default.maximum-pool-size", settings.get(Setting.DATASOURCE_POOL),
                "datasources.default.connection-timeout", "5000",
                "datasources.default.initialization-fail-timeout", "5000");
    }

    @Override
    public void close() {
        try {
            if (started != null) {
                started.stop();
            }
        } finally {
            giveBack();
        }
    }

    private void giveBack() {
        if (lock != null) {
            try {
                lock.close();
            } catch (java.io.IOException e) {
                throw new StartFailure("The data folder " + data.root() + " cannot be given back: " + e.getMessage(), e);
            }
        }
    }
}
