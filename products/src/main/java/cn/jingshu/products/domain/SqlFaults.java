package cn.jingshu.products.domain;

import cn.jingshu.products.domain.DomainException.Reason;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What PostgreSQL's errors mean to a product. The server's sentence is passed on only for errors found while a statement is
 * read, before it has any value; every other sentence may repeat one.
 */
final class SqlFaults {
    private SqlFaults() {}

    static DomainException of(SQLException failure) {
        Reason reason = reasonOf(failure);
        return new DomainException(reason, sentence(reason, failure), scrubbed(failure));
    }

    private static Reason reasonOf(SQLException failure) {
        String state = failure.getSQLState();
        if (state == null) {
            return failure instanceof SQLTransientConnectionException ? Reason.UNAVAILABLE : Reason.BROKEN_STATEMENT;
        }
        return switch (state) {
            case "42501" -> Reason.NOT_GRANTED;
            case "57014", "25P03", "25P04", "53400" -> Reason.TOO_SLOW;
            case "40001", "40P01", "55P03", "23505", "23P01", "23503" -> Reason.CONFLICT;
            default -> switch (state.substring(0, 2)) {
                case "08", "28", "3D", "53", "57", "58" -> Reason.UNAVAILABLE;
                default -> failure instanceof SQLTransientConnectionException ? Reason.UNAVAILABLE : Reason.BROKEN_STATEMENT;
            };
        };
    }

    private static String sentence(Reason reason, SQLException failure) {
        String said = saidWhileRead(failure);
        String state = " (SQLSTATE " + failure.getSQLState() + (said == null ? "" : ": " + said) + ")";
        return switch (reason) {
            case NOT_GRANTED -> "the product's role may not do what the statement asks" + state;
            case TOO_SLOW -> "the statement took longer, or more space, than it may" + state;
            case CONFLICT -> "another call changed the state, or the key is taken" + constraint(failure) + state;
            case UNAVAILABLE -> "the data domain is away" + state;
            case BROKEN_STATEMENT -> "the statement is wrong" + constraint(failure) + state;
        };
    }

    private static @Nullable String saidWhileRead(SQLException failure) {
        ServerErrorMessage said = failure instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
        String state = failure.getSQLState();
        return said != null && state != null && state.startsWith("42") ? said.getMessage() : null;
    }

    private static String constraint(SQLException failure) {
        ServerErrorMessage said = failure instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
        return said == null || said.getConstraint() == null ? "" : ", by " + said.getConstraint();
    }

    /** Where it happened, without what was said. */
    private static SQLException scrubbed(SQLException failure) {
        SQLException scrubbed = new SQLException("SQLSTATE " + failure.getSQLState(), failure.getSQLState());
        scrubbed.setStackTrace(failure.getStackTrace());
        return scrubbed;
    }
}
