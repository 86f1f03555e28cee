package cn.jingshu.marketplace.billing.account;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PendingEntries;
import cn.jingshu.ledger.journal.PendingEntry;
import cn.jingshu.ledger.journal.PendingResult;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.Movement.Kind;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.HashMap;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of consumers: every movement is booked in the ledger in the same transaction, so that what all accounts owe
 * is 应收账款 and what they have paid ahead 预收账款, to the fen.
 */
@Singleton
public final class Accounts {
    /** Movements of one account are made one after the other; different accounts do not wait for each other. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('market.account ' || ?, 0))";
    /** No close begins between the look for an open month and the booking in it. */
    private static final String HOLD_CLOSES = "LOCK TABLE market.billing_period IN SHARE MODE";
    private static final String YOUNGEST_BEGUN = """
            SELECT period FROM market.billing_period ORDER BY period DESC LIMIT 1
            """;
    private static final String STATUS = "SELECT status FROM market.billing_period WHERE period = ?";
    private static final String BALANCE = """
            SELECT CAST(coalesce(sum(owed_fen), 0) AS bigint) AS owed_fen,
                   CAST(coalesce(sum(prepaid_fen), 0) AS bigint) AS prepaid_fen,
                   coalesce(max(number), 0) AS number
              FROM market.account_movement
             WHERE organisation_id = ? AND number <= ?
            """;
    private static final String ADD = """
            INSERT INTO market.account_movement
                   (organisation_id, number, id, kind, effective_on, period, owed_fen, prepaid_fen, document, entered_by,
                    entered_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String AFTER = """
            SELECT number, id, kind, effective_on, period, owed_fen, prepaid_fen, document
              FROM market.account_movement
             WHERE organisation_id = ? AND number > ?
             ORDER BY number
             LIMIT ?
            """;
    private static final String NEWEST = """
            SELECT number, id, kind, effective_on, period, owed_fen, prepaid_fen, document
              FROM market.account_movement
             WHERE organisation_id = ? AND number < ?
             ORDER BY number DESC
             LIMIT ?
            """;
    private static final String BY_ID = """
            SELECT organisation_id, number, id, kind, effective_on, period, owed_fen, prepaid_fen, document
              FROM market.account_movement
             WHERE id = ?
            """;
    private static final String BY_BANK_REFERENCE = """
            SELECT id FROM market.account_movement WHERE kind = 'RECEIPT' AND document = ?
            """;
    private static final String OF_MONTH = """
            SELECT number FROM market.account_movement WHERE organisation_id = ? AND period = ?
            """;
    private static final String ALL_BALANCES = """
            SELECT organisation_id, CAST(sum(owed_fen) AS bigint) AS owed_fen,
                   CAST(sum(prepaid_fen) AS bigint) AS prepaid_fen, max(number) AS number
              FROM market.account_movement
             GROUP BY organisation_id
             ORDER BY organisation_id
            """;

    private static final String SOME_BALANCES = """
            SELECT organisation_id, CAST(sum(owed_fen) AS bigint) AS owed_fen,
                   CAST(sum(prepaid_fen) AS bigint) AS prepaid_fen, max(number) AS number
              FROM market.account_movement
             WHERE organisation_id = ANY (CAST(? AS uuid[]))
             GROUP BY organisation_id
            """;

    private final Database database;
    private final Journal journal;
    private final PendingEntries pending;
    private final List<AccountMoved> followers;
    private final Clock clock;

    Accounts(Database database, Journal journal, PendingEntries pending, List<AccountMoved> followers, Clock clock) {
        this.database = database;
        this.journal = journal;
        this.pending = pending;
        this.followers = followers;
        this.clock = clock;
    }

    /**
     * Money that came in.
     *
     * @param id made by the caller: the same receipt again is no second one
     * @param receivedOn the day at the bank; booked on it while its month is open, else on the first open day after it
     * @param bankReference number of the transfer at the bank; one transfer is received once
     */
    public record Receipt(UUID id, UUID organisationId, Money amount, LocalDate receivedOn, String bankReference) {
        public Receipt {
            bankReference = bankReference.strip();
            if (!amount.isPositive()) {
                throw new IllegalArgumentException("a receipt of " + amount);
            }
            if (bankReference.isEmpty() || bankReference.length() > 100 || bankReference.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("the bank reference is not 1 to 100 characters");
            }
        }
    }

    /** What became of a receipt. */
    public sealed interface Received {
        /** @param already true: it stood before, and nothing was changed */
        record Booked(Movement movement, boolean already) implements Received {}

        record Refused(Fault fault) implements Received {}
    }

    /** Why a receipt is refused. */
    public enum Fault {
        ID_TAKEN("该编号已用于其他内容", "the id was used for something else"),
        TRANSFER_KNOWN("该银行流水号已入账", "this bank reference was received before"),
        IN_THE_FUTURE("收款日期不得晚于今天", "it was not received yet"),
        NO_SUCH_CONSUMER("没有该数据使用方", "there is no such consumer");

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
     * Books money that came in: it pays what is owed, and what is beyond is paid ahead (借 银行存款, 贷 应收账款, 贷 预收账款).
     */
    public Received receive(Receipt receipt, @Nullable UUID enteredBy) {
        try {
            return database.inTransaction(t -> receive(t, receipt, enteredBy));
        } catch (DatabaseException e) {
            if (e.violates("account_movement_organisation_fk")) {
                return new Received.Refused(Fault.NO_SUCH_CONSUMER);
            }
            throw e;
        }
    }

    /** As {@link #receive(Receipt, UUID)}, in the caller's transaction; a bank file's lines are matched so. */
    public Received receive(Transaction t, Receipt receipt, @Nullable UUID enteredBy) throws SQLException {
        lock(t, receipt.organisationId());
        Optional<Received> before = before(t, receipt);
        if (before.isPresent()) {
            return before.get();
        }
        if (receipt.receivedOn().isAfter(today())) {
            return new Received.Refused(Fault.IN_THE_FUTURE);
        }
        Balance balance = balanceIn(t, receipt.organisationId());
        Money owed = balance.owed().orZeroIfNegative();
        Money pays = Money.ofFen(Math.min(owed.fen(), receipt.amount().fen()));
        Money ahead = receipt.amount().minus(pays);
        LocalDate on = bookingDay(t, receipt.receivedOn());
        Dimensions about = about(receipt.organisationId());
        List<Posting> postings = new ArrayList<>();
        postings.add(Posting.debit(Chart.BANK, receipt.amount(), about));
        if (pays.isPositive()) {
            postings.add(Posting.credit(Chart.RECEIVABLES, pays, about));
        }
        if (ahead.isPositive()) {
            postings.add(Posting.credit(Chart.PREPAYMENTS, ahead, about));
        }
        book(t, new JournalEntry(receipt.id(), on, EntryReason.RECEIPT, "收款 " + receipt.bankReference(), postings));
        Movement movement = new Movement(balance.lastMovement() + 1, receipt.id(), Kind.RECEIPT, on, null, pays.negated(),
                ahead, receipt.bankReference());
        add(t, receipt.organisationId(), movement, enteredBy);
        AuditLog.append(t, clock, enteredBy, "account.receive", "organisation", receipt.organisationId(),
                Map.of("receipt", receipt.id().toString(), "amountFen", Long.toString(receipt.amount().fen()),
                        "receivedOn", receipt.receivedOn().toString()));
        follow(t, receipt.organisationId());
        return new Received.Booked(movement, false);
    }

    private Optional<Received> before(Transaction t, Receipt receipt) throws SQLException {
        Optional<Movement> same = t.find(BY_ID, Accounts::movement, receipt.id());
        if (same.isPresent()) {
            Movement movement = same.get();
            boolean alike = movement.kind() == Kind.RECEIPT && movement.document().equals(receipt.bankReference())
                    && movement.net().negated().equals(receipt.amount())
                    && t.find(BY_ID, row -> row.uuid("organisation_id"), receipt.id())
                            .filter(receipt.organisationId()::equals).isPresent();
            return Optional.of(alike ? new Received.Booked(movement, true) : new Received.Refused(Fault.ID_TAKEN));
        }
        return t.find(BY_BANK_REFERENCE, row -> row.uuid("id"), receipt.bankReference()).isPresent()
                ? Optional.of(new Received.Refused(Fault.TRANSFER_KNOWN))
                : Optional.empty();
    }

    /**
     * What the charges of a month do to an account: they are owed, and what was paid ahead is used for them first. A pure
     * function, so that what a consumer is told beforehand is what happens.
     *
     * @param charges tax included; below zero when more was taken back than used
     * @param before where the account stands
     */
    public static List<Movement> ofMonth(UUID organisationId, YearMonth month, Money charges, Balance before) {
        List<Movement> movements = new ArrayList<>();
        Balance balance = before;
        if (!charges.isZero()) {
            movements.add(new Movement(balance.lastMovement() + 1, idOf("charges", organisationId, month), Kind.CHARGES,
                    month.atEndOfMonth(), month, charges, Money.ZERO, month.toString()));
            balance = balance.with(movements.getLast());
        }
        Money moved = balance.toSetOff();
        if (!moved.isZero()) {
            movements.add(new Movement(balance.lastMovement() + 1, idOf("set off", organisationId, month), Kind.SET_OFF,
                    month.atEndOfMonth(), month, moved, moved, month.toString()));
        }
        return movements;
    }

    /**
     * The charges of a month come onto the account, once (借 预收账款, 贷 应收账款 for what was paid ahead). The charges
     * themselves are booked already, line by line.
     */
    public void bill(Transaction t, UUID organisationId, YearMonth month, Money charges) throws SQLException {
        lock(t, organisationId);
        if (!t.list(OF_MONTH, row -> row.number("number"), organisationId, month.atDay(1)).isEmpty()) {
            return;
        }
        for (Movement movement : ofMonth(organisationId, month, charges, balanceIn(t, organisationId))) {
            if (movement.kind() == Kind.CHARGES) {
                add(t, organisationId, movement, null);
                continue;
            }
            LocalDate booked = bookingDay(t, month.atEndOfMonth(), month);
            Dimensions about = about(organisationId);
            boolean used = movement.owed().isNegative();
            Money amount = used ? movement.owed().negated() : movement.owed();
            book(t, new JournalEntry(movement.id(), booked, EntryReason.SET_OFF, "预收抵扣应收 " + month, List.of(
                    Posting.debit(used ? Chart.PREPAYMENTS : Chart.RECEIVABLES, amount, about),
                    Posting.credit(used ? Chart.RECEIVABLES : Chart.PREPAYMENTS, amount, about))));
            add(t, organisationId, movement.on(booked), null);
        }
    }

    /**
     * Something is given back: it lowers what is owed, and what is beyond is kept as paid ahead.
     *
     * @param gross tax included, above zero
     * @param vat the tax inside
     * @param about what the entry is about, beside the consumer
     * @return the day it was booked on
     */
    public LocalDate giveBack(Transaction t, UUID id, UUID organisationId, Money gross, Money vat, Dimensions about,
            String document, UUID decidedBy) throws SQLException {
        lock(t, organisationId);
        Balance balance = balanceIn(t, organisationId);
        Money owed = balance.owed().orZeroIfNegative();
        Money lowers = Money.ofFen(Math.min(owed.fen(), gross.fen()));
        Money kept = gross.minus(lowers);
        LocalDate on = bookingDay(t, today());
        Dimensions whose = about.withConsumer(organisationId.toString());
        List<Posting> postings = new ArrayList<>();
        Money net = gross.minus(vat);
        if (net.isPositive()) {
            postings.add(Posting.debit(Chart.REVENUE, net, whose));
        }
        if (vat.isPositive()) {
            postings.add(Posting.debit(Chart.OUTPUT_VAT, vat, whose));
        }
        if (lowers.isPositive()) {
            postings.add(Posting.credit(Chart.RECEIVABLES, lowers, whose));
        }
        if (kept.isPositive()) {
            postings.add(Posting.credit(Chart.PREPAYMENTS, kept, whose));
        }
        book(t, new JournalEntry(id, on, EntryReason.REFUND, "红字退费 " + document, postings));
        add(t, organisationId, new Movement(balance.lastMovement() + 1, id, Kind.CREDIT_NOTE, on, null, lowers.negated(), kept,
                document), decidedBy);
        follow(t, organisationId);
        return on;
    }

    /**
     * Holds a part of what was paid ahead for a pay-back that was asked for: it pays for no call and no other pay-back until it is set aside or released, or until
     * {@code until}. What the consumer owes, or comes to owe, goes before it.
     *
     * @param id of the entry that is reserved, and of the movement it becomes
     * @return false: less than that is paid ahead, not owed and not held, and nothing was changed
     */
    public boolean hold(Transaction t, UUID id, UUID organisationId, Money amount, String document, Instant until) throws SQLException {
        lock(t, organisationId);
        if (free(t, organisationId).compareTo(amount) < 0) {
            return false;
        }
        JournalEntry entry = aside(id, bookingDay(t, today()), organisationId, amount, document);
        PendingResult result = t.join(connection -> pending.reserve(connection, entry, until));
        if (!(result instanceof PendingResult.Reserved)) {
            throw new IllegalStateException(result.toString());
        }
        follow(t, organisationId);
        return true;
    }

    /** Lets go of what is held; of what is not held any more, or never was, nothing changes. */
    public void release(Transaction t, UUID id, UUID organisationId, String reason) throws SQLException {
        lock(t, organisationId);
        Optional<PendingEntry> held = t.join(connection -> pending.find(connection, id));
        if (held.isPresent() && held.get().voidedAt() == null) {
            let(t, id, reason);
            follow(t, organisationId);
        }
    }

    private void let(Transaction t, UUID id, String reason) throws SQLException {
        PendingResult result = t.join(connection -> pending.voidPending(connection, id, reason));
        if (!(result instanceof PendingResult.Voided)) {
            throw new IllegalStateException(result.toString());
        }
    }

    /** What of an account's prepayment is held. */
    Money heldIn(Transaction t, UUID organisationId) throws SQLException {
        return heldIn(t).getOrDefault(organisationId.toString(), Money.ZERO);
    }

    /** What is held, by the consumer's id; of a consumer nothing is held of there is none. */
    Map<String, Money> heldIn(Transaction t) throws SQLException {
        return t.join(connection -> pending.reservedByConsumer(connection, Chart.PREPAYMENTS, Side.DEBIT));
    }

    /** What is paid ahead, not owed and not held, below zero if more is owed or held. */
    public Money free(Transaction t, UUID organisationId) throws SQLException {
        Balance balance = balanceIn(t, organisationId);
        return balance.prepaid().minus(balance.owed().orZeroIfNegative()).minus(heldIn(t, organisationId));
    }

    /** Whether something was set aside, and why not. */
    public enum Aside {
        DONE,
        /** Less is paid ahead, not owed and not held for something else. */
        NOT_PAID_AHEAD,
        /** It was held, and is not any more. */
        HOLD_OVER
    }

    /**
     * Sets aside a part of what was paid ahead, to be paid back: it can pay nothing any more (借 预收账款, 贷 其他应付款–待退预收款). What was held for it is
     * booked as it was reserved; if it is booked in a later month, in which alone the house owes it, under {@code laterId} and with the day of the booking.
     *
     * @param id of the movement and its entry
     */
    public Aside setAside(Transaction t, UUID id, UUID laterId, UUID organisationId, Money amount, String document, UUID decidedBy)
            throws SQLException {
        lock(t, organisationId);
        Optional<PendingEntry> held = t.join(connection -> pending.find(connection, id));
        if (held.isPresent() && held.get().stateAt(clock.instant()) != PendingEntry.State.PENDING) {
            return Aside.HOLD_OVER;
        }
        Balance balance = balanceIn(t, organisationId);
        Money own = held.isPresent() ? amount : Money.ZERO;
        if (free(t, organisationId).plus(own).compareTo(amount) < 0) {
            return Aside.NOT_PAID_AHEAD;
        }
        if (held.isEmpty()) {
            move(t, id, organisationId, Kind.PAY_BACK, amount, document, decidedBy, balance);
            return Aside.DONE;
        }
        LocalDate reserved = held.get().entry().effectiveOn();
        if (YearMonth.from(bookingDay(t, today())).isAfter(YearMonth.from(reserved))) {
            let(t, id, "预留月份已过 the month it was reserved in is over");
            move(t, laterId, organisationId, Kind.PAY_BACK, amount, document, decidedBy, balance);
            return Aside.DONE;
        }
        PostResult result = t.join(connection -> pending.post(connection, id));
        if (result instanceof PostResult.Rejected(var code, var detail)) {
            throw new IllegalStateException(code + ": " + detail); // looked at under the lock
        }
        add(t, organisationId, new Movement(balance.lastMovement() + 1, id, Kind.PAY_BACK, reserved, null, Money.ZERO, amount.negated(),
                document), decidedBy);
        follow(t, organisationId);
        return Aside.DONE;
    }

    private static JournalEntry aside(UUID id, LocalDate on, UUID organisationId, Money amount, String document) {
        Dimensions about = about(organisationId);
        return new JournalEntry(id, on, EntryReason.REFUND, "退还预收款 " + document, List.of(
                Posting.debit(Chart.PREPAYMENTS, amount, about), Posting.credit(Chart.PREPAYMENTS_RETURNED, amount, about)));
    }

    /** What was set aside is paid ahead again: the mirror of {@link #setAside}. */
    public void keepAfterAll(Transaction t, UUID id, UUID organisationId, Money amount, String document, @Nullable UUID decidedBy)
            throws SQLException {
        lock(t, organisationId);
        move(t, id, organisationId, Kind.PAY_BACK_ENDED, amount, document, decidedBy, balanceIn(t, organisationId));
    }

    private void move(Transaction t, UUID id, UUID organisationId, Kind kind, Money amount, String document, @Nullable UUID decidedBy,
            Balance balance) throws SQLException {
        boolean aside = kind == Kind.PAY_BACK;
        LocalDate on = bookingDay(t, today());
        Dimensions about = about(organisationId);
        book(t, aside ? aside(id, on, organisationId, amount, document) : new JournalEntry(id, on, EntryReason.REFUND, "退还未成 " + document,
                List.of(Posting.debit(Chart.PREPAYMENTS_RETURNED, amount, about), Posting.credit(Chart.PREPAYMENTS, amount, about))));
        add(t, organisationId, new Movement(balance.lastMovement() + 1, id, kind, on, null, Money.ZERO,
                aside ? amount.negated() : amount, document), decidedBy);
        follow(t, organisationId);
    }

    private void follow(Transaction t, UUID organisationId) throws SQLException {
        for (AccountMoved follower : followers) {
            follower.moved(t, organisationId);
        }
    }

    /** Holds one account until the transaction ends. */
    public static void lock(Transaction t, UUID organisationId) throws SQLException {
        t.list(LOCK, _ -> true, organisationId.toString());
    }

    /** The first day not before {@code wished} of a month whose close has not begun. */
    private static LocalDate bookingDay(Transaction t, LocalDate wished) throws SQLException {
        t.change(HOLD_CLOSES);
        LocalDate open = t.find(YOUNGEST_BEGUN, row -> row.day("period")).map(month -> month.plusMonths(1)).orElse(wished);
        return wished.isBefore(open) ? open : wished;
    }

    /**
     * As above, when {@code month} itself is being closed: its books are open until it is settled. Of a month closed before
     * statements were kept, the first open day.
     */
    private static LocalDate bookingDay(Transaction t, LocalDate wished, YearMonth month) throws SQLException {
        boolean closing = t.find(STATUS, row -> row.text("status"), month.atDay(1)).filter(status -> status.equals("RATED") || status.equals("POSTED")).isPresent();
        return closing ? wished : bookingDay(t, wished);
    }

    private void book(Transaction t, JournalEntry entry) throws SQLException {
        PostResult result = t.join(connection -> journal.postAll(connection, List.of(entry))).getFirst();
        if (result instanceof PostResult.Rejected(var code, var detail)) {
            throw new IllegalStateException(code + ": " + detail); // the day was looked for under the lock
        }
    }

    private void add(Transaction t, UUID organisationId, Movement movement, @Nullable UUID enteredBy) throws SQLException {
        YearMonth month = movement.month();
        t.change(ADD, organisationId, movement.number(), movement.id(), movement.kind(), movement.effectiveOn(),
                month == null ? null : month.atDay(1), movement.owed().fen(), movement.prepaid().fen(),
                movement.document(), enteredBy, clock.instant());
    }

    private static Dimensions about(UUID organisationId) {
        return Dimensions.authorisedOperation().withConsumer(organisationId.toString());
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), BillingPeriod.ZONE);
    }

    private static UUID idOf(String what, UUID organisationId, YearMonth month) {
        return UUID.nameUUIDFromBytes((what + " " + month + " " + organisationId).getBytes(StandardCharsets.UTF_8));
    }

    /** Where an account stands now. */
    public Balance balance(UUID organisationId) {
        return database.inTransaction(t -> balanceIn(t, organisationId));
    }

    /** As {@link #balance}, in the caller's transaction. */
    public static Balance balanceIn(Transaction t, UUID organisationId) throws SQLException {
        return balanceIn(t, organisationId, Long.MAX_VALUE);
    }

    /** Where an account stood after the movement with this number. */
    public static Balance balanceIn(Transaction t, UUID organisationId, long number) throws SQLException {
        return t.find(BALANCE, Accounts::readBalance, organisationId, number).orElse(Balance.NOTHING);
    }

    private static Balance readBalance(Row row) throws SQLException {
        return new Balance(Money.ofFen(row.number("owed_fen")), Money.ofFen(row.number("prepaid_fen")), row.number("number"));
    }

    /** As {@link #balanceIn(Transaction, UUID)}, of several accounts; those that never moved are not in it. */
    static Map<UUID, Balance> balancesIn(Transaction t, Set<UUID> organisationIds) throws SQLException {
        Map<UUID, Balance> balances = new HashMap<>();
        t.list(SOME_BALANCES, row -> balances.put(row.uuid("organisation_id"), readBalance(row)) == null, organisationIds);
        return balances;
    }

    /** An account that has moved. */
    public record OfConsumer(UUID organisationId, Balance balance) {}

    /** Every account that has ever moved. */
    public List<OfConsumer> listBalances() {
        return database.inTransaction(
                t -> t.list(ALL_BALANCES, row -> new OfConsumer(row.uuid("organisation_id"), readBalance(row))));
    }

    /** The movements after one number, in their order. */
    public static List<Movement> listAfter(Transaction t, UUID organisationId, long number) throws SQLException {
        return t.list(AFTER, Accounts::movement, organisationId, number, Integer.MAX_VALUE);
    }

    /** At most {@code most} movements before one number, the youngest first. */
    public List<Movement> listBefore(UUID organisationId, long number, int most) {
        return database.inTransaction(t -> t.list(NEWEST, Accounts::movement, organisationId, number, most));
    }

    private static Movement movement(Row row) throws SQLException {
        LocalDate period = row.dayOrNull("period");
        return new Movement(row.number("number"), row.uuid("id"), row.constant("kind", Kind.class),
                row.day("effective_on"), period == null ? null : YearMonth.from(period), Money.ofFen(row.number("owed_fen")),
                Money.ofFen(row.number("prepaid_fen")), row.text("document"));
    }
}
