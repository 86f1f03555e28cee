package cn.jingshu.products.domain;

import cn.jingshu.products.domain.DomainException.Reason;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;
import org.postgresql.core.SqlCommandType;

/** Lets a product's text be one statement that reads or changes rows; a role could otherwise alter its own settings or password. */
final class SingleStatement {
    private static final Set<SqlCommandType> READS = Set.of(SqlCommandType.SELECT, SqlCommandType.WITH);
    private static final Set<SqlCommandType> CHANGES =
            Set.of(SqlCommandType.INSERT, SqlCommandType.UPDATE, SqlCommandType.DELETE, SqlCommandType.WITH);

    private SingleStatement() {}

    static void requireRead(String sql) {
        require(sql, READS, "one SELECT");
    }

    static void requireChange(String sql) {
        require(sql, CHANGES, "one INSERT, UPDATE or DELETE");
    }

    /** Reads the text as the driver will. */
    private static void require(String sql, Set<SqlCommandType> allowed, String what) {
        try {
            List<NativeQuery> queries = Parser.parseJdbcSql(sql, true, true, true, false, true);
            if (queries.size() != 1 || !allowed.contains(queries.getFirst().command.getType())) {
                throw new DomainException(Reason.BROKEN_STATEMENT, "a product's statement is " + what + " and nothing else", null);
            }
        } catch (SQLException unreadable) {
            throw new DomainException(Reason.BROKEN_STATEMENT, "the statement cannot be read", null);
        }
    }
}
