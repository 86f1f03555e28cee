package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.billing.account.Movement;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What consumers are and would be told: issued statements as they were stored, and previews of what is still open. */
@Singleton
public final class Statements {
    private static final String CONTENT = """
            SELECT content, sha256 FROM market.statement WHERE organisation_id = ? AND period = ?
            """;
    private static final String OF_CONSUMER = """
            SELECT s.id, s.organisation_id, o.uscc, s.period, s.year, s.number, s.issued_at, s.due_on, s.charges_fen,
                   s.vat_fen, s.closing_fen, s.sha256
              FROM market.statement s
              JOIN market.organisation o ON o.id = s.organisation_id
             WHERE s.organisation_id = ?
             ORDER BY s.period
            """;
    private static final String BY_ID = """
            SELECT s.id, s.organisation_id, o.uscc, s.period, s.year, s.number, s.issued_at, s.due_on, s.charges_fen,
                   s.vat_fen, s.closing_fen, s.sha256
              FROM market.statement s
              JOIN market.organisation o ON o.id = s.organisation_id
             WHERE s.id = ?
            """;
    private static final String OF_MONTH = """
            SELECT s.id, s.organisation_id, o.uscc, s.period, s.year, s.number, s.issued_at, s.due_on, s.charges_fen,
                   s.vat_fen, s.closing_fen, s.sha256
              FROM market.statement s
              JOIN market.organisation o ON o.id = s.organisation_id
             WHERE s.period = ?
             ORDER BY o.uscc
            """;

    private final Database database;
    private final MonthClose months;
    private final StatementParts parts;
    private final Organisations organisations;
    private final Clock clock;

    Statements(Database database, MonthClose months, StatementParts parts, Organisations organisations, Clock clock) {
        this.database = database;
        this.months = months;
        this.parts = parts;
        this.organisations = organisations;
        this.clock = clock;
    }

    /**
     * An issued statement in a list.
     *
     * @param charged what it charges, tax included; below zero: it gives back
     * @param balance owed less paid ahead, with everything on it
     * @param sha256 of the stored content, in hexadecimal
     */
    public record Listed(
            UUID id,
            UUID organisationId,
            String reference,
            YearMonth month,
            Instant issuedAt,
            LocalDate dueOn,
            Money charged,
            Money vat,
            Money balance,
            String sha256) {}

    /**
     * A statement as it is shown.
     *
     * @param content its JSON; of an issued one, the stored bytes
     * @param sha256 of the content, in hexadecimal
     */
    public record Shown(Statement statement, String content, String sha256) {}

    /** One consumer's statement of a month: as it was issued, else what it would be now. */
    public Shown of(UUID organisationId, YearMonth month) {
        Optional<Shown> issued = findIssued(organisationId, month);
        if (issued.isPresent()) {
            return issued.get();
        }
        Organisation consumer = organisations.find(organisationId)
                .orElseThrow(() -> new IllegalArgumentException("no organisation " + organisationId));
        List<Charge> charged = months.preview(month, organisationId);
        Statement statement = database.onSnapshot(t -> preview(t, consumer, month, charged));
        String content = StatementJson.write(statement);
        return new Shown(statement, content, HexFormat.of().formatHex(StatementIssue.digest(content)));
    }

    private Statement preview(Transaction t, Organisation consumer, YearMonth month, List<Charge> charged)
            throws SQLException {
        long told = StatementIssue.lastMovement(t, consumer.id());
        List<Movement> movements = new ArrayList<>(Accounts.listAfter(t, consumer.id(), told));
        Balance now = Accounts.balanceIn(t, consumer.id());
        movements.addAll(Accounts.ofMonth(
                consumer.id(), month, Money.sum(charged.stream().map(Charge::amount).toList()), now));
        return parts.put(consumer, month, new StatementParts.Issue(null, clock.instant(), null), charged,
                Accounts.balanceIn(t, consumer.id(), told), movements);
    }

    /** The issued statement of a month, as it was stored; empty: it is not issued yet. */
    public Optional<Shown> findIssued(UUID organisationId, YearMonth month) {
        return database.inTransaction(t -> t.find(CONTENT, row -> new Shown(StatementJson.read(row.text("content")),
                row.text("content"), HexFormat.of().formatHex(row.bytes("sha256"))), organisationId, month.atDay(1)));
    }

    /** One consumer's issued statements, the oldest first. */
    public List<Listed> listOf(UUID organisationId) {
        return database.inTransaction(t -> listIn(t, organisationId));
    }

    static List<Listed> listIn(Transaction t, UUID organisationId) throws SQLException {
        return t.list(OF_CONSUMER, Statements::listed, organisationId);
    }

    /** Everybody's issued statements of a month. */
    public List<Listed> listOf(YearMonth month) {
        return database.inTransaction(t -> t.list(OF_MONTH, Statements::listed, month.atDay(1)));
    }

    public Optional<Listed> find(UUID id) {
        return database.inTransaction(t -> findIn(t, id));
    }

    static Optional<Listed> findIn(Transaction t, UUID id) throws SQLException {
        return t.find(BY_ID, Statements::listed, id);
    }

    private static Listed listed(Row row) throws SQLException {
        return new Listed(row.uuid("id"), row.uuid("organisation_id"),
                Statement.referenceOf(row.text("uscc"), row.integer("year"), row.integer("number")),
                YearMonth.from(row.day("period")), row.instant("issued_at"), row.day("due_on"),
                Money.ofFen(row.number("charges_fen")), Money.ofFen(row.number("vat_fen")),
                Money.ofFen(row.number("closing_fen")), HexFormat.of().formatHex(row.bytes("sha256")));
    }
}
