package cn.jingshu.marketplace.billing;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.correction.Corrections;
import cn.jingshu.metering.correction.VoidAnswer;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.usage.StoredEvent;
import cn.jingshu.metering.usage.Usage;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes wrong usage events back, with four eyes: one person asks and says why, another approves. The void counts from the
 * moment it is approved: in an open month it lowers the bill, of a rated month the next bill takes its units back.
 */
@Singleton
public final class Voids {
    private static final String HOLD_RATINGS = "LOCK TABLE market.billing_period IN SHARE MODE";
    private static final String RATED_UNTIL = """
            SELECT period FROM market.billing_period ORDER BY period DESC LIMIT 1
            """;
    private static final String ADD = """
            INSERT INTO market.event_void
                   (id, event_id, usage_period, occurred_at, subscription_id, product_code, operation, purpose, unit,
                    quantity, sandbox, reason, requested_by, requested_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'REQUESTED')
                ON CONFLICT DO NOTHING
            """;
    private static final String BY_ID = """
            SELECT id, event_id, usage_period, occurred_at, subscription_id, product_code, operation, purpose, unit,
                   quantity, sandbox, reason, requested_by, requested_at, status, decided_by, decided_at, refusal,
                   rated_until
              FROM market.event_void
             WHERE id = ?
            """;
    private static final String LOCK = """
            SELECT id, event_id, usage_period, occurred_at, subscription_id, product_code, operation, purpose, unit,
                   quantity, sandbox, reason, requested_by, requested_at, status, decided_by, decided_at, refusal,
                   rated_until
              FROM market.event_void
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String OF_EVENT = """
            SELECT id, event_id, usage_period, occurred_at, subscription_id, product_code, operation, purpose, unit,
                   quantity, sandbox, reason, requested_by, requested_at, status, decided_by, decided_at, refusal,
                   rated_until
              FROM market.event_void
             WHERE event_id = ? AND status <> 'REFUSED'
            """;
    private static final String PAGE = """
            SELECT id, event_id, usage_period, occurred_at, subscription_id, product_code, operation, purpose, unit,
                   quantity, sandbox, reason, requested_by, requested_at, status, decided_by, decided_at, refusal,
                   rated_until
              FROM market.event_void
             WHERE (CAST(? AS text) IS NULL OR status = CAST(? AS text)) AND (requested_at, id) < (?, ?)
             ORDER BY requested_at DESC, id DESC
             LIMIT ?
            """;
    private static final String UNBILLED = """
            SELECT id, event_id, usage_period, occurred_at, subscription_id, product_code, operation, purpose, unit,
                   quantity, sandbox, reason, requested_by, requested_at, status, decided_by, decided_at, refusal,
                   rated_until
              FROM market.event_void
             WHERE status = 'APPROVED' AND usage_period <= rated_until
               AND rated_until = (SELECT max(period) FROM market.billing_period)
             ORDER BY decided_at, id
            """;
    private static final String UNTOLD = """
            SELECT id, event_id, usage_period, occurred_at, subscription_id, product_code, operation, purpose, unit,
                   quantity, sandbox, reason, requested_by, requested_at, status, decided_by, decided_at, refusal,
                   rated_until
              FROM market.event_void
             WHERE status = 'APPROVED' AND told_at IS NULL
             ORDER BY decided_at, id
             LIMIT ?
            """;
    private static final String TELL = """
            UPDATE market.event_void SET told_at = ? WHERE CAST(id AS text) = ANY (?) AND told_at IS NULL
            """;
    private static final String COUNT_UNTOLD = """
            SELECT count(*) AS voids FROM market.event_void WHERE status = 'APPROVED' AND told_at IS NULL
            """;
    private static final String APPROVE = """
            UPDATE market.event_void SET status = 'APPROVED', decided_by = ?, decided_at = ?, rated_until = ? WHERE id = ?
            """;
    private static final String REFUSE = """
            UPDATE market.event_void SET status = 'REFUSED', decided_by = ?, decided_at = ?, refusal = ? WHERE id = ?
            """;

    /** Most characters a reason may have. */
    public static final int MOST_REASON_CHARS = 500;

    private static final UUID LAST_ID = new UUID(-1, -1);

    /** What became of a wish. */
    public sealed interface Outcome {
        /** It stands so now, whether by this wish or by the same one before. */
        record Done(EventVoid entry) implements Outcome {}

        record Refused(Fault fault) implements Outcome {}
    }

    /** Why a wish about a void was refused. */
    public enum Fault {
        UNKNOWN_EVENT("没有已入库的这一事件", "no such event is stored"),
        ALREADY_ASKED("该事件已作废或已有待批的作废申请", "the event is void already, or its void waits for a decision"),
        ID_TAKEN("该编号已用于另一项作废申请", "the id belongs to another request"),
        UNKNOWN_VOID("没有这一作废申请", "there is no such request"),
        OWN_REQUEST("申请人不能审批自己的作废申请", "who asked for a void cannot decide about it"),
        ALREADY_DECIDED("该作废申请已有决定", "it has been decided already");

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

    /** Where a page ended: the next holds what was asked for before it. */
    public record Cursor(Instant requestedAt, UUID id) {}

    /** A page of voids, the youngest request first; {@code next} empty: the last one. */
    public record Page(List<EventVoid> voids, Optional<Cursor> next) {}

    private final Database database;
    private final Usage usage;
    private final Clock clock;

    Voids(Database database, Usage usage, Clock clock) {
        this.database = database;
        this.usage = usage;
        this.clock = clock;
    }

    /**
     * Asks for a void.
     *
     * @param id made by the caller: asking twice with it is one request
     * @param reason of 1 to {@link #MOST_REASON_CHARS} characters
     */
    public Outcome request(UUID id, UUID eventId, String reason, UUID requestedBy) {
        Optional<StoredEvent> stored = find(eventId);
        if (stored.isEmpty()) {
            return new Outcome.Refused(Fault.UNKNOWN_EVENT);
        }
        UsageEvent event = stored.get().event();
        return database.inTransaction(t -> {
            int added = t.change(ADD, id, eventId, BillingPeriod.of(event.occurredAt()).month().atDay(1),
                    event.occurredAt(), event.subscriptionId(), event.product(), event.operation(),
                    event.purposeClass(), event.unit(), event.quantity(), event.sandbox(), reason, requestedBy,
                    clock.instant());
            Optional<EventVoid> same = t.find(BY_ID, Voids::read, id);
            if (added == 0) {
                boolean before = same.filter(entry -> entry.eventId().equals(eventId) && entry.reason().equals(reason)
                        && entry.requestedBy().equals(requestedBy)).isPresent();
                return before ? done(same)
                        : new Outcome.Refused(same.isPresent() ? Fault.ID_TAKEN : Fault.ALREADY_ASKED);
            }
            AuditLog.append(t, clock, requestedBy, "usage.void.request", "usage_event", eventId,
                    Map.of("voidId", id.toString(), "reason", reason));
            return done(same);
        });
    }

    private Optional<StoredEvent> find(UUID eventId) {
        try {
            return usage.findEvent(eventId);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private static Outcome done(Optional<EventVoid> entry) {
        return new Outcome.Done(entry.orElseThrow(() -> new IllegalStateException("a void vanished")));
    }

    /** Approves a void and takes the event back, in one transaction that no rating runs beside. */
    public Outcome approve(UUID id, UUID approvedBy) {
        return decide(id, approvedBy, EventVoid.Status.APPROVED, null, (t, asked) -> {
            @Nullable YearMonth ratedUntil =
                    t.find(RATED_UNTIL, row -> YearMonth.from(row.day("period"))).orElse(null);
            VoidAnswer answer = t.join(connection -> Corrections.voidEvent(
                    connection, id, asked.eventId(), asked.reason(), approvedBy.toString()));
            switch (answer) {
                case VoidAnswer.Voided _, VoidAnswer.VoidedBefore _ -> {}
                case VoidAnswer.UnknownEvent _ -> {
                    return Optional.of(Fault.UNKNOWN_EVENT); // its month was dropped after its time
                }
                case VoidAnswer.AlreadyVoid _, VoidAnswer.IdTaken _ -> {
                    return Optional.of(Fault.ALREADY_ASKED);
                }
            }
            t.change(APPROVE, approvedBy, clock.instant(), ratedUntil == null ? null : ratedUntil.atDay(1), id);
            return Optional.empty();
        });
    }

    /** Refuses a void; the event counts as before, and may be asked about again. */
    public Outcome refuse(UUID id, UUID refusedBy, String why) {
        return decide(id, refusedBy, EventVoid.Status.REFUSED, why, (t, _) -> {
            t.change(REFUSE, refusedBy, clock.instant(), why, id);
            return Optional.empty();
        });
    }

    @FunctionalInterface
    private interface Step {
        Optional<Fault> take(Transaction t, EventVoid asked) throws SQLException;
    }

    private Outcome decide(UUID id, UUID decidedBy, EventVoid.Status wish, @Nullable String why, Step step) {
        return database.inTransaction(t -> {
            t.change(HOLD_RATINGS); // a rating runs wholly before or wholly after the void
            Optional<EventVoid> found = t.find(LOCK, Voids::read, id);
            if (found.isEmpty()) {
                return new Outcome.Refused(Fault.UNKNOWN_VOID);
            }
            EventVoid asked = found.get();
            if (asked.status() != EventVoid.Status.REQUESTED) {
                boolean same = asked.status() == wish && decidedBy.equals(asked.decidedBy());
                return same ? new Outcome.Done(asked) : new Outcome.Refused(Fault.ALREADY_DECIDED);
            }
            if (asked.requestedBy().equals(decidedBy)) {
                return new Outcome.Refused(Fault.OWN_REQUEST);
            }
            Optional<Fault> fault = step.take(t, asked);
            if (fault.isPresent()) {
                t.rollback();
                return new Outcome.Refused(fault.get());
            }
            AuditLog.append(t, clock, decidedBy,
                    wish == EventVoid.Status.APPROVED ? "usage.void.approve" : "usage.void.refuse", "usage_event",
                    asked.eventId(), Map.of("voidId", id.toString(), "reason", why == null ? asked.reason() : why));
            return done(t.find(BY_ID, Voids::read, id));
        });
    }

    /** The void of an event, approved or still asked for; empty: nobody asked, or it was refused. */
    public Optional<EventVoid> findOf(UUID eventId) {
        return database.inTransaction(t -> t.find(OF_EVENT, Voids::read, eventId));
    }

    /** A page of voids; {@code status} empty: of any. */
    public Page list(Optional<EventVoid.Status> status, Optional<Cursor> before, int size) {
        @Nullable String asked = status.map(Enum::name).orElse(null);
        Cursor end = before.orElseGet(() -> new Cursor(clock.instant().plusSeconds(60), LAST_ID));
        List<EventVoid> found = database.inTransaction(
                t -> t.list(PAGE, Voids::read, asked, asked, end.requestedAt(), end.id(), size + 1));
        if (found.size() <= size) {
            return new Page(found, Optional.empty());
        }
        EventVoid last = found.get(size - 1);
        return new Page(found.subList(0, size), Optional.of(new Cursor(last.requestedAt(), last.id())));
    }

    /** Approved voids of rated months that no bill has taken back yet: the next close does. */
    List<EventVoid> listUnbilled() {
        return database.inTransaction(t -> t.list(UNBILLED, Voids::read));
    }

    /** Approved voids the usage sink has not taken yet, the oldest first. */
    public List<EventVoid> listUntold(int most) {
        return database.inTransaction(t -> t.list(UNTOLD, Voids::read, most));
    }

    public long countUntold() {
        return database.inTransaction(t -> t.find(COUNT_UNTOLD, row -> row.number("voids"))).orElse(0L);
    }

    /** Notes that the usage sink took these voids. */
    public void tell(Collection<UUID> ids) {
        database.inTransaction(t -> t.change(TELL, clock.instant(), ids));
    }

    private static EventVoid read(Row row) throws SQLException {
        return new EventVoid(row.uuid("id"), row.uuid("event_id"), YearMonth.from(row.day("usage_period")),
                row.instant("occurred_at"), row.uuid("subscription_id"), row.text("product_code"),
                row.text("operation"), row.text("purpose"), row.text("unit"), row.number("quantity"),
                row.flag("sandbox"), row.text("reason"), row.uuid("requested_by"), row.instant("requested_at"),
                row.constant("status", EventVoid.Status.class), row.uuidOrNull("decided_by"),
                row.instantOrNull("decided_at"), row.textOrNull("refusal"),
                row.dayOrNull("rated_until") == null ? null : YearMonth.from(row.day("rated_until")));
    }
}
