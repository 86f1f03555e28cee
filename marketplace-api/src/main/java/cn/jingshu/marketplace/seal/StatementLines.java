package cn.jingshu.marketplace.seal;

import cn.jingshu.marketplace.store.Database;
import jakarta.inject.Singleton;
import java.time.YearMonth;
import java.util.Optional;
import java.util.UUID;

/** Whose line of a statement a booked entry is: a charge is booked under its own id. */
@Singleton
public final class StatementLines {
    private static final String LINE = """
            SELECT organisation_id, period, amount_fen FROM market.charge WHERE id = ?
            """;

    private final Database database;

    StatementLines(Database database) {
        this.database = database;
    }

    /**
     * A line of a statement.
     *
     * @param organisationId who owes it
     * @param month it is billed in
     * @param amountFen tax included; zero is not booked, so there is no entry to prove
     */
    public record Line(UUID organisationId, YearMonth month, long amountFen) {}

    public Optional<Line> find(UUID chargeId) {
        return database.inTransaction(t -> t.find(LINE,
                row -> new Line(row.uuid("organisation_id"), YearMonth.from(row.day("period")), row.number("amount_fen")), chargeId));
    }
}
