package cn.jingshu.ledger;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A real PostgreSQL for store tests, durable as in production; each caller gets a database of its own. */
public final class LedgerDatabase {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private LedgerDatabase() {}

    private static final class Server {
        static final EmbeddedPostgres POSTGRES = start();

        static {
            // Migrated once and copied for each caller: a copy takes a fraction of the time of a migration.
            LedgerDatabase.execute(POSTGRES.getPostgresDatabase(), "CREATE DATABASE ledger_template");
            LedgerSchema.migrate(POSTGRES.getDatabase("postgres", "ledger_template"));
        }

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_connections", "200")
                        .start();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** An empty database with the ledger's schema. */
    public static DataSource create() {
        String name = "ledger_" + COUNT.incrementAndGet();
        execute(Server.POSTGRES.getPostgresDatabase(), "CREATE DATABASE " + name + " TEMPLATE ledger_template");
        return Server.POSTGRES.getDatabase("postgres", name);
    }

    /** The database of {@code owner} as a role sees it that has the rights of a node and no others. */
    public static DataSource asNode(DataSource owner) {
        execute(owner, """
                DO $$ BEGIN
                    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ledger_node') THEN
                        CREATE ROLE ledger_node LOGIN;
                    END IF;
                END $$""");
        LedgerSchema.grantTo(owner, "ledger_node");
        try (Connection connection = owner.getConnection()) {
            return Server.POSTGRES.getDatabase("ledger_node", connection.getCatalog());
        } catch (SQLException failure) {
            throw new LedgerStoreException(failure);
        }
    }

    /** A database in which nothing was made yet. */
    static DataSource createWithoutSchema() {
        String name = "ledger_" + COUNT.incrementAndGet();
        execute(Server.POSTGRES.getPostgresDatabase(), "CREATE DATABASE " + name);
        return Server.POSTGRES.getDatabase("postgres", name);
    }

    /** Runs SQL past the ledger's own code. */
    public static void execute(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new LedgerStoreException(failure);
        }
    }

    public static long queryLong(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException failure) {
            throw new LedgerStoreException(failure);
        }
    }

    public static JournalEntry entry(UUID id, LocalDate day, AccountCode debit, AccountCode credit, long fen) {
        Dimensions about = Dimensions.authorisedOperation();
        return new JournalEntry(
                id,
                day,
                EntryReason.CHARGE,
                "测试凭证",
                List.of(Posting.debit(debit, new Money(fen), about), Posting.credit(credit, new Money(fen), about)));
    }
}
