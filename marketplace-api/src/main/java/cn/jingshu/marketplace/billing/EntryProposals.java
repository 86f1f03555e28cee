package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.Rejection;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.EntryProposal.Status;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.PolicyParameters;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Entries people write by hand, and reversals (红字冲销). Up to a limit one person books them, above it a second one approves; the limit is
 * the dated number of policy {@value #LIMIT}. What is booked and that it was decided stand or fall together.
 *
 * @see "中华人民共和国会计法: 记账人员与审批人员、经办人员的职责权限应当明确,并相互分离、相互制约"
 */
@Singleton
public final class EntryProposals {
    /** Name of the limit: whole yuan and fen, as {@code 1000.00}. */
    public static final String LIMIT = "books.four-eyes-above-yuan";

    private static final String ADD = """
            INSERT INTO market.entry_proposal
                   (id, reason, effective_on, description, reverses, amount_fen, limit_fen, proposed_by, proposed_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
            """;
    private static final String ADD_LINE = """
            INSERT INTO market.entry_proposal_line
                   (proposal_id, line, account_code, side, amount_fen, product, provider, merchant, consumer, purpose_class,
                    business_line, price_version, service_period)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String BY_ID = """
            SELECT id, reason, effective_on, description, reverses, limit_fen, proposed_by, proposed_at, status, decided_by,
                   decided_at, ground
              FROM market.entry_proposal
             WHERE id = ?
            """;
    private static final String LOCK = """
            SELECT id, reason, effective_on, description, reverses, limit_fen, proposed_by, proposed_at, status, decided_by,
                   decided_at, ground
              FROM market.entry_proposal
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String PAGE = """
            SELECT id, reason, effective_on, description, reverses, limit_fen, proposed_by, proposed_at, status, decided_by,
                   decided_at, ground
              FROM market.entry_proposal
             WHERE (CAST(? AS text) IS NULL OR status = CAST(? AS text)) AND (proposed_at, id) < (?, ?)
             ORDER BY proposed_at DESC, id DESC
             LIMIT ?
            """;
    private static final String LINES = """
            SELECT account_code, side, amount_fen, product, provider, merchant, consumer, purpose_class, business_line,
                   price_version, service_period
              FROM market.entry_proposal_line
             WHERE proposal_id = ?
             ORDER BY line
            """;
    private static final String BOOKED_BY_HAND = """
            SELECT id FROM market.entry_proposal WHERE id = ? AND status = 'BOOKED'
            """;
    private static final String DECIDE = """
            UPDATE market.entry_proposal SET status = ?, decided_by = ?, decided_at = ?, ground = ? WHERE id = ?
            """;
    private static final UUID LAST_ID = new UUID(-1, -1);

    /** What became of a wish. */
    public sealed interface Outcome {
        /** It stands so now, whether by this wish or by the same one before. */
        record Done(EntryProposal proposal) implements Outcome {}

        record Refused(Fault fault) implements Outcome {}

        /**
         * The books would not take it.
         *
         * @param detail the values at fault
         */
        record NotBookable(Rejection code, String detail) implements Outcome {}
    }

    /** Why a wish was refused. */
    public enum Fault {
        ID_TAKEN("该编号已用于其他凭证", "the id belongs to another entry"),
        NOT_BY_HAND("该类凭证不由人工填制", "entries of this reason are not written by hand"),
        ACCOUNT_NOT_BY_HAND("该事由的凭证不得使用此科目", "an entry of this reason does not book to this account by hand"),
        CONSUMERS_ACCOUNT("应收、预收与待退款项只随账单、收款、红字退费与退款变动,不由人工填制",
                "what consumers owe or have paid ahead is moved by bills, receipts, credit notes and pay-backs, not by hand"),
        PAYABLE("应付数商与财政的款项由结算产生、按支付指令支付,不由人工填制",
                "what merchants and the treasury are owed comes of settlements and is paid by payment orders, not by hand"),
        BILLED("收入与销项税额只随账单与红字退费变动,不由人工填制", "revenue and output VAT are moved by bills and credit notes, not by hand"),
        COST_WITHOUT_DOCUMENT("成本费用须以成本凭证填报,并附原始凭证的摘要与存放处",
                "a cost is entered as a cost voucher, with the digest of its document and where that is kept"),
        LINE_OF_A_BILL("该凭证对应账单明细,不得冲销:请作废有关调用,或认定价格超过上限,由下一次关账开具红字",
                "the entry of a line of a bill is not reversed: void the calls, or find the price above its ceiling, and the next close credits it"),
        RECEIPT_STANDS("该凭证对应已告知数据使用方的收款,不得冲销:请办理退款",
                "the entry of a receipt on a consumer's account is not reversed: pay it back"),
        MOVEMENT_STANDS("该凭证对应数据使用方账户的变动(抵扣、红字退费或退款),不得冲销:以新的收款、退费或退款更正",
                "the entry of a movement of a consumer's account is not reversed: a receipt, a credit note or a pay-back corrects it"),
        VOUCHER_STANDS("该凭证对应成本凭证,不得冲销:请撤销该成本凭证", "the entry of a cost voucher is not reversed: cancel the voucher"),
        ORDER_STANDS("该凭证对应支付指令,不得冲销:由银行退汇冲回", "the entry of a payment order is not reversed: the bank's return of it is booked"),
        SETTLEMENT_STANDS("结算凭证以重新结算修订,不得冲销", "the entries of a settlement are revised by settling again, not reversed"),
        NOT_WRITTEN_BY_HAND("只有人工填制的凭证可由人工冲销", "only what was written by hand is reversed by hand"),
        UNKNOWN("没有这一凭证申请", "there is no such proposal"),
        OWN_PROPOSAL("填制人不能审批自己的凭证", "who proposed an entry cannot approve or refuse it"),
        NOT_ITS_PROPOSER("只有填制人可以撤回", "only who proposed it takes it back"),
        ALREADY_DECIDED("该凭证申请已有决定", "it has been decided already");

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

    /** Where a page ended: the next holds what was proposed before it. */
    public record Cursor(Instant proposedAt, UUID id) {}

    /** A page of proposals, the youngest first; {@code next} empty: the last one. */
    public record Page(List<EntryProposal> proposals, Optional<Cursor> next) {}

    private final Database database;
    private final Journal journal;
    private final PolicyParameters policy;
    private final Clock clock;

    EntryProposals(Database database, Journal journal, PolicyParameters policy, Clock clock) {
        this.database = database;
        this.journal = journal;
        this.policy = policy;
        this.clock = clock;
    }

    /** Above it a second person approves. */
    public Money limit() {
        return Money.ofYuan(policy.getAt(LIMIT, clock.instant()).value());
    }

    /** Proposes an entry as {@link ByHand} allows it; within the limit it is booked at once. */
    public Outcome propose(JournalEntry entry, UUID proposedBy) {
        return enter(entry, proposedBy);
    }

    /**
     * Proposes the reversal of an entry that was written by hand; within the limit it is booked at once. What stands for something else of the market
     * is taken back by its own way, which moves both.
     *
     * @param id made by the caller: the reversal is booked under it
     * @param on its voucher date, in a month that is open
     * @param why 1 to 500 characters; it stands in the books
     */
    public Outcome proposeReversal(UUID id, UUID originalId, LocalDate on, String why, UUID proposedBy) {
        Optional<BookedEntry> original = journal.findEntry(originalId);
        return original.isEmpty()
                ? new Outcome.NotBookable(Rejection.REVERSED_ENTRY_UNKNOWN, "entry " + id + ": reverses " + originalId)
                : enter(original.get().entry().reversal(id, on, why), proposedBy);
    }

    private Outcome enter(JournalEntry entry, UUID proposedBy) {
        Money limit = limit();
        boolean alone = entry.amount().compareTo(limit) <= 0;
        return database.inTransaction(t -> {
            Optional<EntryProposal> known = find(t, entry.entryId());
            Optional<Fault> fault = known.isPresent() ? Optional.empty() : faultOf(t, entry);
            if (fault.isPresent()) {
                return new Outcome.Refused(fault.get());
            }
            int added = t.change(ADD, entry.entryId(), entry.reason(), entry.effectiveOn(), entry.description(), entry.reverses(),
                    entry.amount().fen(), limit.fen(), proposedBy, clock.instant(), alone ? Status.BOOKED : Status.OPEN);
            if (added == 0) {
                EntryProposal before = find(t, entry.entryId()).orElseThrow();
                return before.entry().equals(entry) && before.proposedBy().equals(proposedBy)
                        ? new Outcome.Done(before)
                        : new Outcome.Refused(Fault.ID_TAKEN);
            }
            if (!entry.reason().equals(EntryReason.REVERSAL)) {
                addLines(t, entry);
            }
            if (alone) {
                Optional<Outcome> objection = book(t, entry);
                if (objection.isPresent()) {
                    t.rollback();
                    return objection.get();
                }
            }
            log(t, proposedBy, alone ? "books.entry.book" : "books.entry.propose", entry, entry.description());
            return new Outcome.Done(find(t, entry.entryId()).orElseThrow());
        });
    }

    /** Approves a proposal of another person and books it. */
    public Outcome approve(UUID id, UUID approvedBy) {
        return decide(id, approvedBy, Status.BOOKED, null, (t, open) -> {
            if (open.proposedBy().equals(approvedBy)) {
                return Optional.of(new Outcome.Refused(Fault.OWN_PROPOSAL));
            }
            Optional<Fault> fault = faultOf(t, open.entry());
            return fault.isPresent() ? Optional.of(new Outcome.Refused(fault.get())) : book(t, open.entry());
        });
    }

    /** Why it is not written or taken back by hand; also asked when it is approved, of what was proposed under older rules. */
    private static Optional<Fault> faultOf(Transaction t, JournalEntry entry) throws SQLException {
        UUID originalId = entry.reverses();
        if (originalId == null) {
            return ByHand.faultOf(entry);
        }
        if (t.find(BOOKED_BY_HAND, row -> row.uuid("id"), originalId).isPresent()) {
            return Optional.empty();
        }
        return t.join(connection -> Journal.findEntry(connection, originalId)).map(original -> ByHand.standsOn(original.entry()));
    }

    /** Turns a proposal of another person down. */
    public Outcome refuse(UUID id, UUID refusedBy, String why) {
        return decide(id, refusedBy, Status.REFUSED, why, (_, open) -> open.proposedBy().equals(refusedBy)
                ? Optional.of(new Outcome.Refused(Fault.OWN_PROPOSAL))
                : Optional.empty());
    }

    /** Takes one's own proposal back. */
    public Outcome withdraw(UUID id, UUID withdrawnBy, String why) {
        return decide(id, withdrawnBy, Status.WITHDRAWN, why, (_, open) -> open.proposedBy().equals(withdrawnBy)
                ? Optional.empty()
                : Optional.of(new Outcome.Refused(Fault.NOT_ITS_PROPOSER)));
    }

    public Optional<EntryProposal> find(UUID id) {
        return database.inTransaction(t -> find(t, id));
    }

    /** A page of proposals; {@code status} empty: of any. */
    public Page list(Optional<Status> status, Optional<Cursor> before, int size) {
        @Nullable String asked = status.map(Enum::name).orElse(null);
        Cursor end = before.orElseGet(() -> new Cursor(clock.instant().plusSeconds(60), LAST_ID));
        List<EntryProposal> found = database.inTransaction(t -> {
            List<EntryProposal> page = new ArrayList<>();
            for (Head head : t.list(PAGE, EntryProposals::head, asked, asked, end.proposedAt(), end.id(), size + 1)) {
                page.add(head.with(entryOf(t, head)));
            }
            return page;
        });
        if (found.size() <= size) {
            return new Page(found, Optional.empty());
        }
        EntryProposal last = found.get(size - 1);
        return new Page(found.subList(0, size), Optional.of(new Cursor(last.proposedAt(), last.id())));
    }

    @FunctionalInterface
    private interface Step {
        /** @return what speaks against it */
        Optional<Outcome> take(Transaction t, EntryProposal open) throws SQLException;
    }

    private Outcome decide(UUID id, UUID decidedBy, Status wish, @Nullable String why, Step step) {
        return database.inTransaction(t -> {
            Optional<Head> locked = t.find(LOCK, EntryProposals::head, id);
            if (locked.isEmpty()) {
                return new Outcome.Refused(Fault.UNKNOWN);
            }
            EntryProposal open = locked.get().with(entryOf(t, locked.get()));
            if (open.status() != Status.OPEN) {
                boolean same = open.status() == wish && decidedBy.equals(open.decidedBy());
                return same ? new Outcome.Done(open) : new Outcome.Refused(Fault.ALREADY_DECIDED);
            }
            Optional<Outcome> objection = step.take(t, open);
            if (objection.isPresent()) {
                t.rollback();
                return objection.get();
            }
            t.change(DECIDE, wish, decidedBy, clock.instant(), why, id);
            log(t, decidedBy, switch (wish) {
                case BOOKED -> "books.entry.approve";
                case REFUSED -> "books.entry.refuse";
                case WITHDRAWN -> "books.entry.withdraw";
                case OPEN -> throw new IllegalArgumentException("nobody decides that it is open");
            }, open.entry(), why == null ? open.entry().description() : why);
            return new Outcome.Done(find(t, id).orElseThrow());
        });
    }

    private Optional<Outcome> book(Transaction t, JournalEntry entry) throws SQLException {
        PostResult result = t.join(connection -> journal.postAll(connection, List.of(entry)).getFirst());
        return switch (result) {
            case PostResult.Posted _ -> Optional.empty();
            case PostResult.AlreadyPosted _ -> Optional.of(new Outcome.Refused(Fault.ID_TAKEN)); // by something else: a proposal is booked once
            case PostResult.Rejected(var code, var detail) -> Optional.of(new Outcome.NotBookable(code, detail));
        };
    }

    private void log(Transaction t, UUID actor, String action, JournalEntry entry, String why) throws SQLException {
        AuditLog.append(t, clock, actor, action, "journal_entry", entry.entryId(),
                Map.of("reason", entry.reason().name(), "amountYuan", entry.amount().toYuan(), "why", why));
    }

    private static void addLines(Transaction t, JournalEntry entry) throws SQLException {
        int line = 0;
        for (Posting posting : entry.postings()) {
            line++;
            Dimensions about = posting.dimensions();
            YearMonth servicePeriod = about.servicePeriod();
            t.change(ADD_LINE, entry.entryId(), line, posting.account().value(), posting.side(), posting.amount().fen(), about.product(),
                    about.provider(), about.merchant(), about.consumer(), about.purposeClass(), about.businessLine(),
                    about.priceVersion(), servicePeriod == null ? null : servicePeriod.atDay(1));
        }
    }

    private record Head(
            UUID id,
            EntryReason reason,
            LocalDate effectiveOn,
            String description,
            @Nullable UUID reverses,
            Money limit,
            UUID proposedBy,
            Instant proposedAt,
            Status status,
            @Nullable UUID decidedBy,
            @Nullable Instant decidedAt,
            @Nullable String ground) {
        EntryProposal with(JournalEntry entry) {
            return new EntryProposal(entry, limit, proposedBy, proposedAt, status, decidedBy, decidedAt, ground);
        }
    }

    private Optional<EntryProposal> find(Transaction t, UUID id) throws SQLException {
        Optional<Head> head = t.find(BY_ID, EntryProposals::head, id);
        return head.isEmpty() ? Optional.empty() : Optional.of(head.get().with(entryOf(t, head.get())));
    }

    private JournalEntry entryOf(Transaction t, Head head) throws SQLException {
        UUID originalId = head.reverses();
        if (originalId != null) {
            return t.join(connection -> Journal.findEntry(connection, originalId)).orElseThrow().entry().reversal(head.id(), head.effectiveOn(), head.description());
        }
        return new JournalEntry(head.id(), head.effectiveOn(), head.reason(), head.description(),
                t.list(LINES, EntryProposals::posting, head.id()));
    }

    private static Head head(Row row) throws SQLException {
        return new Head(row.uuid("id"), row.constant("reason", EntryReason.class), row.day("effective_on"), row.text("description"),
                row.uuidOrNull("reverses"), Money.ofFen(row.number("limit_fen")), row.uuid("proposed_by"), row.instant("proposed_at"),
                row.constant("status", Status.class), row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"),
                row.textOrNull("ground"));
    }

    private static Posting posting(Row row) throws SQLException {
        LocalDate servicePeriod = row.dayOrNull("service_period");
        return new Posting(new AccountCode(row.text("account_code")), row.constant("side", Side.class),
                Money.ofFen(row.number("amount_fen")),
                new Dimensions(row.textOrNull("product"), row.textOrNull("provider"), row.textOrNull("merchant"), row.textOrNull("consumer"),
                        row.textOrNull("purpose_class"), row.textOrNull("business_line"), row.textOrNull("price_version"),
                        servicePeriod == null ? null : YearMonth.from(servicePeriod)));
    }
}
