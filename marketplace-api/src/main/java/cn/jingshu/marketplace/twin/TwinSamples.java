package cn.jingshu.marketplace.twin;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.marketplace.twin.TwinSample.Status;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.SampleOutcome;
import cn.jingshu.products.domain.TwinProgress;
import cn.jingshu.products.domain.TwinRecord;
import io.micronaut.context.BeanProvider;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Masked samples in sandbox twins. Where live rows are about real people, one person proposes a sample and another one, of the bureau, approves it with the
 * assessment it rests on; then it is drawn, once. What a sample has to keep to are dated numbers of policy.
 *
 * @see "《个人信息保护法》第五十五条、第五十六条: an impact assessment comes before sensitive personal information is handled"
 */
@Singleton
public final class TwinSamples {
    /** Name of the least k: below it a sample is withheld. */
    public static final String LEAST_K = "sandbox.sample-least-k";

    /** Name of the greatest share, 0 to 1, of real people whose rows together may be unique. */
    public static final String MOST_UNIQUE = "sandbox.sample-most-unique";

    /**
     * How long an approval holds: the assessment it rests on was of the rows of its day. A number of this platform's own, by the month in which a proposal is
     * usually carried out; whoever needs longer proposes anew.
     */
    static final Duration APPROVAL_HOLDS = Duration.ofDays(30);

