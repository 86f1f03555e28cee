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

    /** The name of the constraint the statement broke; empty when it failed for another reason. */
    public Optional<String> constraint() {
        return getCause() instanceof PSQLException refused
                ? Optional.ofNullable(refused.getServerErrorMessage()).map(ServerErrorMessage::getConstraint)
                : Optional.empty();
    }

    /** Whether the statement broke the constraint of this name. */
    public boolean violates(String constraint) {
        return constraint().filter(constraint::equals).isPresent();
    }
}
