package cn.jingshu.metering;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The schema {@code metering} in PostgreSQL: stored events, hourly totals, journal positions and quota leases. */
public final class MeteringSchema {
    private MeteringSchema() {}

    /** Brings the schema to the newest version; does nothing when it is there. Several nodes may call it at once. */
    public static void migrate(DataSource dataSource) {
        Flyway.configure(MeteringSchema.class.getClassLoader())
                .dataSource(dataSource)
                .schemas("metering")
                .defaultSchema("metering")
                .table("schema_history")
                .locations("classpath:db/metering")
                .load()
                .migrate();
    }
}
