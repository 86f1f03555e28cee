package cn.jingshu.marketplace.governance;

import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;

/** The numbers of policy, each with the day it begins to hold and where it is written. */
@Singleton
public final class PolicyParameters {
    private static final String AT = """
            SELECT name, effective_from, value, citation
              FROM market.policy_parameter
             WHERE name = ? AND effective_from <= ?
             ORDER BY effective_from DESC
             LIMIT 1
            """;
    private static final String ALL = """
            SELECT name, effective_from, value, citation
              FROM market.policy_parameter
             ORDER BY name, effective_from
            """;

    private final Database database;

    public PolicyParameters(Database database) {
        this.database = database;
    }

    /** One number of policy from {@code effectiveFrom} on, until a later record of the same name. */
    public record PolicyParameter(String name, Instant effectiveFrom, String value, String citation) {
        /** The value as an exact decimal. */
        public BigDecimal decimal() {
            return new BigDecimal(value);
        }
    }

    /** @throws NoSuchElementException when no such number holds at {@code moment} */
    public PolicyParameter getAt(String name, Instant moment) {
        return database.inTransaction(t -> t.find(AT, PolicyParameters::read, name, moment))
                .orElseThrow(() -> new NoSuchElementException("no policy number " + name + " at " + moment));
    }

    public List<PolicyParameter> listAll() {
        return database.inTransaction(t -> t.list(ALL, PolicyParameters::read));
    }

    private static PolicyParameter read(Row row) throws SQLException {
        return new PolicyParameter(row.text("name"), row.instant("effective_from"), row.text("value"),
                row.text("citation"));
    }
}
