package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventView;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The sums of one batch per hour and kind of call, added to {@code metering.usage_hour}. */
final class HourTotals {
    /** Rows are locked in key order, so two shippers that touch the same hours cannot deadlock. */
    private static final String ADD = """
        INSERT INTO metering.usage_hour AS h
               (hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
                calls, quantity, answer_bytes)
        SELECT t.hour, t.subscription_id, t.product, t.operation, t.purpose_class, t.unit, t.outcome, t.sandbox,
               t.calls, t.quantity, t.answer_bytes
          FROM unnest(CAST(? AS timestamptz[]), CAST(? AS uuid[]), CAST(? AS text[]), CAST(? AS text[]),
                      CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]), CAST(? AS boolean[]),
                      CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]))
               WITH ORDINALITY
               AS t (hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
                     calls, quantity, answer_bytes, place)
         ORDER BY t.place
            ON CONFLICT ON CONSTRAINT usage_hour_pk DO UPDATE
           SET calls = h.calls + EXCLUDED.calls,
               quantity = h.quantity + EXCLUDED.quantity,
               answer_bytes = h.answer_bytes + EXCLUDED.answer_bytes
        """;

    record Key(
            Instant hour,
            UUID subscriptionId,
            String product,
            String operation,
            String purposeClass,
            String unit,
            Outcome outcome,
            boolean sandbox) {
        static final Comparator<Key> ORDER = Comparator.comparing(Key::subscriptionId)
                .thenComparing(Key::hour)
                .thenComparing(Key::product)
                .thenComparing(Key::operation)
                .thenComparing(Key::purposeClass)
                .thenComparing(Key::unit)
                .thenComparing(Key::outcome)
                .thenComparing(Key::sandbox);
    }

    static final class Sums {
        long calls;
        long quantity;
        long answerBytes;
    }

    private static final long HOUR_MICROS = 3_600_000_000L;

    /** A key as an event's bytes state it: what most events need is found without an object made of them. */
    private static final class Slot {
        final long hour;
        final long subscriptionHigh;
        final long subscriptionLow;
        final Outcome outcome;
        final boolean sandbox;
        final byte[] kind;
        final Sums sums;

        Slot(EventView event, long hour, Sums sums) {
            this.hour = hour;
            this.subscriptionHigh = event.subscriptionHigh();
            this.subscriptionLow = event.subscriptionLow();
            this.outcome = event.outcome();
            this.sandbox = event.sandbox();
            this.kind = event.kind();
            this.sums = sums;
        }

        boolean isOf(EventView event, long itsHour) {
            return subscriptionLow == event.subscriptionLow()
                    && subscriptionHigh == event.subscriptionHigh()
                    && hour == itsHour
                    && outcome == event.outcome()
                    && sandbox == event.sandbox()
                    && event.isOfKind(kind);
        }
    }

    private final Map<Key, Sums> totals = new HashMap<>();
    /** Half of it is empty at least; a slot lies at its {@link #place} or in the next one free. */
    private @Nullable Slot[] slots = new Slot[64];

    void count(EventView event) {
        Sums sums = sumsOf(event);
        sums.calls++;
        sums.quantity = Math.addExact(sums.quantity, event.quantity());
        sums.answerBytes = Math.addExact(sums.answerBytes, event.answerBytes());
    }

    private Sums sumsOf(EventView event) {
        long hour = Math.floorDiv(event.occurredAtMicros(), HOUR_MICROS);
        int place = place(hour, event.subscriptionHigh(), event.subscriptionLow());
        Slot slot = slots[place];
        while (slot != null && !slot.isOf(event, hour)) {
            place = (place + 1) & (slots.length - 1);
            slot = slots[place];
        }
        if (slot != null) {
            return slot.sums;
        }
        Sums sums = totals.computeIfAbsent(keyOf(event.event()), none -> new Sums());
        slots[place] = new Slot(event, hour, sums);
        if (2 * totals.size() > slots.length) {
            spread();
        }
        return sums;
    }

    private int place(long hour, long subscriptionHigh, long subscriptionLow) {
        long bits = (subscriptionHigh * 31 + subscriptionLow + hour) * 0x9E3779B97F4A7C15L;
        return (int) (bits >>> 32) & (slots.length - 1);
    }

    private void spread() {
        @Nullable Slot[] before = slots;
        slots = new Slot[2 * before.length];
        for (Slot slot : before) {
            if (slot != null) {
                int place = place(slot.hour, slot.subscriptionHigh, slot.subscriptionLow);
                while (slots[place] != null) {
                    place = (place + 1) & (slots.length - 1);
                }
                slots[place] = slot;
            }
        }
    }

    private static Key keyOf(UsageEvent event) {
        return new Key(
                event.occurredAt().truncatedTo(ChronoUnit.HOURS),
                event.subscriptionId(),
                event.product(),
                event.operation(),
                event.purposeClass(),
                event.unit(),
                event.outcome(),
                event.sandbox());
    }

    /** The sums so far, in the order their rows are locked. */
    SortedMap<Key, Sums> sums() {
        SortedMap<Key, Sums> sorted = new TreeMap<>(Key.ORDER);
        sorted.putAll(totals);
        return Collections.unmodifiableSortedMap(sorted);
    }

    void add(Connection connection) throws SQLException {
        if (totals.isEmpty()) {
            return;
        }
        int rows = totals.size();
        Object[][] columns = new Object[11][rows];
        int row = 0;
        for (Map.Entry<Key, Sums> total : sums().entrySet()) {
            Key key = total.getKey();
            Sums sums = total.getValue();
            columns[0][row] = key.hour().toString();
            columns[1][row] = key.subscriptionId();
            columns[2][row] = key.product();
            columns[3][row] = key.operation();
            columns[4][row] = key.purposeClass();
            columns[5][row] = key.unit();
            columns[6][row] = key.outcome().name();
            columns[7][row] = key.sandbox();
            columns[8][row] = sums.calls;
            columns[9][row] = sums.quantity;
            columns[10][row] = sums.answerBytes;
            row++;
        }
        String[] types = {
            "timestamptz", "uuid", "text", "text", "text", "text", "text", "boolean", "bigint", "bigint", "bigint"
        };
        try (PreparedStatement add = connection.prepareStatement(ADD)) {
            for (int i = 0; i < types.length; i++) {
                Array array = connection.createArrayOf(types[i], columns[i]);
                add.setArray(i + 1, array);
            }
            add.executeUpdate();
        }
    }
}
