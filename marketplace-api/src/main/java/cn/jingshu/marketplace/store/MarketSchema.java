package cn.jingshu.marketplace.store;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The schema {@code market} and its migrations. */
public final class MarketSchema {
    private MarketSchema() {}

    /** Brings the schema to the newest version; safe to call on every start and from several nodes at once. */
    public static void migrate(DataSource dataSource) {
        Flyway.configure(MarketSchema.class.getClassLoader())
                .dataSource(dataSource)
                .schemas("market")
                .defaultSchema("market")
                .locations("classpath:db/market")
                .load()
                .migrate();
    }
}
