package cn.jingshu.marketplace.store;

import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** PostgreSQL refused a statement or could not be reached. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DatabaseException(SQLException cause) {
        super(cause);
    }

    /** What PostgreSQL said beneath a failure of the framework; the failure itself when it said nothing. */
    static RuntimeException unwrap(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DatabaseException said) {
                return said;
            }
            if (cause instanceof SQLException said) {
                return new DatabaseException(said);
            }
        }
        return failure;
    }

    /** Whether PostgreSQL answered that it does not do this; else it was not reached, and another statement would fare no better. */
    public boolean isRefusal() {
        return said().isPresent();
    }

    /** The name of the constraint the statement broke; empty when it failed for another reason. */
    public Optional<String> constraint() {
        return said().map(ServerErrorMessage::getConstraint);
    }

    private Optional<ServerErrorMessage> said() {
        return getCause() instanceof PSQLException refused ? Optional.ofNullable(refused.getServerErrorMessage()) : Optional.empty();
    }

    /** Whether the statement broke the constraint of this name. */
    public boolean violates(String constraint) {
        return constraint().filter(constraint::equals).isPresent();
    }
}
