package cn.jingshu.marketplace.payment;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.UnratedUsageException;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.party.Organisation;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.payment.PayBack.Status;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Pays back what a consumer that leaves has paid ahead: asked for by one person, from when on the money is held for it; above a limit approved
 * by another, which books it as set aside; sent, and confirmed by the bank's file alone ({@link BankFiles}). What nobody approves in its time lapses. Each step is one transaction with what it books, so a crash between steps leaves the step to be taken again.
 */
@Singleton
public final class PayBacks {
    private static final String ALONE_LIMIT = "payment.pay-back-alone-yuan";
    private static final String HOLD_DAYS = "payment.pay-back-hold-days";
    private static final String KIND = "pay_back";
    private static final String LAPSED = "预留到期未获批准 not approved while its money was held";
    /** Slices within this time are held against the limit together. */
    private static final Duration ALONE_WITHIN = Duration.ofDays(365);

    private static final String ADD = """
            INSERT INTO market.pay_back (id, organisation_id, amount_fen, payee_name, payee_bank, payee_account, reference, reason,
                                         alone_limit_fen, status, requested_by, requested_at, held_until)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'REQUESTED', ?, ?, ?)
            """;
    private static final String BY_ID = """
            SELECT id, organisation_id, amount_fen, payee_name, payee_bank, payee_account, reference, reason, alone_limit_fen, status,
                   requested_by, requested_at, held_until, approved_by, approved_at, sent_by, sent_at, bank_reference, ended_at, ground
              FROM market.pay_back WHERE id = ?
            """;
    private static final String LOCK = """
            SELECT id, organisation_id, amount_fen, payee_name, payee_bank, payee_account, reference, reason, alone_limit_fen, status,
                   requested_by, requested_at, held_until, approved_by, approved_at, sent_by, sent_at, bank_reference, ended_at, ground
              FROM market.pay_back WHERE id = ? FOR UPDATE
            """;
    private static final String LOCK_BY_REFERENCE = """
            SELECT id, organisation_id, amount_fen, payee_name, payee_bank, payee_account, reference, reason, alone_limit_fen, status,
                   requested_by, requested_at, held_until, approved_by, approved_at, sent_by, sent_at, bank_reference, ended_at, ground
              FROM market.pay_back WHERE reference = ? FOR UPDATE
            """;
    private static final String LATEST_FIRST = """
            SELECT id, organisation_id, amount_fen, payee_name, payee_bank, payee_account, reference, reason, alone_limit_fen, status,
                   requested_by, requested_at, held_until, approved_by, approved_at, sent_by, sent_at, bank_reference, ended_at, ground
              FROM market.pay_back
             WHERE CAST(? AS uuid) IS NULL OR organisation_id = CAST(? AS uuid)
             ORDER BY requested_at DESC, id
             LIMIT ?
            """;
    private static final String APPROVE = """
            UPDATE market.pay_back SET status = 'APPROVED', approved_by = ?, approved_at = ? WHERE id = ?
            """;
    private static final String SEND = """
            UPDATE market.pay_back SET status = 'SENT', sent_by = ?, sent_at = ?, bank_reference = ? WHERE id = ?
            """;
    private static final String END = """
            UPDATE market.pay_back SET status = ?, ended_at = ?, ground = ? WHERE id = ?
            """;
    private static final String PAID_AFTER_ALL = """
            UPDATE market.pay_back SET status = 'PAID_AFTER_ALL', ended_at = ?, said_paid_by = ?, confirmed_paid_by = ? WHERE id = ?
            """;
    private static final String STILL_SUBSCRIBED = """
            SELECT 1 AS yes FROM market.subscription WHERE organisation_id = ? AND status IN ('PENDING', 'ACTIVE', 'SUSPENDED') LIMIT 1
            """;
    /** Lines of a month that are not on the account yet: its close has begun, and the statement is still to come. */
    private static final String RATED_NOT_TOLD = """
            SELECT CAST(sum(c.amount_fen) AS bigint) AS amount_fen
              FROM market.charge c
             WHERE c.organisation_id = ?
               AND NOT EXISTS (SELECT 1 FROM market.account_movement m
                                WHERE m.organisation_id = c.organisation_id AND m.kind = 'CHARGES' AND m.period = c.period)
             GROUP BY c.period
            HAVING sum(c.amount_fen) <> 0
             ORDER BY c.period
             LIMIT 1
            """;
    /** What left, or is about to, since a moment; what was given up or came back did not. */
    private static final String PAID_SINCE = """
            SELECT CAST(coalesce(sum(amount_fen), 0) AS bigint) AS amount_fen
              FROM market.pay_back
             WHERE organisation_id = ? AND requested_at > ? AND status NOT IN ('CANCELLED', 'RETURNED')
            """;
    private static final String SET_ASIDE = """
            SELECT CAST(coalesce(sum(amount_fen), 0) AS bigint) AS amount_fen FROM market.pay_back WHERE status IN ('APPROVED', 'SENT')
            """;

