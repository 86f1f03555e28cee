package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.CostVouchers.CostVoucher;
import cn.jingshu.marketplace.billing.CostVouchers.Kind;
import cn.jingshu.marketplace.billing.EntryProposal.Status;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Wrong cost vouchers taken back: up to the limit of entries by hand by one person, above it once a second one has approved. A cost that was booked
 * when it was entered is reversed; a merchant's service is booked by the settlement, which owes it less. Either counts in the voucher's own month while
 * that is open, else in the first month that is.
 *
 * @see "decision 0072"
 */
@Singleton
public final class CostCancellations {
    private static final String HOLD_CLOSES = "LOCK TABLE market.billing_period IN SHARE MODE";
    private static final String YOUNGEST_BEGUN = "SELECT max(period) AS period FROM market.billing_period HAVING count(*) > 0";
    private static final String ADD = """
            INSERT INTO market.cost_cancellation
                   (id, voucher_id, reason, amount_fen, limit_fen, proposed_by, proposed_at, status, period)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
            """;
    private static final String BY_ID = """
            SELECT id, voucher_id, reason, amount_fen, limit_fen, proposed_by, proposed_at, status, period, decided_by, decided_at, ground
              FROM market.cost_cancellation WHERE id = ?
            """;
    private static final String LOCK = """
            SELECT id, voucher_id, reason, amount_fen, limit_fen, proposed_by, proposed_at, status, period, decided_by, decided_at, ground
              FROM market.cost_cancellation WHERE id = ? FOR UPDATE
            """;
    private static final String LIST = """
            SELECT id, voucher_id, reason, amount_fen, limit_fen, proposed_by, proposed_at, status, period, decided_by, decided_at, ground
              FROM market.cost_cancellation
             WHERE CAST(? AS text) IS NULL OR status = CAST(? AS text)
             ORDER BY proposed_at DESC, id DESC
             LIMIT ?
            """;
    private static final String OF_MONTH = """
            SELECT c.id, c.voucher_id, c.reason, c.amount_fen, c.limit_fen, c.proposed_by, c.proposed_at, c.status, c.period, c.decided_by, c.decided_at, c.ground
              FROM market.cost_cancellation c
              JOIN market.cost_voucher v ON v.id = c.voucher_id
             WHERE v.period = ?
             ORDER BY c.proposed_at, c.id
            """;
    private static final String DECIDE = """
            UPDATE market.cost_cancellation SET status = ?, period = ?, decided_by = ?, decided_at = ?, ground = ? WHERE id = ?
            """;
    private static final String OF_MERCHANTS = """
            SELECT v.merchant_id, v.amount_fen
              FROM market.cost_cancellation c
              JOIN market.cost_voucher v ON v.id = c.voucher_id
             WHERE c.status = 'BOOKED' AND c.period = ? AND v.merchant_id IS NOT NULL
             ORDER BY c.id
            """;

    /**
     * A voucher that is to be taken back.
     *
     * @param amount the voucher's, with the VAT that may be deducted
     * @param limit above it a second person was needed when it was proposed
     * @param month whose costs it lowers; null: it is not booked
     * @param decidedBy null: it is open, or was booked by one person within the limit
     * @param ground why it was refused or withdrawn; null: it was not
     */
    public record Cancellation(UUID id, UUID voucherId, String reason, Money amount, Money limit, UUID proposedBy, Instant proposedAt,
            Status status, @Nullable YearMonth month, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground) {}

    /** What became of a wish. */
    public sealed interface Outcome {
        /** It stands so now, whether by this wish or by the same one before. */
        record Done(Cancellation cancellation) implements Outcome {}

        /** @param detail the values at fault; may be empty */
        record Refused(Fault fault, String detail) implements Outcome {}
    }

    /** Why a wish was refused. */
    public enum Fault {
        ID_TAKEN("该编号已用于其他内容", "the id was used for something else"),
        NO_SUCH_VOUCHER("没有这一成本凭证", "there is no such cost voucher"),
        CANCELLED_BEFORE("该成本凭证已撤销,或已有待批的撤销", "the voucher was cancelled before, or that is proposed already"),
        UNKNOWN("没有这一撤销申请", "there is no such cancellation"),
        OWN_PROPOSAL("申请人不能审批自己的撤销", "who proposed it cannot approve or refuse it"),
        NOT_ITS_PROPOSER("只有申请人可以撤回", "only who proposed it takes it back"),
        ALREADY_DECIDED("该撤销已有决定", "it has been decided already"),
        NOT_BOOKED("总账未入账", "the books refused it");

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
    private final CostVoucherRepository vouchers;
    private final EntryProposals byHand;
    private final Journal journal;
    private final Clock clock;

