package cn.jingshu.products.domain;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The domain on a real PostgreSQL, durable as in production, for tests of products; each has a database of its own. Everything
 * a product declares is granted until {@link #withdraw} says otherwise.
 */
public final class TestDomain implements DataDomain, AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String OWNER = "domain_owner";

    private final String database;
    private final DataSource owner;
    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
    private final JdbcDataDomain domain;

    private static final class Server {
        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_connections", "200")
                        .start();
                // As in an installation: the owner may make roles and is no superuser.
                run(postgres.getPostgresDatabase(), "CREATE ROLE " + OWNER + " LOGIN CREATEROLE");
                return postgres;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private TestDomain(Clock clock, DomainSettings settings) {
        database = "domain_" + COUNT.incrementAndGet();
        run(Server.POSTGRES.getPostgresDatabase(), "CREATE DATABASE " + database + " OWNER " + OWNER);
        owner = Server.POSTGRES.getDatabase(OWNER, database);
        try (Connection superuser = superuser().getConnection()) {
            DatabaseHardening.apply(superuser, List.of(OWNER));
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        domain = domain(clock, settings);
    }

    /** An empty domain. */
    public static TestDomain start() {
        return start(Clock.systemUTC());
    }

    /** An empty domain whose loads happen when {@code clock} says. */
    public static TestDomain start(Clock clock) {
        return start(clock, DomainSettings.USUAL);
    }

    static TestDomain start(Clock clock, DomainSettings settings) {
        return new TestDomain(clock, settings);
    }

    /** A further node on the same database. */
    JdbcDataDomain domain(Clock clock, DomainSettings settings) {
        DomainGrants grants = () -> {
            Set<String> without = new HashSet<>(withdrawn);
            return (product, resource, table, column) -> !without.contains(table + "." + column) && !without.contains(table + ".*");
        };
        return new JdbcDataDomain(owner, List.of(), url(), keys(), grants, List::of, settings, clock);
    }

    String url() {
        return Server.POSTGRES.getJdbcUrl(OWNER, database).replaceAll("\\?.*", "");
    }

    static DomainKeys keys() {
        return DomainKeys.of("a secret of the tests, and of nothing else".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public ProductData open(DomainNeeds needs) {
        return domain.open(needs);
    }

    @Override
    public ProductData reopen(DomainNeeds needs) {
        return domain.reopen(needs);
    }

    @Override
    public void giveUp(DomainNeeds needs) {
        domain.giveUp(needs);
    }

    @Override
    public Optional<ResourceTable> findTable(String name) {
        return domain.findTable(name);
    }

    /** Fills the product's live tables with its made-up rows of {@code seed}, beside those of other products. */
    public void loadLive(DomainNeeds needs, long seed) {
        domain.loadLive(needs, seed);
    }

    /** Adds one live row, values as {@link DomainNeeds.RowSink} takes them, after a product that reads the table was opened. */
    public void addLive(ResourceTable table, Map<String, @Nullable String> values) {
        domain.addLive(table, values);
    }

    /** Takes back what a provider granted: {@code discharge.diagnosis_code}, or every column of a table: {@code discharge.*}. */
    public void withdraw(String tableAndColumn) {
        withdrawn.add(tableAndColumn);
        domain.apply();
    }

    /** Grants it again. */
    public void restore(String tableAndColumn) {
        withdrawn.remove(tableAndColumn);
        domain.apply();
    }

    /** What the server has of a product: its roles, and its schemas in this database. */
    public List<String> rolesAndSchemasOf(String product) {
        String sql = """
                SELECT rolname FROM pg_roles WHERE rolname LIKE 'js_' || ? || '_v%'
                 UNION ALL SELECT nspname FROM pg_namespace WHERE nspname LIKE 'twin_' || ? || '_v%' ORDER BY 1
                """;
        try (Connection connection = superuser().getConnection(); PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, product);
            statement.setString(2, product);
            List<String> found = new ArrayList<>();
            ResultSet rows = statement.executeQuery();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Runs SQL as the owner, past the domain; live tables lie in the schema {@code domain}. */
    public void execute(String sql) {
        run(owner, sql);
    }

    JdbcDataDomain domain() {
        return domain;
    }

    DataSource owner() {
        return owner;
    }

    /** Connections as any role, as one would try from outside. */
    DataSource as(String role) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(Server.POSTGRES.getJdbcUrl(role, database));
        source.setUser(role);
        return source;
    }

    DataSource superuser() {
        return Server.POSTGRES.getDatabase("postgres", database);
    }

    static void run(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Ends the connections; the database is left to the server, which ends with the tests. */
    @Override
    public void close() {
        domain.close();
    }
}