    private static final String ONE_OPEN = """
            SELECT id, organisation_id, amount_fen, payee_name, payee_bank, payee_account, reference, reason, alone_limit_fen, status,
                   requested_by, requested_at, held_until, approved_by, approved_at, sent_by, sent_at, bank_reference, ended_at, ground
              FROM market.pay_back WHERE organisation_id = ? AND status IN ('REQUESTED', 'APPROVED', 'SENT')
            """;
    private static final String ASKED_BY_ITSELF = """
            SELECT 1 AS yes FROM market.person WHERE id = ? AND organisation_id = ?
            """;
    private static final String ADD_EVIDENCE = """
            INSERT INTO market.pay_back_evidence (pay_back_id, sha256, name, media_type, content, added_by, added_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT pay_back_evidence_pk DO NOTHING
            """;
    private static final String LIST_EVIDENCE = """
            SELECT encode(sha256, 'hex') AS sha256, name, media_type, octet_length(content) AS bytes, added_by, added_at
              FROM market.pay_back_evidence WHERE pay_back_id = ? ORDER BY added_at, sha256
            """;
    private static final String FIND_EVIDENCE = """
            SELECT name, content FROM market.pay_back_evidence WHERE pay_back_id = ? AND sha256 = decode(?, 'hex')
            """;

    /**
     * What a consumer could be paid back now.
     *
     * @param most what it has paid ahead, does not owe and is not held, never below zero
     * @param obstacle why nothing can be asked for; null: it can
     * @param detail the values that stand in the way; empty: none
     */
    public record Room(Money most, @Nullable Fault obstacle, String detail) {}

    /** A paper that is kept with a pay-back. */
    public record Paper(String sha256, String name, String mediaType, long bytes, UUID addedBy, Instant addedAt) {}

    /** What became of a step. */
    public sealed interface Outcome {
        /** It stands so now, whether by this step or by the same one before. */
        record Done(PayBack payBack, boolean already) implements Outcome {}

        record Refused(Change.Fault fault) implements Outcome {}

        /** @param detail the values that break the rule */
        record Unfit(Fault fault, String detail) implements Outcome {}

        /** It does not stand where the step begins. */
        record WrongState(Status status) implements Outcome {}
    }

    /** Which rule is broken; stable text. */
    public enum Fault {
        NO_SUCH_CONSUMER("没有该数据使用方", "there is no such consumer"),
        STILL_SUBSCRIBED("订阅尚未全部终止", "it still subscribes"),
        UNBILLED("尚有用量未出账", "some of its use is not billed yet"),
        NOT_PAID_AHEAD("超过其可退的预收款余额", "more than it has paid ahead and does not owe"),
        ONE_IS_OPEN("已有一笔退款未完结", "another one has not ended"),
        PAYEE_IS_ANOTHER("收款人须为数据使用方登记的名称", "the payee is the consumer under its registered name"),
        HOLD_OVER("预留已到期未获批准,请重新申请", "nobody approved it while its money was held; it has to be asked for again"),
        FOUR_EYES("连同近一年已退部分超过限额,须由另一人批准", "above what is left of the year's limit another person approves"),
        SENT_BY_THE_SAME("须由发送人以外的人确认银行拒付", "another person than sent it says that the bank refused it"),
        APPROVED_BY_THE_SAME("由数据使用方申请且超过限额的,须由批准人以外的人提交银行",
                "what a consumer asked for itself above the limit is sent by another person than approved it"),
        NOT_SENT_YET("尚未提交银行", "the bank was not told yet");

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

    private final Database database;
    private final Accounts accounts;
    private final MonthClose months;
    private final Organisations organisations;
    private final PolicyParameters parameters;
    private final Clock clock;

