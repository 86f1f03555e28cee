package cn.jingshu.metering.correction;

import cn.jingshu.metering.correction.VoidAnswer.AlreadyVoid;
import cn.jingshu.metering.correction.VoidAnswer.IdTaken;
import cn.jingshu.metering.correction.VoidAnswer.UnknownEvent;
import cn.jingshu.metering.correction.VoidAnswer.Voided;
import cn.jingshu.metering.correction.VoidAnswer.VoidedBefore;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Puts usage right without editing it: a wrong event is voided by an opposite one, and what reached a period after its
 * close is listed for whoever bills it.
 */
public final class Corrections {
    /** One row or none: none when the event is unknown, already void, or the id is taken. */
    private static final String VOID = """
        INSERT INTO metering.usage_void
               (void_id, event_id, occurred_at, subscription_id, product, operation, purpose_class, unit, outcome,
                sandbox, quantity, answer_bytes, reason, approved_by)
        SELECT ?, event_id, occurred_at, subscription_id, product, operation, purpose_class, unit, outcome,
               sandbox, quantity, answer_bytes, ?, ?
          FROM metering.usage_event
         WHERE event_id = ?
            ON CONFLICT DO NOTHING
        """;

    private static final String TAKE_FROM_HOUR = """
        UPDATE metering.usage_hour h
           SET calls = h.calls - 1, quantity = h.quantity - v.quantity, answer_bytes = h.answer_bytes - v.answer_bytes
          FROM metering.usage_void v
         WHERE v.void_id = ?
           AND h.subscription_id = v.subscription_id AND h.hour = date_trunc('hour', v.occurred_at, 'UTC')
           AND h.product = v.product AND h.operation = v.operation AND h.purpose_class = v.purpose_class
           AND h.unit = v.unit AND h.outcome = v.outcome AND h.sandbox = v.sandbox
        """;

    private static final String FIND_BY_ID = """
        SELECT void_id, event_id, occurred_at, voided_at, reason, approved_by
          FROM metering.usage_void
         WHERE void_id = ?
        """;

    private static final String FIND_BY_EVENT = """
        SELECT void_id, event_id, occurred_at, voided_at, reason, approved_by
          FROM metering.usage_void
         WHERE event_id = ?
        """;

    private static final String LATE = """
        SELECT record_id, event_id, recorded_at, occurred_at, subscription_id, product, operation, purpose_class, unit,
               outcome, sandbox, calls, quantity, answer_bytes
          FROM (SELECT event_id AS record_id, event_id, received_at AS recorded_at, occurred_at, subscription_id,
                       product, operation, purpose_class, unit, outcome, sandbox, 1 AS calls, quantity, answer_bytes
                  FROM metering.usage_event
                 WHERE occurred_at >= ? AND occurred_at < ? AND received_at > ?
                UNION ALL
                SELECT void_id AS record_id, event_id, voided_at AS recorded_at, occurred_at, subscription_id,
                       product, operation, purpose_class, unit, outcome, sandbox, -1 AS calls, -quantity, -answer_bytes
                  FROM metering.usage_void
                 WHERE occurred_at >= ? AND occurred_at < ? AND voided_at > ?) late
         WHERE (recorded_at, record_id) > (?, ?)
         ORDER BY recorded_at, record_id
         LIMIT ?
        """;

    private static final int MOST_A_PAGE = 1_000;
    private static final int MOST_REASON_CHARS = 500;
    private static final int MOST_APPROVER_CHARS = 200;
    /** Before every id, as PostgreSQL orders them. */
    private static final UUID FIRST_ID = new UUID(0, 0);

    private final DataSource dataSource;

    public Corrections(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Voids a stored event: totals and bills count it no more; what it used of a quota stays used. If its period is
     * closed already, the void is a correction ({@link #listLate}).
     *
     * @param voidId made by the caller; the same id with the same content is the same void
     * @throws IllegalArgumentException if reason or approver is blank or longer than 500 or 200 characters
     */
    public VoidAnswer voidEvent(UUID voidId, UUID eventId, String reason, String approvedBy) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                VoidAnswer answer = voidEvent(connection, voidId, eventId, reason, approvedBy);
                connection.commit();
                connection.setAutoCommit(true);
                return answer;
            } catch (SQLException | RuntimeException e) {
                try {
                    connection.rollback();
                    connection.setAutoCommit(true);
                } catch (SQLException lost) {
                    e.addSuppressed(lost); // a lost connection rolls back by itself
                }
                throw e;
            }
        }
    }