    CostCancellations(Database database, CostVoucherRepository vouchers, EntryProposals byHand, Journal journal, Clock clock) {
        this.database = database;
        this.vouchers = vouchers;
        this.byHand = byHand;
        this.journal = journal;
        this.clock = clock;
    }

    /**
     * Proposes to take a voucher back; within the limit it is booked at once.
     *
     * @param id made by the caller: the same wish again is no second one, and the reversal is booked under it
     * @param reason 1 to 500 characters; it stands in the books
     */
    public Outcome propose(UUID id, UUID voucherId, String reason, UUID proposedBy) {
        Money limit = byHand.limit();
        return database.inTransaction(t -> {
            t.change(HOLD_CLOSES); // no close begins between the look for an open month and the entry
            Optional<CostVoucher> voucher = vouchers.find(voucherId); // joins this transaction
            if (voucher.isEmpty()) {
                return new Outcome.Refused(Fault.NO_SUCH_VOUCHER, voucherId.toString());
            }
            Money amount = voucher.get().amount().plus(voucher.get().inputVat());
            boolean alone = amount.compareTo(limit) <= 0;
            @Nullable LocalDate on = alone ? day(t, voucher.get()) : null;
            if (t.change(ADD, id, voucherId, reason, amount.fen(), limit.fen(), proposedBy, clock.instant(), alone ? Status.BOOKED : Status.OPEN,
                    on == null ? null : on.withDayOfMonth(1)) == 0) {
                return before(t, id, voucherId, reason, proposedBy);
            }
            if (on != null) {
                Optional<Outcome> objection = book(t, voucher.get(), id, on, reason);
                if (objection.isPresent()) {
                    t.rollback();
                    return objection.get();
                }
            }
            return done(t, id, proposedBy, alone ? "books.voucher.cancel" : "books.voucher.propose-cancel", reason);
        });
    }

    private static Outcome before(Transaction t, UUID id, UUID voucherId, String reason, UUID proposedBy) throws SQLException {
        Optional<Cancellation> same = t.find(BY_ID, CostCancellations::read, id);
        if (same.isEmpty()) {
            return new Outcome.Refused(Fault.CANCELLED_BEFORE, voucherId.toString());
        }
        Cancellation before = same.get();
        return before.voucherId().equals(voucherId) && before.reason().equals(reason) && before.proposedBy().equals(proposedBy)
                ? new Outcome.Done(before) : new Outcome.Refused(Fault.ID_TAKEN, id.toString());
    }

    /** Approves the cancellation another person proposed, and books it. */
    public Outcome approve(UUID id, UUID approvedBy) {
        return decide(id, approvedBy, Status.BOOKED, null);
    }

    /** Turns the cancellation another person proposed down. */
    public Outcome refuse(UUID id, UUID refusedBy, String why) {
        return decide(id, refusedBy, Status.REFUSED, why);
    }

    /** Takes one's own proposal back. */
    public Outcome withdraw(UUID id, UUID withdrawnBy, String why) {
        return decide(id, withdrawnBy, Status.WITHDRAWN, why);
    }

    private Outcome decide(UUID id, UUID decidedBy, Status wish, @Nullable String why) {
        return database.inTransaction(t -> {
            t.change(HOLD_CLOSES);
            Optional<Cancellation> locked = t.find(LOCK, CostCancellations::read, id);
            if (locked.isEmpty()) {
                return new Outcome.Refused(Fault.UNKNOWN, id.toString());
            }
            Cancellation open = locked.get();
            if (open.status() != Status.OPEN) {
                return open.status() == wish && decidedBy.equals(open.decidedBy()) ? new Outcome.Done(open)
                        : new Outcome.Refused(Fault.ALREADY_DECIDED, open.status().name());
            }
            boolean own = open.proposedBy().equals(decidedBy);
            if (own != (wish == Status.WITHDRAWN)) {
                return new Outcome.Refused(own ? Fault.OWN_PROPOSAL : Fault.NOT_ITS_PROPOSER, "");
            }
            @Nullable LocalDate on = null;
            if (wish == Status.BOOKED) {
                CostVoucher voucher = vouchers.find(open.voucherId()).orElseThrow();
                on = day(t, voucher);
                Optional<Outcome> objection = book(t, voucher, id, on, open.reason());
                if (objection.isPresent()) {
                    t.rollback();
                    return objection.get();
                }
            }
            t.change(DECIDE, wish, on == null ? null : on.withDayOfMonth(1), decidedBy, clock.instant(), why, id);
            return done(t, id, decidedBy, switch (wish) {
                case BOOKED -> "books.voucher.approve-cancel";
                case REFUSED -> "books.voucher.refuse-cancel";
                case WITHDRAWN -> "books.voucher.withdraw-cancel";
                case OPEN -> throw new IllegalArgumentException("nobody decides that it is open");
            }, why == null ? open.reason() : why);
        });
    }

