package cn.jingshu.marketplace.runtime;

import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The beans of a data directory for one command; the edges and product feeds of a server are not started. */
final class CommandContext implements AutoCloseable {
    private final Workspace workspace;
    private final ApplicationContext context;

    private final StartProgress progress;

    private CommandContext(Workspace workspace, ApplicationContext context, StartProgress progress) {
        this.workspace = workspace;
        this.context = context;
        this.progress = progress;
    }

    /** Opens the directory beside a running server or alone, and ships what the usage journal holds. */
    static CommandContext open(WorkspaceOptions options) {
        StartProgress progress = new StartProgress(System.out);
        Settings settings = Settings.read(options.config, Map.of());
        Workspace workspace = Workspace.openForCommand(settings, DataDirectory.open(options.data), progress);
        try {
            ApplicationContext context = start(workspace, systemClock());
            CommandContext opened = new CommandContext(workspace, context, progress);
            progress.step("Usage journal: shipping what is left");
            opened.ship();
            return opened;
        } catch (RuntimeException | Error failed) {
            workspace.close();
            throw failed;
        }
    }

    /** The time in microseconds, which is what PostgreSQL keeps: no stored moment differs from the one it was made from. */
    static Clock systemClock() {
        return Clock.tick(Clock.systemUTC(), Duration.of(1, ChronoUnit.MICROS));
    }

    /** The application context of {@code workspace}, its schemas up to date; nothing listens yet. */
    static ApplicationContext start(Workspace workspace, Clock clock) {
        Settings settings = workspace.settings();
        Map<String, Object> properties = new LinkedHashMap<>(settings.defaults());
        properties.putAll(workspace.datasourceProperties());
        properties.put(Setting.PEPPER.key(), workspace.pepper());
        properties.put("micronaut.server.host", settings.get(Setting.HOST));
        properties.put("micronaut.server.port", settings.get(Setting.PORT));
        migrate(workspace.owner(), workspace.database());
        ApplicationContext context = settings.contextWith(properties);
        context.registerSingleton(Clock.class, clock);
        context.registerSingleton(DataDirectory.class, workspace.data());
        context.registerSingleton(DomainAccess.class, DomainAccess.of(workspace, workspace.pepper()));
        context.start();
        return context;
    }

    private static void migrate(DatabaseAddress owner, DatabaseAddress node) {
        PGSimpleDataSource plain = reachable(owner);
        migrateSchemas(plain);
        if (!owner.username().equals(node.username())) {
            reachable(node);
            NodeRights.grant(plain, node.username());
        }
    }

    private static PGSimpleDataSource reachable(DatabaseAddress address) {
        PGSimpleDataSource plain = new PGSimpleDataSource();
        plain.setUrl(address.url());
        plain.setUser(address.username());
        plain.setPassword(address.password());
        plain.setConnectTimeout(10);
        try (var probe = plain.getConnection()) {
            if (!probe.isValid(5)) {
                throw new SQLException("the connection is not usable");
            }
        } catch (SQLException unreachable) {
            throw new StartFailure("PostgreSQL at " + address.url() + " cannot be used as " + address.username() + ": "
                    + unreachable.getMessage(), unreachable);
        }
        return plain;
    }

    private static void migrateSchemas(DataSource dataSource) {
        cn.jingshu.metering.MeteringSchema.migrate(dataSource);
        cn.jingshu.ledger.LedgerSchema.migrate(dataSource);
        cn.jingshu.marketplace.store.MarketSchema.migrate(dataSource);
    }

    <T> T get(Class<T> type) {
        return context.getBean(type);
    }

    /** Where the command says what it does. */
    StartProgress progress() {
        return progress;
    }

    private void ship() {
        try {
            DataSource plain = NodeBeans.plain(get(DataSource.class));
            // The units its node leased and did not use are free for others, though it may never start again.
            var shipper = cn.jingshu.metering.journal.Shipper.ofDirectory(workspace.data().journal(), plain,
                    cn.jingshu.metering.journal.ShipperSettings.USUAL, get(Clock.class),
                    (nodeId, nextSequence) -> cn.jingshu.metering.quota.Quotas.settleEnded(plain, nodeId, nextSequence));
            shipper.shipAvailable();
        } catch (SQLException | IOException e) {
            throw new StartFailure("The usage journal in " + workspace.data().journal() + " cannot be shipped: "
                    + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        context.close();
        workspace.close();
    }
}