    private static final String ADD = """
            INSERT INTO market.twin_sample
                   (id, product, product_version, rows_asked, k, personal, reason, proposed_by, proposed_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
            """;
    private static final String BY_ID = """
            SELECT id, product, product_version, rows_asked, k, personal, reason, proposed_by, proposed_at, status, decided_by, decided_at,
                   ground, drawn_by, drawn_at, report_digest
              FROM market.twin_sample
             WHERE id = ?
            """;
    private static final String LOCK = """
            SELECT id, product, product_version, rows_asked, k, personal, reason, proposed_by, proposed_at, status, decided_by, decided_at,
                   ground, drawn_by, drawn_at, report_digest
              FROM market.twin_sample
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String NEWEST = """
            SELECT id, product, product_version, rows_asked, k, personal, reason, proposed_by, proposed_at, status, decided_by, decided_at,
                   ground, drawn_by, drawn_at, report_digest
              FROM market.twin_sample
             WHERE CAST(? AS text) IS NULL OR product = ?
             ORDER BY proposed_at DESC, id DESC
             LIMIT ?
            """;
    private static final String DECIDE = """
            UPDATE market.twin_sample SET status = ?, decided_by = ?, decided_at = ?, ground = ? WHERE id = ?
            """;
    private static final String DRAW = """
            UPDATE market.twin_sample SET status = ?, drawn_by = ?, drawn_at = ?, report_digest = ? WHERE id = ?
            """;

    private final Database database;
    private final PolicyParameters policy;
    private final JdbcDataDomain domain;
    private final BeanProvider<Contracts> contracts;
    private final Clock clock;

    TwinSamples(Database database, PolicyParameters policy, JdbcDataDomain domain, BeanProvider<Contracts> contracts, Clock clock) {
        this.database = database;
        this.policy = policy;
        this.domain = domain;
        this.contracts = contracts;
        this.clock = clock;
    }

    /** Why something is refused. */
    public enum Fault {
        UNKNOWN("记录不存在", "there is no such record"),
        NOT_HERE("该产品版本在本节点没有沙箱数据", "this product version keeps no sandbox twin here"),
        ID_TAKEN("该编号已用于其他内容", "the id was used for something else"),
        DECIDED("已有决定或已使用", "it is decided already, or was used"),
        OWN_PROPOSAL("提出人不得审批自己的事项", "who proposed it does not approve it"),
        NEEDS_APPROVAL("涉及真实个人,须先由另一人批准", "it is about real people: another person has to approve it first"),
        EXPIRED("批准已超过 30 天,须重新提出", "it was approved more than 30 days ago: it has to be proposed anew");

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

    /** What came of a step. */
    public sealed interface Outcome {
        record Done(TwinSample sample) implements Outcome {}

        record Refused(Fault fault) implements Outcome {}
    }

    /** What came of drawing. */
    public sealed interface Draw {
        /** The twin holds it. */
        record Drawn(TwinRecord record) implements Draw {}

        /** The twin is what it was. */
        record Withheld(@Nullable TwinRecord record, String zh, String en) implements Draw {}

        record Refused(Fault fault) implements Draw {}
    }

    /** The product versions that keep a twin on this node. */
    public List<JdbcDataDomain.Twin> twins() {
        contracts.get(); // with them the products are there
        return domain.twins();
    }

    /** @param version null: the newest */
    public Optional<JdbcDataDomain.Twin> findTwin(String product, @Nullable Integer version) {
        return twins().stream()
                .filter(each -> each.product().equals(product) && (version == null || each.version() == version))
                .reduce((_, newer) -> newer);
    }

    /**
     * What a sample has to keep to now.
     *
     * @param k null: the least
     */
    public TwinRecord.Terms terms(long rows, @Nullable Integer k) {
        Instant now = clock.instant();
        int least = policy.getAt(LEAST_K, now).decimal().intValueExact();
        return new TwinRecord.Terms(rows, k == null ? least : k, least, policy.getAt(MOST_UNIQUE, now).decimal().doubleValue());
    }

    /**
     * Asks for a sample, under an id its maker chose. One that is about nobody real is approved with it.
     *
     * @param k null: the least there may be
     * @throws IllegalArgumentException if a number is out of its range
     */
    public Outcome propose(UUID id, String product, int version, long rows, @Nullable Integer k, String reason, UUID by) {
        Optional<JdbcDataDomain.Twin> twin = findTwin(product, version);
        if (twin.isEmpty()) {
            return new Outcome.Refused(Fault.NOT_HERE);
        }
        TwinRecord.Terms terms = terms(rows, k);
        boolean personal = twin.get().realPeople();
        return database.inTransaction(t -> {
            boolean added = t.change(ADD, id, product, version, rows, terms.k(), personal, reason, by, clock.instant(),
                    personal ? Status.OPEN : Status.APPROVED) == 1;
            TwinSample sample = t.find(BY_ID, TwinSamples::read, id).orElseThrow();
            if (!added) {
                boolean same = sample.product().equals(product) && sample.version() == version && sample.rows() == rows && sample.k() == terms.k()
                        && sample.reason().equals(reason) && sample.proposedBy().equals(by);
                return same ? new Outcome.Done(sample) : new Outcome.Refused(Fault.ID_TAKEN);
            }
            note(t, by, "twin-sample.propose", sample, Map.of("rows", Long.toString(rows), "k", Integer.toString(terms.k()),
                    "personal", Boolean.toString(personal)));
            return new Outcome.Done(sample);
        });
    }

    /**
     * Lets it be drawn.
     *
     * @param ground the assessment it rests on
     */
    public Outcome approve(UUID id, UUID by, String ground) {
        return decide(id, by, ground, Status.APPROVED);
    }

    public Outcome refuse(UUID id, UUID by, String ground) {
        return decide(id, by, ground, Status.REFUSED);
    }

    /** Takes it back, by whoever may propose. */
    public Outcome withdraw(UUID id, UUID by, String ground) {
        return decide(id, by, ground, Status.WITHDRAWN);
    }

    private Outcome decide(UUID id, UUID by, String ground, Status status) {
        return database.inTransaction(t -> {
            TwinSample sample = t.find(LOCK, TwinSamples::read, id).orElse(null);
            if (sample == null) {
                return new Outcome.Refused(Fault.UNKNOWN);
            }
            if (sample.status() == status && by.equals(sample.decidedBy())) {
                return new Outcome.Done(sample);
            }
            if (sample.status() != Status.OPEN) {
                return new Outcome.Refused(Fault.DECIDED);
            }
            if (status != Status.WITHDRAWN && sample.proposedBy().equals(by)) {
                return new Outcome.Refused(Fault.OWN_PROPOSAL);
            }
            t.change(DECIDE, status, by, clock.instant(), ground, id);
            note(t, by, "twin-sample." + status.name().toLowerCase(java.util.Locale.ROOT), sample, Map.of("ground", ground));
            return new Outcome.Done(t.find(BY_ID, TwinSamples::read, id).orElseThrow());
        });
    }

    /**
     * Draws what was approved. The proposal stays locked meanwhile, so it is drawn once; if the process dies between the twin and its record, it is drawn
     * anew.
     *
     * @param name who draws it
     * @throws cn.jingshu.products.domain.DomainException if the database is away; the twin is then what it was
     */
    public Draw draw(UUID id, @Nullable UUID by, String name, TwinProgress progress) {
        return database.inTransaction(t -> {
            TwinSample sample = t.find(LOCK, TwinSamples::read, id).orElse(null);
            if (sample == null) {
                return new Draw.Refused(Fault.UNKNOWN);
            }
            if (sample.status() != Status.APPROVED) {
                return new Draw.Refused(sample.status() == Status.OPEN ? Fault.NEEDS_APPROVAL : Fault.DECIDED);
            }
            Instant decidedAt = sample.decidedAt();
            if (!clock.instant().isBefore((decidedAt == null ? sample.proposedAt() : decidedAt).plus(APPROVAL_HOLDS))) {
                return new Draw.Refused(Fault.EXPIRED);
            }
            Optional<JdbcDataDomain.Twin> twin = findTwin(sample.product(), sample.version());
            if (twin.isEmpty()) {
                return new Draw.Refused(Fault.NOT_HERE);
            }
            if (twin.get().realPeople() && !sample.personal()) {
                return new Draw.Refused(Fault.NEEDS_APPROVAL); // real rows were loaded since it was proposed
            }
            Draw draw = drawn(sample.product(), sample.version(), terms(sample.rows(), sample.k()), sample.personal(), name, id.toString(), progress);
            TwinRecord record = recordOf(draw);
            t.change(DRAW, draw instanceof Draw.Drawn ? Status.DRAWN : Status.WITHHELD, name, clock.instant(),
                    record == null ? null : record.digest(), id);
            noteDraw(t, by, sample.product(), sample.version(), draw, name);
            return draw;
        });
    }

    /** Draws at once, where nobody real is in the live rows. */
    public Draw drawUnapproved(String product, int version, TwinRecord.Terms terms, String name, TwinProgress progress) {
        Optional<JdbcDataDomain.Twin> twin = findTwin(product, version);
        if (twin.isEmpty()) {
            return new Draw.Refused(Fault.NOT_HERE);
        }
        if (twin.get().realPeople()) {
            return new Draw.Refused(Fault.NEEDS_APPROVAL);
        }
        Draw draw = drawn(product, version, terms, false, name, null, progress);
        database.inTransaction(t -> {
            noteDraw(t, null, product, version, draw, name);
            return true;
        });
        return draw;
    }

    private Draw drawn(String product, int version, TwinRecord.Terms terms, boolean approvedForRealPeople, String name, @Nullable String approval,
            TwinProgress progress) {
        return switch (domain.sampleTwin(product, version, terms, approvedForRealPeople, name, approval, progress)) {
            case SampleOutcome.Drawn(var record) -> new Draw.Drawn(record);
            case SampleOutcome.Withheld(var record, var zh, var en) -> new Draw.Withheld(record, zh, en);
        };
    }

    private static @Nullable TwinRecord recordOf(Draw draw) {
        return switch (draw) {
            case Draw.Drawn(var record) -> record;
            case Draw.Withheld(var record, var _, var _) -> record;
            case Draw.Refused _ -> null;
        };
    }

    /** Takes a sample out of a twin and fills it with made-up rows again; empty: it is not kept here. */
    public Optional<TwinRecord> makeUp(String product, int version, @Nullable UUID by, String name) {
        if (findTwin(product, version).isEmpty()) {
            return Optional.empty();
        }
        TwinRecord record = domain.makeUpTwin(product, version, name);
        database.inTransaction(t -> {
            AuditLog.append(t, clock, by, "twin.make-up", "product", product + " " + version, Map.of("by", name, "digest", record.digest()));
            return true;
        });
        return Optional.of(record);
    }

    /**
     * The reports of a product, the newest first.
     *
     * @param version null: of every version
     */
    public List<TwinRecord> records(String product, @Nullable Integer version, int most) {
        return domain.twinRecords(product, version, most);
    }

    /** What a twin holds now. */
    public Optional<TwinRecord> findRecord(String product, int version) {
        return domain.findTwinRecord(product, version);
    }

    /** @param product null: of every product */
    public List<TwinSample> list(@Nullable String product, int most) {
        return database.inTransaction(t -> t.list(NEWEST, TwinSamples::read, product, product, most));
    }

    public Optional<TwinSample> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, TwinSamples::read, id));
    }

    private void noteDraw(Transaction t, @Nullable UUID by, String product, int version, Draw draw, String name) throws SQLException {
        TwinRecord record = recordOf(draw);
        AuditLog.append(t, clock, by, draw instanceof Draw.Drawn ? "twin-sample.draw" : "twin-sample.withhold", "product", product + " " + version,
                Map.of("by", name, "digest", record == null ? "" : record.digest(), "k", record == null ? "" : Long.toString(record.report().k())));
    }

    private void note(Transaction t, UUID by, String action, TwinSample sample, Map<String, String> detail) throws SQLException {
        AuditLog.append(t, clock, by, action, "twin-sample", sample.id(), detail);
    }

    private static TwinSample read(Row row) throws SQLException {
        return new TwinSample(row.uuid("id"), row.text("product"), row.integer("product_version"),
                row.number("rows_asked"), row.integer("k"), row.flag("personal"), row.text("reason"), row.uuid("proposed_by"),
                row.instant("proposed_at"), row.constant("status", Status.class), row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"),
                row.textOrNull("ground"), row.textOrNull("drawn_by"), row.instantOrNull("drawn_at"), row.textOrNull("report_digest"));
    }
}
