package cn.jingshu.ledger;

import java.sql.SQLException;

/** The database refused a statement of the ledger or could not be reached; nothing of the transaction was kept. */
public final class LedgerStoreException extends RuntimeException {

    private final String sqlState;

    /** What {@code cause} says; for code that meets it where no {@link SQLException} may pass. */
    public LedgerStoreException(SQLException cause) {
        super(cause.getMessage(), cause);
        this.sqlState = cause.getSQLState() == null ? "" : cause.getSQLState();
    }

    /** The five-character SQLSTATE; empty if the driver gave none. */
    public String sqlState() {
        return sqlState;
    }
}
