package cn.jingshu.marketplace.payment;

import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementResult;
import cn.jingshu.ledger.settlement.StoredSettlement;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.payment.PaymentOrder.Status;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What settlements owe, and the orders that pay it: drafted by one person of the operator, approved by another or by the
 * finance bureau, sent, and confirmed by the bank's file alone ({@link BankFiles}), which is when they are booked.
 */
@Singleton
public final class Payments {
    private static final String ADD = """
            INSERT INTO market.payment_order
                   (id, kind, first_month, last_month, party, amount_fen, payee_name, payee_bank, payee_account, reference, status,
                    drafted_by, drafted_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'DRAFT', ?, ?)
            ON CONFLICT ON CONSTRAINT payment_order_pk DO NOTHING
            """;
    private static final String BY_ID = """
            SELECT id, kind, first_month, last_month, party, amount_fen, payee_name, payee_bank, payee_account, reference,
                   status, drafted_by, drafted_at, approved_by, approved_at, sent_by, sent_at, bank_reference, ended_at, ground
              FROM market.payment_order
             WHERE id = ?
            """;
    private static final String LOCK = """
            SELECT id, kind, first_month, last_month, party, amount_fen, payee_name, payee_bank, payee_account, reference,
                   status, drafted_by, drafted_at, approved_by, approved_at, sent_by, sent_at, bank_reference, ended_at, ground
              FROM market.payment_order
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String LOCK_BY_REFERENCE = """
            SELECT id, kind, first_month, last_month, party, amount_fen, payee_name, payee_bank, payee_account, reference,
                   status, drafted_by, drafted_at, approved_by, approved_at, sent_by, sent_at, bank_reference, ended_at, ground
              FROM market.payment_order
             WHERE reference = ?
               FOR UPDATE
            """;
    private static final String LATEST_FIRST = """
            SELECT id, kind, first_month, last_month, party, amount_fen, payee_name, payee_bank, payee_account, reference,
                   status, drafted_by, drafted_at, approved_by, approved_at, sent_by, sent_at, bank_reference, ended_at, ground
              FROM market.payment_order
             WHERE CAST(? AS text) IS NULL OR status = ?
             ORDER BY drafted_at DESC, id
             LIMIT ?
            """;
    private static final String SUMS = """
            SELECT kind, first_month, last_month, party, CAST(sum(amount_fen) AS bigint) AS ordered_fen,
                   CAST(coalesce(sum(amount_fen) FILTER (WHERE status IN ('CONFIRMED', 'PAID_AFTER_ALL')), 0) AS bigint) AS paid_fen
              FROM market.payment_order
             WHERE status NOT IN ('RETURNED', 'CANCELLED')
             GROUP BY kind, first_month, last_month, party
            """;
    /** Services of merchants cancelled after the close of their month, which a later settlement owes less. */
    private static final String CANCELLED_LATER = """
            SELECT v.merchant_id, v.period AS of, c.period AS counted, v.amount_fen
              FROM market.cost_cancellation c
              JOIN market.cost_voucher v ON v.id = c.voucher_id
             WHERE c.status = 'BOOKED' AND v.kind = 'MERCHANT_SERVICE' AND c.period <> v.period
            """;
    private static final String APPROVE = """
            UPDATE market.payment_order SET status = 'APPROVED', approved_by = ?, approved_at = ? WHERE id = ?
            """;
    private static final String SEND = """
            UPDATE market.payment_order SET status = 'SENT', sent_by = ?, sent_at = ?, bank_reference = ? WHERE id = ?
            """;
    private static final String END = """
            UPDATE market.payment_order SET status = ?, ended_at = ?, ground = ? WHERE id = ?
            """;
    private static final String PAID_AFTER_ALL = """
            UPDATE market.payment_order SET status = 'PAID_AFTER_ALL', ended_at = ?, said_paid_by = ?, confirmed_paid_by = ? WHERE id = ?
            """;
    /** Movements that pay what a person said the bank had refused: no line shows that such money came back. */
    private static final String SAID_REFUSED_AND_PAID = """
            SELECT count(*) AS lines
              FROM market.bank_line l
              JOIN (SELECT id, reference, amount_fen FROM market.payment_order WHERE status = 'RETURNED'
                     UNION ALL
                    SELECT id, reference, amount_fen FROM market.pay_back WHERE status = 'RETURNED') o
                ON position(o.reference IN l.text) > 0 AND o.amount_fen = l.amount_fen
             WHERE l.matched_kind IS NULL AND l.direction = 'OUT'
               AND NOT EXISTS (SELECT 1 FROM market.bank_line i
                                WHERE i.matched_kind IN ('RETURN', 'PAY_BACK_RETURN') AND i.matched_id = CAST(o.id AS text))
            """;
    /** Two orders of what one party is owed are weighed one after the other. */
    private static final String HOLD_ORDERS = """
            SELECT pg_advisory_xact_lock(hashtextextended('payment-orders', 0))
            """;

    private static final String KIND = "payment_order";

    /** What became of a step. */
    public sealed interface Outcome {
        /** It stands so now, whether by this step or by the same one before. */
        record Done(PaymentOrder order, boolean already) implements Outcome {}

        record Refused(Change.Fault fault) implements Outcome {}

        /** Nothing of this kind is owed, or less than the order says. */
        record NotOwed(Money left) implements Outcome {}

        /** The order does not stand where the step begins. */
        record WrongState(Status status) implements Outcome {}
    }

    private final Database database;
    private final SettlementBook settlements;
    private final Clock clock;

    Payments(Database database, SettlementBook settlements, Clock clock) {
        this.database = database;
        this.settlements = settlements;
        this.clock = clock;
    }

    /**
     * Everything that settlements owe to anybody, the latest period first: costs of service by month, all else by year, since only the
     * year binds. What was ordered and is not owed any more is there with nothing owed.
     */
    public List<Payable> listPayables() {
        Map<Payable.Key, Money> owed = owed();
        return database.inTransaction(t -> payables(t, owed));
    }

    private Map<Payable.Key, Money> owed() {
        Map<Payable.Key, Money> owed = new HashMap<>();
        Set<SettlementPeriod> settled = new HashSet<>();
        for (StoredSettlement stored : settlements.listSettlements(Dimensions.AUTHORISED_OPERATION)) {
            SettlementPeriod period = stored.period();
            SettlementResult result = stored.result();
            settled.add(period);
            if (period.basis() == SettlementPeriod.Basis.MONTHLY_ACCRUAL) {
                add(owed, Payable.Kind.MERCHANT_COST, period, result.merchantCosts());
                continue;
            }
            result.earmarks().forEach(each -> owed.merge(
                    new Payable.Key(Payable.Kind.REMITTANCE, period, each.provider()), each.amount(), Money::plus));
            add(owed, Payable.Kind.MERCHANT_SHARE, period, result.merchantShares());
            // A loss is the operator's own; there is nothing to pay out.
            add(owed, Payable.Kind.OPERATOR_SHARE, period,
                    List.of(new PartyAmount(Dimensions.AUTHORISED_OPERATION, result.operator().orZeroIfNegative())));
        }
        // What was cancelled is not paid, so it is taken off the month it was owed for as soon as it is cancelled; a later settlement that owes less says the same.
        for (CancelledLater each : database.inTransaction(t -> t.list(CANCELLED_LATER, Payments::cancelledLater))) {
            if (settled.contains(each.of())) {
                owed.merge(new Payable.Key(Payable.Kind.MERCHANT_COST, each.of(), each.merchant()), each.amount().negated(), Money::plus);
            }
            if (settled.contains(each.counted())) {
                owed.merge(new Payable.Key(Payable.Kind.MERCHANT_COST, each.counted(), each.merchant()), each.amount(), Money::plus);
            }
        }
        owed.values().removeIf(Money::isZero);
        return owed;
    }

    private record CancelledLater(String merchant, SettlementPeriod of, SettlementPeriod counted, Money amount) {}

    private static CancelledLater cancelledLater(Row row) throws SQLException {
        return new CancelledLater(row.uuid("merchant_id").toString(), SettlementPeriod.month(YearMonth.from(row.day("of"))),
                SettlementPeriod.month(YearMonth.from(row.day("counted"))), Money.ofFen(row.number("amount_fen")));
    }

    private static void add(
            Map<Payable.Key, Money> owed, Payable.Kind kind, SettlementPeriod period, List<PartyAmount> amounts) {
        amounts.forEach(each -> owed.merge(new Payable.Key(kind, period, each.merchant()), each.amount(), Money::plus));
    }

    private static List<Payable> payables(Transaction t, Map<Payable.Key, Money> owed) throws SQLException {
        Map<Payable.Key, Payable> all = new TreeMap<>(Comparator
                .comparing((Payable.Key key) -> key.period().last()).reversed()
                .thenComparing(Payable.Key::kind).thenComparing(Payable.Key::party));
        owed.forEach((key, amount) -> all.put(key, new Payable(key, amount, Money.ZERO, Money.ZERO)));
        for (Payable ordered : t.list(SUMS, Payments::ordered)) {
            all.merge(ordered.key(), ordered,
                    (due, sums) -> new Payable(due.key(), due.owed(), sums.ordered(), sums.paid()));
        }
        return new ArrayList<>(all.values());
    }

    private static Payable ordered(Row row) throws SQLException {
        return new Payable(key(row), Money.ZERO, new Money(row.number("ordered_fen")), new Money(row.number("paid_fen")));
    }

    /** Drafts an order under an id of the caller's own, of at most what is left. */
    public Outcome draft(UUID id, Payable.Key key, Money amount, PaymentOrder.Payee payee, UUID draftedBy) {
        Map<Payable.Key, Money> owed = owed();
        return database.inTransaction(t -> {
            t.list(HOLD_ORDERS, _ -> true);
            Optional<PaymentOrder> before = t.find(BY_ID, Payments::read, id);
            if (before.isPresent()) {
                PaymentOrder same = before.get();
                return same.key().equals(key) && same.amount().equals(amount) && same.payee().equals(payee)
                        ? new Outcome.Done(same, true) : new Outcome.Refused(Change.Fault.ID_TAKEN);
            }
            Money left = left(payables(t, owed), key);
            if (amount.compareTo(left) > 0) {
                return new Outcome.NotOwed(left.orZeroIfNegative());
            }
            t.change(ADD, id, key.kind(), key.period().first().atDay(1), key.period().last().atDay(1), key.party(),
                    amount.fen(), payee.name(), payee.bank(), payee.account(), PaymentOrder.referenceOf(id), draftedBy,
                    clock.instant());
            AuditLog.append(t, clock, draftedBy, "payment.draft", KIND, id, Map.of("kind", key.kind().name(),
                    "period", key.period().toString(), "party", key.party(), "yuan", amount.toYuan()));
            return done(t, id);
        });
    }

    /**
     * What may still be ordered. A month of a merchant's services that was paid and cancelled afterwards is below zero, and the merchant's other months
     * pay that back: of all of them together no more is ordered than is owed.
     */
    private static Money left(List<Payable> all, Payable.Key key) {
        Money ofKey = all.stream().filter(each -> each.key().equals(key)).map(Payable::left).findFirst().orElse(Money.ZERO);
        if (key.kind() != Payable.Kind.MERCHANT_COST) {
            return ofKey;
        }
        Money together = Money.sum(all.stream()
                .filter(each -> each.key().kind() == key.kind() && each.key().party().equals(key.party()))
                .map(Payable::left).toList());
        return together.compareTo(ofKey) < 0 ? together : ofKey;
    }

    /**
     * What speaks against an order that was drafted before: what it pays was cancelled since, or settled anew, so that with it more is ordered than is owed. Then it is
     * neither approved nor sent, and somebody cancels it, or another one.
     */
    private static Optional<Outcome> stopped(Transaction t, Map<Payable.Key, Money> owed, PaymentOrder order) throws SQLException {
        Money left = left(payables(t, owed), order.key()); // with this order among those that were ordered
        return left.isNegative() ? Optional.of(new Outcome.NotOwed(left.plus(order.amount()).orZeroIfNegative())) : Optional.empty();
    }

    /** Approves a draft; another person than drafted it. */
    public Outcome approve(UUID id, UUID approvedBy) {
        Map<Payable.Key, Money> owed = owed();
        return step(id, List.of(Status.DRAFT), Status.APPROVED, (t, order) -> {
            if (order.draftedBy().equals(approvedBy)) {
                return new Outcome.Refused(Change.Fault.SAME_PERSON);
            }
            Optional<Outcome> stopped = stopped(t, owed, order);
            if (stopped.isPresent()) {
                return stopped.get();
            }
            t.change(APPROVE, approvedBy, clock.instant(), id);
            AuditLog.append(t, clock, approvedBy, "payment.approve", KIND, id, Map.of("yuan", order.amount().toYuan()));
            return done(t, id);
        });
    }

    /**
     * Says that the bank was told to pay.
     *
     * @param bankReference what the bank calls the transfer; null: it has not said
     */
    public Outcome send(UUID id, UUID sentBy, @Nullable String bankReference) {
        Map<Payable.Key, Money> owed = owed();
        return step(id, List.of(Status.APPROVED), Status.SENT, (t, order) -> {
            Optional<Outcome> stopped = stopped(t, owed, order);
            if (stopped.isPresent()) {
                return stopped.get();
            }
            t.change(SEND, sentBy, clock.instant(), bankReference, id);
            AuditLog.append(t, clock, sentBy, "payment.send", KIND, id, Map.of("reference", order.reference()));
            return done(t, id);
        });
    }

    /** Gives up an order that was not sent. */
    public Outcome cancel(UUID id, UUID cancelledBy, String reason) {
        return step(id, List.of(Status.DRAFT, Status.APPROVED), Status.CANCELLED,
                (t, _) -> end(t, id, Status.CANCELLED, cancelledBy, "payment.cancel", reason));
    }

    /** Says that the bank refused a transfer before any money left the account; money that comes back is seen in the bank's file. */
    public Outcome refusedByBank(UUID id, UUID saidBy, String reason) {
        return step(id, List.of(Status.SENT), Status.RETURNED,
                (t, _) -> end(t, id, Status.RETURNED, saidBy, "payment.return", reason));
    }

    private Outcome end(Transaction t, UUID id, Status status, UUID by, String action, String reason) throws SQLException {
        t.change(END, status, clock.instant(), reason, id);
        AuditLog.append(t, clock, by, action, KIND, id, Map.of("reason", reason));
        return done(t, id);
    }

    private static Outcome done(Transaction t, UUID id) throws SQLException {
        return new Outcome.Done(t.find(BY_ID, Payments::read, id).orElseThrow(), false);
    }

    @FunctionalInterface
    private interface Step {
        Outcome on(Transaction t, PaymentOrder order) throws SQLException;
    }

    private Outcome step(UUID id, List<Status> from, Status to, Step step) {
        return database.inTransaction(t -> {
            t.list(HOLD_ORDERS, _ -> true); // before the order, as drafts do
            Optional<PaymentOrder> found = t.find(LOCK, Payments::read, id);
            if (found.isEmpty()) {
                return new Outcome.Refused(Change.Fault.UNKNOWN);
            }
            PaymentOrder order = found.get();
            if (order.status() == to) {
                return new Outcome.Done(order, true);
            }
            return from.contains(order.status()) ? step.on(t, order) : new Outcome.WrongState(order.status());
        });
    }

    /** The order with this reference, held until the transaction ends. */
    static Optional<PaymentOrder> lock(Transaction t, String reference) throws SQLException {
        return t.find(LOCK_BY_REFERENCE, Payments::read, reference);
    }

    /** The order with this id, held until the transaction ends. */
    static Optional<PaymentOrder> lock(Transaction t, UUID id) throws SQLException {
        return t.find(LOCK, Payments::read, id);
    }

    /** What the bank's file says of an order. */
    static void end(Transaction t, Clock clock, PaymentOrder order, Status status, @Nullable String ground)
            throws SQLException {
        t.change(END, status, clock.instant(), ground, order.id());
        AuditLog.append(t, clock, null, "payment." + status.name().toLowerCase(java.util.Locale.ROOT), KIND, order.id(),
                Map.of("reference", order.reference()));
    }

    /** Two people say that the bank paid although it was said to have refused; the caller books it in the same transaction. */
    static void paidAfterAll(Transaction t, Clock clock, PaymentOrder order, UUID saidBy, UUID confirmedBy) throws SQLException {
        t.change(PAID_AFTER_ALL, clock.instant(), saidBy, confirmedBy, order.id());
        AuditLog.append(t, clock, confirmedBy, "payment.paid_after_all", KIND, order.id(), Map.of("reference", order.reference(), "saidBy", saidBy.toString()));
    }

    /** How many movements of the bank pay what was said to be refused, and nobody has confirmed it. */
    long countSaidRefusedAndPaid() {
        return database.inTransaction(t -> t.find(SAID_REFUSED_AND_PAID, row -> row.number("lines"))).orElseThrow();
    }

    public Optional<PaymentOrder> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, Payments::read, id));
    }

    /**
     * At most {@code most} orders, the latest first.
     *
     * @param status null: of any
     */
    public List<PaymentOrder> list(@Nullable Status status, int most) {
        return database.inTransaction(t -> t.list(LATEST_FIRST, Payments::read, status, status, most));
    }

    private static Payable.Key key(Row row) throws SQLException {
        return new Payable.Key(row.constant("kind", Payable.Kind.class),
                new SettlementPeriod(YearMonth.from(row.day("first_month")), YearMonth.from(row.day("last_month"))),
                row.text("party"));
    }

    private static PaymentOrder read(Row row) throws SQLException {
        return new PaymentOrder(row.uuid("id"), key(row), new Money(row.number("amount_fen")),
                new PaymentOrder.Payee(row.text("payee_name"), row.text("payee_bank"), row.text("payee_account")),
                row.text("reference"), row.constant("status", Status.class), row.uuid("drafted_by"), row.instant("drafted_at"),
                row.uuidOrNull("approved_by"), row.instantOrNull("approved_at"), row.uuidOrNull("sent_by"),
                row.instantOrNull("sent_at"), row.textOrNull("bank_reference"), row.instantOrNull("ended_at"),
                row.textOrNull("ground"));
    }
}
