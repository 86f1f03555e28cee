package cn.jingshu.marketplace.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A real PostgreSQL for store tests, durable as in production; each caller gets a database of its own. */
public final class MarketDatabase {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private MarketDatabase() {}

    private static final class Server {
        static final EmbeddedPostgres POSTGRES = launch();

        static {
            // Migrated once and copied for each caller: a copy takes a fraction of the time of a migration.
            MarketDatabase.execute(POSTGRES.getPostgresDatabase(), "CREATE DATABASE market_template");
            MarketSchema.migrate(POSTGRES.getDatabase("postgres", "market_template"));
        }

        private static EmbeddedPostgres launch() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_connections", "100")
                        .start();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** A database with the market's schema and the resource catalogue, and nothing else. */
    public static DataSource create() {
        return copyOf("market_template");
    }

    /** A copy of another database of this server, to which nobody may be connected meanwhile. */
    public static DataSource copyOf(String template) {
        return named("market_" + COUNT.incrementAndGet(), template);
    }

    /** A database of this name, copied from another one. */
    public static DataSource named(String name, String template) {
        execute(Server.POSTGRES.getPostgresDatabase(), "CREATE DATABASE " + name + " TEMPLATE " + template);
        return Server.POSTGRES.getDatabase("postgres", name);
    }

    /** Where no PostgreSQL listens. */
    public static DataSource away() {
        PGSimpleDataSource nobody = new PGSimpleDataSource();
        nobody.setUrl("jdbc:postgresql://localhost:1/nobody?user=postgres");
        return nobody;
    }

    /** Runs SQL past the market's own code. */
    public static void execute(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new DatabaseException(failure);
        }
    }

    /** The first column of every row a query answers, as text. */
    public static List<String> texts(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(String.valueOf(rows.getString(1)));
            }
            return texts;
        } catch (SQLException failure) {
            throw new DatabaseException(failure);
        }
    }
}
