package cn.jingshu.ledger;

import java.sql.PreparedStatement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the schema {@code ledger} of a database to the state this version of the code expects. */
public final class LedgerSchema {

    private LedgerSchema() {}

    /** Applies the migrations that are missing; running it again, or on several nodes at once, changes nothing. */
    public static void migrate(DataSource dataSource) {
        Flyway.configure(LedgerSchema.class.getClassLoader())
                .dataSource(dataSource)
                .schemas("ledger")
                .defaultSchema("ledger")
                .locations("classpath:db/ledger")
                .load()
                .migrate();
    }

    /**
     * Gives {@code role} the rights of a node in this schema and takes every other one: it reads the books, adds to them and changes nothing.
     * PostgreSQL 17 or newer.
     *
     * @param owner connects as the role that owns the schema
     */
    public static void grantTo(DataSource owner, String role) {
        Transaction.run(owner, connection -> {
            try (PreparedStatement grant = connection.prepareStatement("SELECT ledger.grant_to(?)")) {
                grant.setString(1, role);
                return grant.execute();
            }
        });
    }
}