    /**
     * As {@link #voidEvent(UUID, UUID, String, String)}, in a transaction of the caller's: what else the caller notes of
     * the void stands or falls with it.
     */
    public static VoidAnswer voidEvent(
            Connection connection, UUID voidId, UUID eventId, String reason, String approvedBy) throws SQLException {
        requireText("reason", reason, MOST_REASON_CHARS);
        requireText("approvedBy", approvedBy, MOST_APPROVER_CHARS);
        try (PreparedStatement insert = connection.prepareStatement(VOID)) {
            insert.setObject(1, voidId);
            insert.setString(2, reason);
            insert.setString(3, approvedBy);
            insert.setObject(4, eventId);
            if (insert.executeUpdate() == 0) {
                return refusal(connection, voidId, eventId, reason, approvedBy);
            }
        }
        try (PreparedStatement take = connection.prepareStatement(TAKE_FROM_HOUR)) {
            take.setObject(1, voidId);
            if (take.executeUpdate() != 1) {
                throw new SQLException("event " + eventId + " is stored, its hour has no total");
            }
        }
        return new Voided(find(connection, FIND_BY_ID, voidId)
                .orElseThrow(() -> new SQLException("void " + voidId + " vanished")));
    }

    private static VoidAnswer refusal(
            Connection connection, UUID voidId, UUID eventId, String reason, String approvedBy) throws SQLException {
        Optional<EventVoid> sameId = find(connection, FIND_BY_ID, voidId);
        if (sameId.isPresent()) {
            EventVoid known = sameId.get();
            boolean same = known.eventId().equals(eventId)
                    && known.reason().equals(reason)
                    && known.approvedBy().equals(approvedBy);
            return same ? new VoidedBefore(known) : new IdTaken(known);
        }
        Optional<EventVoid> sameEvent = find(connection, FIND_BY_EVENT, eventId);
        return sameEvent.isPresent() ? new AlreadyVoid(sameEvent.get()) : new UnknownEvent(eventId);
    }

    /** The void of an event; empty: it counts. */
    public Optional<EventVoid> findVoid(UUID eventId) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return find(connection, FIND_BY_EVENT, eventId);
        }
    }

    /**
     * What changed a month's usage after it was closed, the oldest first: late events and voids. A batch that was being
     * stored at the very moment of the close may carry an earlier {@code recordedAt}; what is owed is therefore the
     * month's totals less what was billed, and this list says where the difference comes from.
     *
     * @param after where the page before ended; empty: the first page
     * @param size corrections a page, 1 to 1,000
     */
    public Correction.Page listLate(
            YearMonth month, Instant closedAt, Optional<Correction.Cursor> after, int size) throws SQLException {
        if (size < 1 || size > MOST_A_PAGE) {
            throw new IllegalArgumentException("a page of " + size + " corrections, allowed: 1 to " + MOST_A_PAGE);
        }
        BillingPeriod period = new BillingPeriod(month);
        Correction.Cursor from = after.orElse(new Correction.Cursor(closedAt, FIRST_ID));
        List<Correction> found = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement late = connection.prepareStatement(LATE)) {
            int at = 1;
            for (int part = 0; part < 2; part++) {
                late.setObject(at++, period.start().atOffset(ZoneOffset.UTC));
                late.setObject(at++, period.end().atOffset(ZoneOffset.UTC));
                late.setObject(at++, closedAt.atOffset(ZoneOffset.UTC));
            }
            late.setObject(at++, from.recordedAt().atOffset(ZoneOffset.UTC));
            late.setObject(at++, from.recordId());
            late.setInt(at, size + 1);
            try (ResultSet row = late.executeQuery()) {
                while (row.next()) {
                    found.add(correction(row));
                }
            }
        }
        if (found.size() <= size) {
            return new Correction.Page(found, Optional.empty());
        }
        Correction last = found.get(size - 1);
        return new Correction.Page(
                found.subList(0, size), Optional.of(new Correction.Cursor(last.recordedAt(), last.recordId())));
    }

    private static Optional<EventVoid> find(Connection connection, String sql, UUID id) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement(sql)) {
            find.setObject(1, id);
            try (ResultSet row = find.executeQuery()) {
                return row.next()
                        ? Optional.of(new EventVoid(
                                row.getObject("void_id", UUID.class),
                                row.getObject("event_id", UUID.class),
                                moment(row, "occurred_at"),
                                moment(row, "voided_at"),
                                row.getString("reason"),
                                row.getString("approved_by")))
                        : Optional.empty();
            }
        }
    }

    private static Correction correction(ResultSet row) throws SQLException {
        return new Correction(
                row.getObject("record_id", UUID.class),
                row.getObject("event_id", UUID.class),
                moment(row, "recorded_at"),
                moment(row, "occurred_at"),
                row.getObject("subscription_id", UUID.class),
                row.getString("product"),
                row.getString("operation"),
                row.getString("purpose_class"),
                row.getString("unit"),
                Outcome.valueOf(row.getString("outcome")),
                row.getBoolean("sandbox"),
                row.getLong("calls"),
                row.getLong("quantity"),
                row.getLong("answer_bytes"));
    }

    private static Instant moment(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static void requireText(String name, String text, int mostChars) {
        if (text.isBlank() || text.length() > mostChars) {
            throw new IllegalArgumentException(
                    name + " must have 1 to " + mostChars + " characters, has " + text.length());
        }
    }
}