    PayBacks(Database database, Accounts accounts, MonthClose months, Organisations organisations, PolicyParameters parameters, Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.months = months;
        this.organisations = organisations;
        this.parameters = parameters;
        this.clock = clock;
    }

    /** Asks for a pay-back under an id of the caller's own. */
    public Outcome request(UUID id, UUID organisationId, Money amount, PaymentOrder.Payee payee, String reason, UUID requestedBy) {
        Optional<Organisation> consumer = organisations.find(organisationId);
        if (consumer.isEmpty()) {
            return new Outcome.Unfit(Fault.NO_SUCH_CONSUMER, organisationId.toString());
        }
        if (!payee.name().strip().equals(consumer.get().nameZh())) {
            return new Outcome.Unfit(Fault.PAYEE_IS_ANOTHER, consumer.get().nameZh());
        }
        try {
            return database.inTransaction(t -> {
                Optional<PayBack> before = t.find(BY_ID, PayBacks::read, id);
                if (before.isPresent()) {
                    PayBack same = before.get();
                    return same.organisationId().equals(organisationId) && same.amount().equals(amount) && same.payee().equals(payee)
                            && same.reason().equals(reason) ? new Outcome.Done(same, true) : new Outcome.Refused(Change.Fault.ID_TAKEN);
                }
                Instant now = clock.instant();
                endLapsed(t, organisationId, now);
                if (t.find(ONE_OPEN, PayBacks::read, organisationId).isPresent()) {
                    return new Outcome.Unfit(Fault.ONE_IS_OPEN, organisationId.toString());
                }
                Optional<Outcome> objection = objection(t, organisationId, amount, Money.ZERO);
                if (objection.isPresent()) {
                    return objection.get();
                }
                Money paid = t.find(PAID_SINCE, row -> new Money(row.number("amount_fen")), organisationId, now.minus(ALONE_WITHIN))
                        .orElseThrow();
                Money limit = Money.ofYuan(parameters.getAt(ALONE_LIMIT, now).value()).minus(paid).orZeroIfNegative();
                Instant until = now.plus(Duration.ofDays(Long.parseLong(parameters.getAt(HOLD_DAYS, now).value())));
                t.change(ADD, id, organisationId, amount.fen(), payee.name(), payee.bank(), payee.account(),
                        PaymentOrder.referenceOf(id), reason, limit.fen(), requestedBy, now, until);
                PayBack asked = t.find(BY_ID, PayBacks::read, id).orElseThrow();
                if (!accounts.hold(t, asked.asideId(), organisationId, amount, asked.reference(), until)) {
                    t.rollback(); // spent since this one looked
                    return new Outcome.Unfit(Fault.NOT_PAID_AHEAD, amount.toYuan());
                }
                log(t, requestedBy, "pay_back.request", id, Map.of("yuan", amount.toYuan(), "reason", reason));
                return done(t, id);
            });
        } catch (DatabaseException refused) {
            if (refused.violates("pay_back_one_open")) {
                return new Outcome.Unfit(Fault.ONE_IS_OPEN, organisationId.toString());
            }
            throw refused;
        }
    }

    /** What nobody approved while its money was held is over, so that another one can be asked for. */
    private void endLapsed(Transaction t, UUID organisationId, Instant now) throws SQLException {
        Optional<PayBack> open = t.find(ONE_OPEN, PayBacks::read, organisationId);
        if (open.isPresent() && open.get().lapsedAt(now)) {
            PayBack lapsed = lock(t, open.get().id()).orElseThrow();
            if (lapsed.lapsedAt(now)) {
                lapse(t, lapsed);
            }
        }
    }

    private void lapse(Transaction t, PayBack lapsed) throws SQLException {
        accounts.release(t, lapsed.asideId(), lapsed.organisationId(), LAPSED);
        end(t, lapsed.id(), Status.CANCELLED, null, "pay_back.lapse", LAPSED);
    }

    /** Whether a person of the consumer asked for it, not one of the operator. */
    public boolean wasAskedByItself(PayBack payBack) {
        return database.inTransaction(t -> wasAskedByItself(t, payBack));
    }

    private static boolean wasAskedByItself(Transaction t, PayBack payBack) throws SQLException {
        return t.find(ASKED_BY_ITSELF, row -> row.integer("yes"), payBack.requestedBy(), payBack.organisationId()).isPresent();
    }

