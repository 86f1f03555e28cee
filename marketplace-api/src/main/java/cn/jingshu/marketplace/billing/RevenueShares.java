package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareRecord;
import cn.jingshu.marketplace.billing.ShareProposal.Status;
import cn.jingshu.marketplace.billing.ShareProposal.Subject;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.YearMonth;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who shares in the net profit a product brings (分成比例): proposed by the operator with all that the shares rest on, approved by a
 * person of the data bureau, dated by month, never retroactive and never changed afterwards.
 *
 * @see "方案(征求意见稿):综合加工成本、市场需求、价值贡献等确定运营机构与数商的分成比例"
 */
@Singleton
public final class RevenueShares {
    private static final String ADD = """
            INSERT INTO market.share_proposal
                   (id, subject, product_code, effective_from, inputs, result, sha256, proposed_by, proposed_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN')
            ON CONFLICT ON CONSTRAINT share_proposal_pk DO NOTHING
            """;
    private static final String BY_ID = """
            SELECT id, subject, inputs, result, sha256, proposed_by, proposed_at, status, decided_by, decided_at, ground
              FROM market.share_proposal
             WHERE id = ?
            """;
    private static final String LOCK = """
            SELECT id, subject, inputs, result, sha256, proposed_by, proposed_at, status, decided_by, decided_at, ground
              FROM market.share_proposal
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String PAGE = """
            SELECT id, subject, inputs, result, sha256, proposed_by, proposed_at, status, decided_by, decided_at, ground
              FROM market.share_proposal
             WHERE id > ? AND (CAST(? AS text) IS NULL OR status = ?)
             ORDER BY id
             LIMIT ?
            """;
    private static final String LATEST_FIRST = """
            SELECT id, subject, inputs, result, sha256, proposed_by, proposed_at, status, decided_by, decided_at, ground
              FROM market.share_proposal
             ORDER BY proposed_at DESC, id
             LIMIT ?
            """;
    private static final String IN_FORCE = """
            SELECT p.id, p.subject, p.inputs, p.result, p.sha256, p.proposed_by, p.proposed_at, p.status, p.decided_by,
                   p.decided_at, p.ground
              FROM market.share_proposal p
             WHERE p.status = 'APPROVED'
               AND p.effective_from = (SELECT max(l.effective_from)
                                         FROM market.share_proposal l
                                        WHERE l.subject = p.subject AND l.product_code = p.product_code
                                          AND l.status = 'APPROVED' AND l.effective_from <= ?)
             ORDER BY p.product_code, p.subject
            """;
    private static final String DECIDE = """
            UPDATE market.share_proposal SET status = ?, decided_by = ?, decided_at = ?, ground = ? WHERE id = ?
            """;
    private static final String HAS_SHARES = """
            SELECT 1 AS yes FROM market.share_proposal
             WHERE subject = ? AND product_code = ? AND status = 'APPROVED' LIMIT 1
            """;
    private static final String PRODUCT = "SELECT 1 AS yes FROM market.registration WHERE product_code = ? LIMIT 1";
    private static final String KNOWN_PARTIES = """
            SELECT CAST(id AS text) AS party FROM market.organisation
             WHERE CAST(id AS text) = ANY (?) AND kinds && CAST(ARRAY['OPERATOR', 'MERCHANT'] AS text[])
            """;
    private static final String OPERATORS = """
            SELECT CAST(id AS text) AS party FROM market.organisation
             WHERE CAST(id AS text) = ANY (?) AND 'OPERATOR' = ANY (kinds)
            """;
    private static final String KNOWN_PROVIDERS = """
            SELECT code AS party FROM market.data_provider WHERE code = ANY (?)
            """;
    private static final String HOLD_CLOSES = "LOCK TABLE market.billing_period IN SHARE MODE";
    private static final String CLOSE_BEGUN = "SELECT 1 AS yes FROM market.billing_period WHERE period >= ? LIMIT 1";

    /** The answer to a proposal or to a decision about one. */
    public sealed interface Outcome {
        /** It stands as asked for; {@code already}: it did before, so nothing was changed or logged. */
        record Done(boolean already) implements Outcome {}

        record Refused(Change.Fault fault) implements Outcome {}

        /** @param detail the values that break the rule */
        record Unfit(Fault fault, String detail) implements Outcome {}
    }

    /** Which rule about shares is broken; stable text. */
    public enum Fault {
        NO_SHARES("给出的依据得不出分成比例", "what is given leads to no shares"),
        RETROACTIVE("分成比例不得追溯:须自批准后的次月起(产品首次分成可自当月起)",
                "shares are never retroactive: from the month after the approval on, a product's first shares from the month itself"),
        DATE_TAKEN("该产品自该月起已有分成比例", "the product has shares from that month on already"),
        NOT_A_PARTY("分成各方须为运营机构、数商或资源目录中的数据提供单位",
                "shares are those of the operator and merchants, or of data providers of the catalogue"),
        NOT_SIGNED_BY_TWO("须由运营机构提出、市数据局批准", "the operator proposes and the data bureau approves");

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
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public RevenueShares(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Proposes shares under an id of the caller's own; other shares are another proposal. Each is salted, so that its digest tells nothing of its figures. */
    public Outcome propose(UUID id, ShareInputs inputs, UUID proposedBy) {
        ShareRecord record;
        try {
            record = ShareRecord.of(inputs.salted(random));
        } catch (IllegalArgumentException unfit) {
            return new Outcome.Unfit(Fault.NO_SHARES, String.valueOf(unfit.getMessage()));
        }
        Subject subject = Subject.of(inputs);
        return database.inTransaction(t -> {
            Optional<ShareProposal> before = t.find(BY_ID, RevenueShares::read, id);
            if (before.isPresent()) {
                return ShareRecord.of(before.get().inputs().unsalted()).equals(ShareRecord.of(inputs.unsalted()))
                        ? new Outcome.Done(true) : new Outcome.Refused(Change.Fault.ID_TAKEN);
            }
            if (!People.getIn(t, proposedBy).roles().contains(Role.OPERATIONS)) {
                return new Outcome.Unfit(Fault.NOT_SIGNED_BY_TWO, "proposed by " + proposedBy);
            }
            Optional<Outcome> objection = objection(t, subject, inputs);
            if (objection.isPresent()) {
                return objection.get();
            }
            t.change(ADD, id, subject, inputs.product(), inputs.from().atDay(1), record.inputsJson(), record.resultJson(),
                    HexFormat.of().parseHex(record.sha256()), proposedBy, clock.instant());
            AuditLog.append(t, clock, proposedBy, "share.propose", "share_proposal", id,
                    Map.of("product", inputs.product(), "from", inputs.from().toString(), "subject", subject.name(),
                            "sha256", record.sha256()));
            return new Outcome.Done(false);
        });
    }

    private Optional<Outcome> objection(Transaction t, Subject subject, ShareInputs inputs) throws SQLException {
        if (t.find(PRODUCT, row -> row.integer("yes"), inputs.product()).isEmpty()) {
            return Optional.of(new Outcome.Refused(Change.Fault.NAMES_UNKNOWN));
        }
        List<String> parties = inputs.basis().parties();
        Set<String> known = known(t, subject == Subject.PARTIES ? KNOWN_PARTIES : KNOWN_PROVIDERS, parties);
        String operator = inputs.operator();
        if (known.size() != parties.size()
                || (operator != null && !known(t, OPERATORS, parties).equals(Set.of(operator)))) {
            return Optional.of(new Outcome.Unfit(Fault.NOT_A_PARTY,
                    "of " + parties + " known are " + known.stream().sorted().toList() + ", operator " + operator));
        }
        return retroactive(t, subject, inputs);
    }

    private static Set<String> known(Transaction t, String sql, List<String> parties) throws SQLException {
        return t.list(sql, row -> row.text("party"), parties).stream().collect(Collectors.toUnmodifiableSet());
    }

    private Optional<Outcome> retroactive(Transaction t, Subject subject, ShareInputs inputs) throws SQLException {
        YearMonth current = BillingPeriod.of(clock.instant()).month();
        boolean first = t.find(HAS_SHARES, row -> row.integer("yes"), subject, inputs.product()).isEmpty();
        YearMonth earliest = first ? current : current.plusMonths(1);
        if (inputs.from().isBefore(earliest)) {
            return Optional.of(new Outcome.Unfit(Fault.RETROACTIVE, "from " + inputs.from() + ", earliest " + earliest));
        }
        return t.find(CLOSE_BEGUN, row -> row.integer("yes"), inputs.from().atDay(1)).isPresent()
                ? Optional.of(new Outcome.Unfit(Fault.RETROACTIVE, "the close of " + inputs.from() + " or a later month has begun"))
                : Optional.empty();
    }

    /**
     * Puts shares in force.
     *
     * @param approvedBy a person of the data bureau, not the one who proposed them
     * @param citation the document the approval rests on
     */
    public Outcome approve(UUID id, UUID approvedBy, String citation) {
        try {
            return onOpen(id, (t, open) -> {
                if (approvedBy.equals(open.proposedBy())) {
                    return new Outcome.Refused(Change.Fault.SAME_PERSON);
                }
                if (!People.getIn(t, approvedBy).roles().contains(Role.REGULATOR)) {
                    return new Outcome.Unfit(Fault.NOT_SIGNED_BY_TWO, "approved by " + approvedBy);
                }
                t.change(HOLD_CLOSES); // no month is rated and settled between the look and the approval
                Optional<Outcome> retroactive = retroactive(t, open.subject(), open.inputs());
                return retroactive.isPresent()
                        ? retroactive.get() : decide(t, id, Status.APPROVED, approvedBy, "share.approve", citation);
            });
        } catch (DatabaseException refused) {
            if (refused.violates("share_proposal_date_taken")) {
                return new Outcome.Unfit(Fault.DATE_TAKEN, "proposal " + id);
            }
            throw refused;
        }
    }

    /** Turns a proposal down. */
    public Outcome refuse(UUID id, UUID decidedBy, String reason) {
        return onOpen(id, (t, open) -> decidedBy.equals(open.proposedBy())
                ? new Outcome.Refused(Change.Fault.SAME_PERSON)
                : decide(t, id, Status.REFUSED, decidedBy, "share.refuse", reason));
    }

    /** Takes a proposal back; a person of the organisation that proposed it does. */
    public Outcome withdraw(UUID id, UUID withdrawnBy, String reason) {
        return onOpen(id, (t, open) -> {
            UUID proposer = open.proposedBy();
            boolean own = proposer != null && People.getIn(t, proposer).organisationId()
                    .equals(People.getIn(t, withdrawnBy).organisationId());
            return own ? decide(t, id, Status.WITHDRAWN, withdrawnBy, "share.withdraw", reason)
                    : new Outcome.Refused(Change.Fault.NOT_ITS_PROPOSER);
        });
    }

    private Outcome decide(Transaction t, UUID id, Status status, UUID decidedBy, String action, String ground)
            throws SQLException {
        t.change(DECIDE, status, decidedBy, clock.instant(), ground, id);
        AuditLog.append(t, clock, decidedBy, action, "share_proposal", id, Map.of("ground", ground));
        return new Outcome.Done(false);
    }

    @FunctionalInterface
    private interface Step {
        Outcome on(Transaction t, ShareProposal open) throws SQLException;
    }

    private Outcome onOpen(UUID id, Step step) {
        return database.inTransaction(t -> {
            Optional<ShareProposal> found = t.find(LOCK, RevenueShares::read, id);
            if (found.isEmpty()) {
                return new Outcome.Refused(Change.Fault.UNKNOWN);
            }
            return found.get().status() == Status.OPEN
                    ? step.on(t, found.get())
                    : new Outcome.Refused(Change.Fault.OVER);
        });
    }

    public Optional<ShareProposal> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, RevenueShares::read, id));
    }

    /**
     * At most {@code most} proposals behind the id {@code after}, in the order of ids.
     *
     * @param after null: from the first
     * @param status null: of any
     */
    public List<ShareProposal> list(@Nullable UUID after, @Nullable Status status, int most) {
        return database.inTransaction(t -> t.list(
                PAGE, RevenueShares::read, after == null ? new UUID(0, 0) : after, status, status, most));
    }

    /** At most {@code most} proposals, the latest first. */
    public List<ShareProposal> listLatest(int most) {
        return database.inTransaction(t -> t.list(LATEST_FIRST, RevenueShares::read, most));
    }

    /** The approved shares that hold in {@code month}: of each product and subject the latest that are not later. */
    public List<ShareProposal> listInForce(YearMonth month) {
        return database.inTransaction(t -> t.list(IN_FORCE, RevenueShares::read, month.atDay(1)));
    }

    private static ShareProposal read(Row row) throws SQLException {
        ShareRecord record = new ShareRecord(
                row.text("inputs"), row.text("result"), HexFormat.of().formatHex(row.bytes("sha256")));
        return new ShareProposal(row.uuid("id"), row.constant("subject", Subject.class), record.inputs(), record,
                row.uuidOrNull("proposed_by"), row.instant("proposed_at"), row.constant("status", Status.class),
                row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"), row.textOrNull("ground"));
    }
}
