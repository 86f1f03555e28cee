package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Credit notes (红字): what a later statement takes back, or a granted refund gives back, with the statement and the lines
 * it is about. A correction is booked by the entries of its lines, a refund by the entry of its note.
 */
@Singleton
public final class CreditNotes implements StatementIssue.Issued {
    private static final String NEXT_NUMBER = """
            SELECT coalesce(max(number), 0) + 1 AS number FROM market.credit_note WHERE organisation_id = ? AND year = ?
            """;
    private static final String ADD = """
            INSERT INTO market.credit_note
                   (id, organisation_id, year, number, kind, statement_id, carried_by, refund_id, amount_fen, vat_fen, reason,
                    issued_on, issued_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String ADD_LINE = """
            INSERT INTO market.credit_note_line (note_id, line, charge_id, corrects, amount_fen, vat_fen)
            VALUES (?, ?, ?, ?, ?, ?)
            """;
    private static final String OF_CONSUMER = """
            SELECT n.id, n.organisation_id, o.uscc, n.year, n.number, n.kind, n.statement_id, s.period AS statement_period,
                   n.amount_fen, n.vat_fen, n.reason, n.issued_on
              FROM market.credit_note n
              JOIN market.organisation o ON o.id = n.organisation_id
              LEFT JOIN market.statement s ON s.id = n.statement_id
             WHERE n.organisation_id = ?
             ORDER BY n.year, n.number
            """;
    private static final String BY_ID = """
            SELECT n.id, n.organisation_id, o.uscc, n.year, n.number, n.kind, n.statement_id, s.period AS statement_period,
                   n.amount_fen, n.vat_fen, n.reason, n.issued_on
              FROM market.credit_note n
              JOIN market.organisation o ON o.id = n.organisation_id
              LEFT JOIN market.statement s ON s.id = n.statement_id
             WHERE n.id = ?
            """;
    private static final String LINES = """
            SELECT charge_id, corrects, amount_fen, vat_fen FROM market.credit_note_line WHERE note_id = ? ORDER BY line
            """;

    private final Database database;
    private final Notifications notifications;
    private final Clock clock;

    CreditNotes(Database database, Notifications notifications, Clock clock) {
        this.database = database;
        this.notifications = notifications;
        this.clock = clock;
    }

    /** What a note rests on. */
    public enum Kind {
        /** Lines below zero of a later statement. */
        CORRECTION,
        /** A refund two people granted. */
        REFUND
    }

    /**
     * A credit note.
     *
     * @param reference its number as it is quoted
     * @param statementId the statement that charged it; null: issued before statements were kept
     * @param amount above zero, tax included
     */
    public record Note(UUID id, UUID organisationId, String reference, Kind kind, @Nullable UUID statementId,
            @Nullable LocalDate statementMonth, Money amount, Money vat, String reason, LocalDate issuedOn) {}

    /**
     * A line of a note.
     *
     * @param chargeId the line below zero; null: a refund
     * @param corrects the line that charged it; null: no earlier line had its price
     */
    public record Line(@Nullable UUID chargeId, @Nullable UUID corrects, Money amount, Money vat) {}

    /** A statement with lines below zero: a note for each statement they are about. */
    @Override
    public void issued(Transaction t, UUID statementId, Statement statement) throws SQLException {
        UUID organisationId = statement.heading().organisationId();
        Map<Optional<UUID>, List<Line>> byOriginal = new LinkedHashMap<>();
        for (Statement.Line line : statement.lines()) {
            if (!line.amount().isNegative()) {
                continue;
            }
            var month = line.correctsStatement();
            Optional<UUID> original = month == null
                    ? Optional.empty()
                    : Statements.findIn(t, StatementIssue.idOf(organisationId, month)).map(Statements.Listed::id);
            byOriginal.computeIfAbsent(original, _ -> new ArrayList<>())
                    .add(new Line(line.chargeId(), line.corrects(), line.amount().negated(), line.vat().negated()));
        }
        for (Map.Entry<Optional<UUID>, List<Line>> each : byOriginal.entrySet()) {
            UUID id = UUID.nameUUIDFromBytes(
                    ("credit note " + statementId + " " + each.getKey()).getBytes(StandardCharsets.UTF_8));
            add(t, new Draft(id, organisationId, Kind.CORRECTION, each.getKey().orElse(null), statementId, null,
                    each.getValue(), "用量更正 correction of usage, " + statement.heading().month()),
                    statement.heading().month().atEndOfMonth());
        }
    }

    /** A note before it has its number. */
    record Draft(UUID id, UUID organisationId, Kind kind, @Nullable UUID statementId, @Nullable UUID carriedBy,
            @Nullable UUID refundId, List<Line> lines, String reason) {}

    /** The number the next note of a consumer gets, as it is quoted; to be asked while the account is held. */
    String nextReference(Transaction t, UUID organisationId, String uscc) throws SQLException {
        int year = today().getYear();
        return referenceOf(uscc, year, nextNumber(t, organisationId, year));
    }

    private static int nextNumber(Transaction t, UUID organisationId, int year) throws SQLException {
        return t.find(NEXT_NUMBER, row -> row.integer("number"), organisationId, year).orElseThrow();
    }

    /** Gives the note its number and stores it; the account is held by the caller. */
    void add(Transaction t, Draft draft, LocalDate issuedOn) throws SQLException {
        int year = today().getYear();
        Money amount = Money.sum(draft.lines().stream().map(Line::amount).toList());
        Money vat = Money.sum(draft.lines().stream().map(Line::vat).toList());
        t.change(ADD, draft.id(), draft.organisationId(), year, nextNumber(t, draft.organisationId(), year), draft.kind(),
                draft.statementId(), draft.carriedBy(), draft.refundId(), amount.fen(), vat.fen(), draft.reason(), issuedOn,
                clock.instant());
        int number = 1;
        for (Line line : draft.lines()) {
            t.change(ADD_LINE, draft.id(), number++, line.chargeId(), line.corrects(), line.amount().fen(), line.vat().fen());
        }
        Note note = t.find(BY_ID, CreditNotes::note, draft.id()).orElseThrow();
        notifications.tell(t, draft.organisationId(), Notifications.Kind.CREDIT_NOTE, note.reference(), amount, "");
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), BillingPeriod.ZONE);
    }

    private static String referenceOf(String uscc, int year, int number) {
        return "%s-%d-C%04d".formatted(uscc, year, number);
    }

    /** One consumer's notes, the oldest first. */
    public List<Note> listOf(UUID organisationId) {
        return database.inTransaction(t -> t.list(OF_CONSUMER, CreditNotes::note, organisationId));
    }

    public Optional<Note> find(UUID id) {
        return database.inTransaction(t -> findIn(t, id));
    }

    static Optional<Note> findIn(Transaction t, UUID id) throws SQLException {
        return t.find(BY_ID, CreditNotes::note, id);
    }

    public List<Line> listLines(UUID noteId) {
        return database.inTransaction(t -> t.list(LINES, row -> new Line(row.uuidOrNull("charge_id"),
                row.uuidOrNull("corrects"), Money.ofFen(row.number("amount_fen")), Money.ofFen(row.number("vat_fen"))), noteId));
    }

    private static Note note(Row row) throws SQLException {
        return new Note(row.uuid("id"), row.uuid("organisation_id"),
                referenceOf(row.text("uscc"), row.integer("year"), row.integer("number")), row.constant("kind", Kind.class),
                row.uuidOrNull("statement_id"), row.dayOrNull("statement_period"), Money.ofFen(row.number("amount_fen")),
                Money.ofFen(row.number("vat_fen")), row.text("reason"), row.day("issued_on"));
    }
}