    /** What could be asked for now, and what stands in its way. */
    public Room roomOf(UUID organisationId) {
        return database.inTransaction(t -> {
            Money most = accounts.free(t, organisationId).orZeroIfNegative();
            Optional<PayBack> open = t.find(ONE_OPEN, PayBacks::read, organisationId);
            if (open.isPresent() && !open.get().lapsedAt(clock.instant())) {
                return new Room(most, Fault.ONE_IS_OPEN, open.get().reference());
            }
            return objection(t, organisationId, new Money(1), Money.ZERO).map(each -> each instanceof Outcome.Unfit(var fault, var detail)
                    ? new Room(most, fault, detail) : new Room(most, null, "")).orElse(new Room(most, null, ""));
        });
    }

    /** @param own what of the prepayment is held for this very pay-back */
    private Optional<Outcome> objection(Transaction t, UUID organisationId, Money amount, Money own) throws SQLException {
        if (t.find(STILL_SUBSCRIBED, row -> row.integer("yes"), organisationId).isPresent()) {
            return Optional.of(new Outcome.Unfit(Fault.STILL_SUBSCRIBED, organisationId.toString()));
        }
        Optional<Money> rated = t.find(RATED_NOT_TOLD, row -> new Money(row.number("amount_fen")), organisationId);
        if (rated.isPresent()) {
            return Optional.of(new Outcome.Unfit(Fault.UNBILLED, rated.get().toYuan()));
        }
        try {
            Money unrated = months.unrated(t, organisationId);
            if (!unrated.isZero()) {
                return Optional.of(new Outcome.Unfit(Fault.UNBILLED, unrated.toYuan()));
            }
        } catch (UnratedUsageException withoutPrice) {
            return Optional.of(new Outcome.Unfit(Fault.UNBILLED, String.valueOf(withoutPrice.getMessage())));
        }
        Money most = accounts.free(t, organisationId).plus(own);
        return amount.compareTo(most) > 0 ? Optional.of(new Outcome.Unfit(Fault.NOT_PAID_AHEAD, most.toYuan())) : Optional.empty();
    }

    /** Approves it and books what was held for it as set aside; above the limit another person than asked for it. */
    public Outcome approve(UUID id, UUID approvedBy) {
        return step(id, Set.of(Status.REQUESTED), Status.APPROVED, (t, asked) -> {
            if (asked.amount().compareTo(asked.aloneLimit()) > 0 && asked.requestedBy().equals(approvedBy)) {
                return new Outcome.Unfit(Fault.FOUR_EYES, asked.aloneLimit().toYuan());
            }
            Optional<Outcome> objection = objection(t, asked.organisationId(), asked.amount(), asked.heldUntil() == null ? Money.ZERO : asked.amount());
            if (objection.isPresent()) {
                return objection.get();
            }
            switch (accounts.setAside(t, asked.asideId(), asked.laterAsideId(), asked.organisationId(), asked.amount(), asked.reference(), approvedBy)) {
                case NOT_PAID_AHEAD -> {
                    return new Outcome.Unfit(Fault.NOT_PAID_AHEAD, asked.amount().toYuan());
                }
                case HOLD_OVER -> {
                    lapse(t, asked);
                    return new Outcome.Unfit(Fault.HOLD_OVER, asked.reference());
                }
                case DONE -> {}
            }
            t.change(APPROVE, approvedBy, clock.instant(), id);
            log(t, approvedBy, "pay_back.approve", id, Map.of("yuan", asked.amount().toYuan()));
            return done(t, id);
        });
    }

    /**
     * Says that the bank was told to pay.
     *
     * @param bankReference what the bank calls the transfer; null: it has not said
     */
    public Outcome send(UUID id, UUID sentBy, @Nullable String bankReference) {
        return step(id, Set.of(Status.APPROVED), Status.SENT, (t, approved) -> {
            // Two people of ours see to what leaves above the limit: who asked was none of them.
            if (approved.amount().compareTo(approved.aloneLimit()) > 0 && sentBy.equals(approved.approvedBy())
                    && wasAskedByItself(t, approved)) {
                return new Outcome.Unfit(Fault.APPROVED_BY_THE_SAME, approved.aloneLimit().toYuan());
            }
            t.change(SEND, sentBy, clock.instant(), bankReference, id);
            log(t, sentBy, "pay_back.send", id, Map.of("reference", approved.reference()));
            return done(t, id);
        });
    }

