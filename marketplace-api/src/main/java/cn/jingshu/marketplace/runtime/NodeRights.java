package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.LedgerSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/**
 * What the role of a node may do: read and write the rows of metering and market, add to the books (the ledger says what), and change no
 * table, trigger or history of migrations. Granted anew at each start, so that a new table is never forgotten.
 */
final class NodeRights {
    private static final List<String> SCHEMAS = List.of("metering", "market");

    private NodeRights() {}

    /**
     * @param owner connects as the role that owns the schemas
     * @param role the node's
     */
    static void grant(DataSource owner, String role) {
        LedgerSchema.grantTo(owner, role);
        try (Connection connection = owner.getConnection(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock(27)"); // two nodes that start at one moment
            String node = statement.enquoteIdentifier(role, true);
            for (String schema : SCHEMAS) {
                statement.execute("GRANT USAGE ON SCHEMA " + schema + " TO " + node);
                statement.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema + " TO " + node);
                statement.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA " + schema + " TO " + node);
            }
            // A month of usage events is a table of its own: made when its first event comes, dropped when its time is over.
            statement.execute("ALTER FUNCTION metering.ensure_usage_partition(date) SECURITY DEFINER SET search_path = pg_catalog, pg_temp");
            statement.execute("ALTER FUNCTION metering.drop_usage_month(date, integer)"
                    + " SECURITY DEFINER SET search_path = pg_catalog, pg_temp");
            statement.execute("REVOKE INSERT, UPDATE, DELETE ON metering.schema_history, market.flyway_schema_history FROM " + node);
            connection.commit();
        } catch (SQLException failure) {
            throw new StartFailure("The role " + role + " cannot be given its rights: " + failure.getMessage(), failure);
        }
    }
}
