package cn.jingshu.marketplace.billing.statement;

import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Vat;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.Rule;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.ChargeKey;
import cn.jingshu.marketplace.billing.Charges;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gives back what a line charged too much, with four eyes: one person asks and says why, another grants it. What is given
 * back lowers what the consumer owes, and beyond that is kept as paid ahead.
 *
 * @see "《价格法》第四十一条: 经营者因价格违法行为致使消费者或者其他经营者多付价款的,应当退还多付部分"
 */
@Singleton
public final class Refunds {
    public static final int MOST_REASON_CHARS = 500;

    private static final String ADD = """
            INSERT INTO market.refund_request (id, charge_id, amount_fen, reason, requested_by, requested_at, status)
            VALUES (?, ?, ?, ?, ?, ?, 'REQUESTED')
            ON CONFLICT ON CONSTRAINT refund_request_pk DO NOTHING
            """;
    private static final String BY_ID = """
            SELECT id, charge_id, amount_fen, reason, requested_by, requested_at, status, decided_by, decided_at, refusal
              FROM market.refund_request
             WHERE id = ?
            """;
    private static final String LOCK = """
            SELECT id, charge_id, amount_fen, reason, requested_by, requested_at, status, decided_by, decided_at, refusal
              FROM market.refund_request
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String NEWEST = """
            SELECT id, charge_id, amount_fen, reason, requested_by, requested_at, status, decided_by, decided_at, refusal
              FROM market.refund_request
             WHERE CAST(? AS text) IS NULL OR status = CAST(? AS text)
             ORDER BY requested_at DESC, id DESC
             LIMIT ?
            """;
    private static final String DECIDE = """
            UPDATE market.refund_request SET status = ?, decided_by = ?, decided_at = ?, refusal = ? WHERE id = ?
            """;
    private static final String HOLD_RATINGS = "LOCK TABLE market.billing_period IN SHARE MODE";
    /**
     * What all lines of the key of a line charged, those below zero that have no credit note yet with them, less what refunds gave back of them. The
     * organisation and the period follow from the key; they are what an index of the lines begins with, and ratings wait meanwhile.
     */
    private static final String LEFT_OF_KEY = """
            SELECT CAST(coalesce(sum(same.amount_fen - coalesce(refunded.amount_fen, 0)), 0) AS bigint) AS amount_fen
              FROM market.charge line
              JOIN market.charge same
                ON same.organisation_id = line.organisation_id AND same.period >= line.usage_period
               AND same.usage_period = line.usage_period AND same.subscription_id = line.subscription_id
               AND same.product_code = line.product_code AND same.operation = line.operation
               AND same.purpose = line.purpose AND same.unit = line.unit
               AND same.tariff_id IS NOT DISTINCT FROM line.tariff_id
              LEFT JOIN LATERAL (SELECT sum(given.amount_fen) AS amount_fen
                                   FROM market.credit_note_line given
                                   JOIN market.credit_note note ON note.id = given.note_id
                                  WHERE note.kind = 'REFUND' AND given.corrects = same.id) refunded ON TRUE
             WHERE line.id = ?
            """;
    /** What was taken back or given back of a line so far. */
    private static final String GIVEN_BACK = """
            SELECT CAST(coalesce(sum(amount_fen), 0) AS bigint) AS amount_fen
              FROM market.credit_note_line
             WHERE corrects = ?
            """;

    private final Database database;
    private final Charges charges;
    private final Accounts accounts;
    private final CreditNotes notes;
    private final Organisations organisations;
    private final Provider<PolicyRates> rates;
    private final Clock clock;

    Refunds(Database database, Charges charges, Accounts accounts, CreditNotes notes, Organisations organisations,
            Provider<PolicyRates> rates, Clock clock) {
        this.database = database;
        this.charges = charges;
        this.accounts = accounts;
        this.notes = notes;
        this.organisations = organisations;
        this.rates = rates;
        this.clock = clock;
    }

    /** How far a request has come. */
    public enum Status {
        REQUESTED,
        GRANTED,
        REFUSED
    }

    /**
     * A wish to give back.
     *
     * @param amount tax included, above zero
     * @param decidedBy null: nobody has decided yet
     * @param refusal why it was refused; null: it was not
     */
    public record Refund(UUID id, UUID chargeId, Money amount, String reason, UUID requestedBy, Instant requestedAt,
            Status status, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String refusal) {}

    /** What became of a wish or a decision. */
    public sealed interface Outcome {
        record Done(Refund refund) implements Outcome {}

        record Refused(Fault fault) implements Outcome {}
    }

    /** Why it is refused. */
    public enum Fault {
        UNKNOWN("没有该退费申请", "there is no such request"),
        NO_SUCH_LINE("没有该账单明细,或尚未出具账单", "there is no such line of an issued statement"),
        ID_TAKEN("该编号已用于其他内容", "the id was used for something else"),
        TOO_MUCH("退费金额超过该明细尚未退回的金额", "more than the line charged and has not given back yet"),
        OWN_REQUEST("申请人不能审批自己的申请", "who asked does not decide"),
        DECIDED("该申请已有决定", "it has been decided");

        private final String zh;
        private final String en;

        Fault(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        public String zh() {
            return zh;
        }

        public String en() {
            return en;
        }
    }

    /**
     * Asks for a refund.
     *
     * @param id made by the caller: the same wish again is no second one
     */
    public Outcome request(UUID id, UUID chargeId, Money amount, String reason, UUID requestedBy) {
        Optional<Charge> line = charges.find(chargeId);
        return database.inTransaction(t -> {
            if (line.isEmpty() || statementOf(t, line.get()).isEmpty()) {
                return new Outcome.Refused(Fault.NO_SUCH_LINE);
            }
            if (!amount.isPositive() || amount.compareTo(left(t, line.get())) > 0) {
                return new Outcome.Refused(Fault.TOO_MUCH);
            }
            boolean added = t.change(ADD, id, chargeId, amount.fen(), reason, requestedBy, clock.instant()) > 0;
            Refund kept = t.find(BY_ID, Refunds::refund, id).orElseThrow();
            if (!added && !(kept.chargeId().equals(chargeId) && kept.amount().equals(amount) && kept.reason().equals(reason)
                    && kept.requestedBy().equals(requestedBy))) {
                return new Outcome.Refused(Fault.ID_TAKEN);
            }
            if (added) {
                log(t, requestedBy, "refund.request", kept, reason);
            }
            return new Outcome.Done(kept);
        });
    }

    /** Grants a refund: books it and issues its credit note, in one transaction. */
    public Outcome grant(UUID id, UUID grantedBy) {
        return decide(id, grantedBy, (t, asked) -> {
            t.change(HOLD_RATINGS); // a rating knows of the refund, or the refund of the lines it wrote
            Charge line = charges.find(asked.chargeId()).orElseThrow();
            ChargeKey key = line.key();
            UUID whose = key.organisationId();
            Accounts.lock(t, whose);
            if (asked.amount().compareTo(left(t, line)) > 0) {
                return Optional.of(Fault.TOO_MUCH);
            }
            String uscc = organisations.find(whose).orElseThrow().uscc().code();
            String reference = notes.nextReference(t, whose, uscc);
            Money vat = Vat.inside(asked.amount(), rates.get().rateAt(Rule.VAT, line.month().atEndOfMonth()).rate()).tax();
            UUID tariff = key.tariffId();
            Dimensions about = Dimensions.authorisedOperation()
                    .withProduct(key.product())
                    .withPurposeClass(key.purpose())
                    .withPriceVersion(tariff == null ? null : tariff.toString());
            LocalDate on = accounts.giveBack(t, id, whose, asked.amount(), vat, about, reference, grantedBy);
            notes.add(t, new CreditNotes.Draft(id, whose, CreditNotes.Kind.REFUND,
                    statementOf(t, line).map(Statements.Listed::id).orElse(null), null, id,
                    List.of(new CreditNotes.Line(null, line.id(), asked.amount(), vat)), asked.reason()), on);
            t.change(DECIDE, Status.GRANTED, grantedBy, clock.instant(), null, id);
            log(t, grantedBy, "refund.grant", asked, asked.reason());
            return Optional.empty();
        });
    }

    /** Refuses a refund. */
    public Outcome refuse(UUID id, UUID refusedBy, String why) {
        return decide(id, refusedBy, (t, asked) -> {
            t.change(DECIDE, Status.REFUSED, refusedBy, clock.instant(), why, id);
            log(t, refusedBy, "refund.refuse", asked, why);
            return Optional.empty();
        });
    }

    @FunctionalInterface
    private interface Step {
        Optional<Fault> take(Transaction t, Refund asked) throws SQLException;
    }

    private Outcome decide(UUID id, UUID decidedBy, Step step) {
        return database.inTransaction(t -> {
            Optional<Refund> found = t.find(LOCK, Refunds::refund, id);
            if (found.isEmpty()) {
                return new Outcome.Refused(Fault.UNKNOWN);
            }
            Refund asked = found.get();
            if (asked.status() != Status.REQUESTED) {
                return new Outcome.Refused(Fault.DECIDED);
            }
            if (asked.requestedBy().equals(decidedBy)) {
                return new Outcome.Refused(Fault.OWN_REQUEST);
            }
            Optional<Fault> fault = step.take(t, asked);
            if (fault.isPresent()) {
                t.rollback();
                return new Outcome.Refused(fault.get());
            }
            return new Outcome.Done(t.find(BY_ID, Refunds::refund, id).orElseThrow());
        });
    }

    private static Optional<Statements.Listed> statementOf(Transaction t, Charge line) throws SQLException {
        return Statements.findIn(t, StatementIssue.idOf(line.key().organisationId(), line.month()));
    }

    /** What a line charged and nothing has given back yet; of a key that a rating has corrected, not what the correction takes back. */
    private static Money left(Transaction t, Charge line) throws SQLException {
        Money ofLine = line.amount().minus(t.find(GIVEN_BACK, row -> Money.ofFen(row.number("amount_fen")), line.id())
                .orElse(Money.ZERO));
        Money ofKey = t.find(LEFT_OF_KEY, row -> Money.ofFen(row.number("amount_fen")), line.id()).orElse(Money.ZERO);
        return ofKey.compareTo(ofLine) < 0 ? ofKey : ofLine;
    }

    private void log(Transaction t, UUID by, String action, Refund refund, String reason) throws SQLException {
        AuditLog.append(t, clock, by, action, "charge", refund.chargeId(), Map.of("refund", refund.id().toString(),
                "amountFen", Long.toString(refund.amount().fen()), "reason", reason));
    }

    public Optional<Refund> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, Refunds::refund, id));
    }

    /** The youngest requests; {@code status} null: of any. */
    public List<Refund> listNewest(@Nullable Status status, int most) {
        return database.inTransaction(t -> t.list(NEWEST, Refunds::refund, status, status, most));
    }

    private static Refund refund(Row row) throws SQLException {
        return new Refund(row.uuid("id"), row.uuid("charge_id"), Money.ofFen(row.number("amount_fen")), row.text("reason"),
                row.uuid("requested_by"), row.instant("requested_at"), row.constant("status", Status.class),
                row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"), row.textOrNull("refusal"));
    }
}