    /** Gives it up before it is sent; what was held is free, and what was set aside is paid ahead again. */
    public Outcome cancel(UUID id, UUID cancelledBy, String reason) {
        return step(id, Set.of(Status.REQUESTED, Status.APPROVED), Status.CANCELLED, (t, open) -> {
            if (open.status() == Status.APPROVED) {
                accounts.keepAfterAll(t, open.endedId(), open.organisationId(), open.amount(), open.reference(), cancelledBy);
            } else {
                accounts.release(t, open.asideId(), open.organisationId(), reason);
            }
            return end(t, id, Status.CANCELLED, cancelledBy, "pay_back.cancel", reason);
        });
    }

    /**
     * Says that the bank refused the transfer before any money left the account; money that comes back is seen in the bank's file. It rests on a person's
     * word, so that it is another one's than who told the bank to pay.
     */
    public Outcome refusedByBank(UUID id, UUID saidBy, String reason) {
        return refusedByBank(id, saidBy, reason, null);
    }

    /** @param evidence the bank's paper, kept in the same transaction; null: it is handed in apart */
    public Outcome refusedByBank(UUID id, UUID saidBy, String reason, @Nullable Evidence evidence) {
        return step(id, Set.of(Status.SENT), Status.RETURNED, (t, sent) -> {
            if (saidBy.equals(sent.sentBy())) {
                return new Outcome.Unfit(Fault.SENT_BY_THE_SAME, sent.reference());
            }
            if (evidence != null) {
                keep(t, id, evidence, saidBy);
            }
            accounts.keepAfterAll(t, sent.endedId(), sent.organisationId(), sent.amount(), sent.reference(), saidBy);
            return end(t, id, Status.RETURNED, saidBy, "pay_back.return", reason);
        });
    }

    /** Keeps a paper of the bank with a pay-back that was sent; the same paper again changes nothing. */
    public Outcome addEvidence(UUID id, Evidence evidence, UUID addedBy) {
        return database.inTransaction(t -> {
            Optional<PayBack> found = t.find(LOCK, PayBacks::read, id);
            if (found.isEmpty()) {
                return new Outcome.Refused(Change.Fault.UNKNOWN);
            }
            if (found.get().sentBy() == null) {
                return new Outcome.Unfit(Fault.NOT_SENT_YET, found.get().reference());
            }
            return new Outcome.Done(found.get(), !keep(t, id, evidence, addedBy));
        });
    }

    private boolean keep(Transaction t, UUID id, Evidence evidence, UUID addedBy) throws SQLException {
        boolean kept = t.change(ADD_EVIDENCE, id, evidence.sha256(), evidence.name(), evidence.mediaType(), evidence.content(), addedBy,
                clock.instant()) == 1;
        if (kept) {
            log(t, addedBy, "pay_back.evidence", id, Map.of("sha256", evidence.digest(), "name", evidence.name()));
        }
        return kept;
    }

    /** The papers kept with a pay-back, the earliest first. */
    public List<Paper> listEvidence(UUID id) {
        return database.inTransaction(t -> t.list(LIST_EVIDENCE, row -> new Paper(row.text("sha256"), row.text("name"), row.text("media_type"),
                row.number("bytes"), row.uuid("added_by"), row.instant("added_at")), id));
    }

    /** @param sha256 in hexadecimal */
    public Optional<Evidence> findEvidence(UUID id, String sha256) {
        return sha256.matches("[0-9a-f]{64}")
                ? database.inTransaction(t -> t.find(FIND_EVIDENCE, row -> Evidence.of(row.text("name"), row.bytes("content")), id, sha256))
                : Optional.empty();
    }

    /** The bank's file shows that it was paid; the caller books it in the same transaction. */
    void paid(Transaction t, PayBack sent) throws SQLException {
        end(t, sent.id(), Status.PAID, null, "pay_back.paid", null);
    }

    /** The bank's file shows that it came back; the caller books that in the same transaction if it had been paid. */
    void cameBack(Transaction t, PayBack payBack, String ground) throws SQLException {
        UUID ended = payBack.status() == Status.PAID_AFTER_ALL ? payBack.endedAfterAllId() : payBack.endedId();
        accounts.keepAfterAll(t, ended, payBack.organisationId(), payBack.amount(), payBack.reference(), null);
        end(t, payBack.id(), Status.RETURNED, null, "pay_back.return", ground);
    }