    /** The end of the voucher's month while no close of it has begun, else the first open day after it. */
    private static LocalDate day(Transaction t, CostVoucher voucher) throws SQLException {
        YearMonth open = t.find(YOUNGEST_BEGUN, row -> row.day("period")).map(begun -> YearMonth.from(begun).plusMonths(1)).orElse(voucher.month());
        return voucher.month().isBefore(open) ? open.atDay(1) : voucher.month().atEndOfMonth();
    }

    /** @return what speaks against it */
    private Optional<Outcome> book(Transaction t, CostVoucher voucher, UUID id, LocalDate on, String reason) throws SQLException {
        if (voucher.kind() == Kind.MERCHANT_SERVICE) {
            return Optional.empty(); // the settlement of the month owes it less
        }
        BookedEntry cost = t.join(connection -> Journal.findEntry(connection, voucher.id()))
                .orElseThrow(() -> new IllegalStateException("voucher " + voucher.id() + " has no entry"));
        PostResult result = t.join(connection -> journal.postAll(connection, List.of(cost.entry().reversal(id, on, reason)))).getFirst();
        return switch (result) {
            case PostResult.Posted _ -> Optional.empty();
            case PostResult.AlreadyPosted _ -> Optional.of(new Outcome.Refused(Fault.ID_TAKEN, id.toString()));
            case PostResult.Rejected(var code, var detail) -> Optional.of(new Outcome.Refused(Fault.NOT_BOOKED, code + ": " + detail));
        };
    }

    private Outcome done(Transaction t, UUID id, UUID actor, String action, String why) throws SQLException {
        Cancellation now = t.find(BY_ID, CostCancellations::read, id).orElseThrow();
        AuditLog.append(t, clock, actor, action, "cost_voucher", now.voucherId(),
                Map.of("cancellation", id.toString(), "amountYuan", now.amount().toYuan(), "why", why));
        return new Outcome.Done(now);
    }

    /** Cancellations, the youngest first; {@code status} empty: of any. */
    public List<Cancellation> list(Optional<Status> status, int most) {
        @Nullable String asked = status.map(Enum::name).orElse(null);
        return database.inTransaction(t -> t.list(LIST, CostCancellations::read, asked, asked, most));
    }

    /** Cancellations of the vouchers of a month, whichever month they count in, the oldest first. */
    public List<Cancellation> listOf(YearMonth month) {
        return database.inTransaction(t -> t.list(OF_MONTH, CostCancellations::read, month.atDay(1)));
    }

    /** Above it a second person is needed. */
    public Money limit() {
        return byHand.limit();
    }

    /**
     * A merchant's service that a month owes less.
     *
     * @param amount above zero
     */
    record Less(UUID merchant, Money amount) {}

    /** What cancellations that count in {@code month} take off merchants' services, whichever month those were of. */
    List<Less> ofMerchants(YearMonth month) {
        return database.inTransaction(t -> t.list(OF_MERCHANTS,
                row -> new Less(row.uuid("merchant_id"), Money.ofFen(row.number("amount_fen"))), month.atDay(1)));
    }

    private static Cancellation read(Row row) throws SQLException {
        LocalDate period = row.dayOrNull("period");
        return new Cancellation(row.uuid("id"), row.uuid("voucher_id"), row.text("reason"), Money.ofFen(row.number("amount_fen")),
                Money.ofFen(row.number("limit_fen")), row.uuid("proposed_by"), row.instant("proposed_at"), row.constant("status", Status.class),
                period == null ? null : YearMonth.from(period), row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"), row.textOrNull("ground"));
    }
}
