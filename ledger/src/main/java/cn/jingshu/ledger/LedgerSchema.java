package cn.jingshu.ledger;

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
}