    /**
     * Two people say that the bank paid although it was said to have refused: it is set aside of the prepayment again; the caller books the payment in the same transaction.
     *
     * @return false: the consumer has used the money since, and nothing was done
     */
    boolean paidAfterAll(Transaction t, PayBack payBack, UUID saidBy, UUID confirmedBy) throws SQLException {
        Accounts.Aside aside = accounts.setAside(t, payBack.asideAfterAllId(), payBack.asideAfterAllId(), payBack.organisationId(), payBack.amount(),
                payBack.reference(), confirmedBy);
        if (aside != Accounts.Aside.DONE) {
            return false;
        }
        t.change(PAID_AFTER_ALL, clock.instant(), saidBy, confirmedBy, payBack.id());
        log(t, confirmedBy, "pay_back.paid_after_all", payBack.id(), Map.of("saidBy", saidBy.toString()));
        return true;
    }

    private Outcome end(Transaction t, UUID id, Status status, @Nullable UUID by, String action, @Nullable String ground) throws SQLException {
        t.change(END, status, clock.instant(), ground, id);
        log(t, by, action, id, ground == null ? Map.of() : Map.of("reason", ground));
        return done(t, id);
    }

    private void log(Transaction t, @Nullable UUID by, String action, UUID id, Map<String, String> detail) throws SQLException {
        AuditLog.append(t, clock, by, action, KIND, id, detail);
    }

    private static Outcome done(Transaction t, UUID id) throws SQLException {
        return new Outcome.Done(t.find(BY_ID, PayBacks::read, id).orElseThrow(), false);
    }

    @FunctionalInterface
    private interface Step {
        Outcome on(Transaction t, PayBack payBack) throws SQLException;
    }

    private Outcome step(UUID id, Set<Status> from, Status to, Step step) {
        return database.inTransaction(t -> {
            Optional<PayBack> found = t.find(LOCK, PayBacks::read, id);
            if (found.isEmpty()) {
                return new Outcome.Refused(Change.Fault.UNKNOWN);
            }
            PayBack payBack = found.get();
            if (payBack.status() == to) {
                return new Outcome.Done(payBack, true);
            }
            return from.contains(payBack.status()) ? step.on(t, payBack) : new Outcome.WrongState(payBack.status());
        });
    }

    /** The one with this reference, held until the transaction ends. */
    static Optional<PayBack> lock(Transaction t, String reference) throws SQLException {
        return t.find(LOCK_BY_REFERENCE, PayBacks::read, reference);
    }

    /** The one with this id, held until the transaction ends. */
    static Optional<PayBack> lock(Transaction t, UUID id) throws SQLException {
        return t.find(LOCK, PayBacks::read, id);
    }

    public Optional<PayBack> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, PayBacks::read, id));
    }

    /**
     * At most {@code most}, the latest first.
     *
     * @param organisationId null: of any consumer
     */
    public List<PayBack> list(@Nullable UUID organisationId, int most) {
        return database.inTransaction(t -> t.list(LATEST_FIRST, PayBacks::read, organisationId, organisationId, most));
    }

    /** What is set aside and not paid yet, of all consumers: the balance of account 2241. */
    Money setAside() {
        return database.inTransaction(t -> t.find(SET_ASIDE, row -> new Money(row.number("amount_fen")))).orElseThrow();
    }

    private static PayBack read(Row row) throws SQLException {
        return new PayBack(row.uuid("id"), row.uuid("organisation_id"), new Money(row.number("amount_fen")),
                new PaymentOrder.Payee(row.text("payee_name"), row.text("payee_bank"), row.text("payee_account")), row.text("reference"),
                row.text("reason"), new Money(row.number("alone_limit_fen")), row.constant("status", Status.class),
                row.uuid("requested_by"), row.instant("requested_at"), row.instantOrNull("held_until"), row.uuidOrNull("approved_by"), row.instantOrNull("approved_at"),
                row.uuidOrNull("sent_by"), row.instantOrNull("sent_at"), row.textOrNull("bank_reference"), row.instantOrNull("ended_at"),
                row.textOrNull("ground"));
    }
}
