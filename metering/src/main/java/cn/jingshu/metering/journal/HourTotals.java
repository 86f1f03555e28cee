package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.EventView;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

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

    /** What a kind of call is called, read once from the bytes that state it. */
    private static final class Kind {
        static final Comparator<Kind> ORDER = Comparator.comparing((Kind kind) -> kind.product)
                .thenComparing(kind -> kind.operation)
                .thenComparing(kind -> kind.purposeClass)
                .thenComparing(kind -> kind.unit);

        final byte[] bytes;
        final String product;
        final String operation;
        final String purposeClass;
        final String unit;

        Kind(EventView event) {
            UsageEvent read = event.event();
            this.bytes = event.kind();
            this.product = read.product();
            this.operation = read.operation();
            this.purposeClass = read.purposeClass();
            this.unit = read.unit();
        }
    }

    /** A row's key as an event's bytes state it, and its sums: one object for thousands of events. */
    private static final class Slot {
        /** The order of {@link Key#ORDER}: the first bits of an id are compared as {@link UUID} compares them. */
        static final Comparator<Slot> ORDER = Comparator.comparingLong((Slot slot) -> slot.subscriptionHigh)
                .thenComparingLong(slot -> slot.subscriptionLow)
                .thenComparingLong(slot -> slot.hour)
                .thenComparing(slot -> slot.kind, Kind.ORDER)
                .thenComparing(slot -> slot.outcome)
                .thenComparing(slot -> slot.sandbox);

        final long hour;
        final long subscriptionHigh;
        final long subscriptionLow;
        final Outcome outcome;
        final boolean sandbox;
        final Kind kind;
        final Sums sums = new Sums();

        Slot(Slot other) {
            this.hour = other.hour;
            this.subscriptionHigh = other.subscriptionHigh;
            this.subscriptionLow = other.subscriptionLow;
            this.outcome = other.outcome;
            this.sandbox = other.sandbox;
            this.kind = other.kind;
        }

        boolean isLike(Slot other) {
            return subscriptionLow == other.subscriptionLow
                    && subscriptionHigh == other.subscriptionHigh
                    && hour == other.hour
                    && outcome == other.outcome
                    && sandbox == other.sandbox
                    && Arrays.equals(kind.bytes, other.kind.bytes);
        }

        Slot(EventView event, long hour, Kind kind) {
            this.hour = hour;
            this.subscriptionHigh = event.subscriptionHigh();
            this.subscriptionLow = event.subscriptionLow();
            this.outcome = event.outcome();
            this.sandbox = event.sandbox();
            this.kind = kind;
        }

        boolean isOf(EventView event, long itsHour) {
            return subscriptionLow == event.subscriptionLow()
                    && subscriptionHigh == event.subscriptionHigh()
                    && hour == itsHour
                    && outcome == event.outcome()
                    && sandbox == event.sandbox()
                    && event.isOfKind(kind.bytes);
        }

        Instant startOfHour() {
            return Instant.EPOCH.plus(hour, ChronoUnit.HOURS);
        }

        UUID subscriptionId() {
            return new UUID(subscriptionHigh, subscriptionLow);
        }

        Key key() {
            return new Key(startOfHour(), subscriptionId(), kind.product, kind.operation, kind.purposeClass, kind.unit,
                    outcome, sandbox);
        }
    }

    private final List<Kind> kinds = new ArrayList<>(); // a product has a handful of operations
    private int used;
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
        Slot added = new Slot(event, hour, kindOf(event));
        slots[place] = added;
        used++;
        if (2 * used > slots.length) {
            spread();
        }
        return added.sums;
    }

    private Kind kindOf(EventView event) {
        for (Kind kind : kinds) {
            if (event.isOfKind(kind.bytes)) {
                return kind;
            }
        }
        Kind kind = new Kind(event);
        kinds.add(kind);
        return kind;
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

    boolean isEmpty() {
        return used == 0;
    }

    /**
     * What is left when some of the events are taken out.
     *
     * @param taken the sums of events that are all in these sums
     * @throws IllegalArgumentException if they cannot be
     */
    HourTotals less(HourTotals taken) {
        HourTotals rest = new HourTotals();
        rest.kinds.addAll(kinds);
        int found = 0;
        for (Slot slot : slots) {
            if (slot == null) {
                continue;
            }
            Sums out = taken.find(slot);
            Sums left = new Sums();
            left.calls = slot.sums.calls - (out == null ? 0 : out.calls);
            left.quantity = slot.sums.quantity - (out == null ? 0 : out.quantity);
            left.answerBytes = slot.sums.answerBytes - (out == null ? 0 : out.answerBytes);
            if (left.calls < 0 || left.quantity < 0 || left.answerBytes < 0) {
                throw new IllegalArgumentException("more is taken out than is in: " + slot.key());
            }
            found += out == null ? 0 : 1;
            if (left.calls > 0) {
                rest.put(slot, left);
            }
        }
        if (found != taken.used) {
            throw new IllegalArgumentException("what is taken out was never in");
        }
        return rest;
    }

    private @Nullable Sums find(Slot like) {
        int place = place(like.hour, like.subscriptionHigh, like.subscriptionLow);
        Slot slot = slots[place];
        while (slot != null && !slot.isLike(like)) {
            place = (place + 1) & (slots.length - 1);
            slot = slots[place];
        }
        return slot == null ? null : slot.sums;
    }

    /** Adds a row that is not there yet. */
    private void put(Slot like, Sums sums) {
        Slot added = new Slot(like);
        added.sums.calls = sums.calls;
        added.sums.quantity = sums.quantity;
        added.sums.answerBytes = sums.answerBytes;
        int place = place(added.hour, added.subscriptionHigh, added.subscriptionLow);
        while (slots[place] != null) {
            place = (place + 1) & (slots.length - 1);
        }
        slots[place] = added;
        used++;
        if (2 * used > slots.length) {
            spread();
        }
    }

    /** The rows in the order they are locked. */
    private List<Slot> rows() {
        List<Slot> rows = new ArrayList<>(used);
        for (Slot slot : slots) {
            if (slot != null) {
                rows.add(slot);
            }
        }
        rows.sort(Slot.ORDER);
        return rows;
    }

    /** Reads the rows in no order. */
    void forEach(BiConsumer<Key, Sums> reader) {
        for (Slot slot : slots) {
            if (slot != null) {
                reader.accept(slot.key(), slot.sums);
            }
        }
    }

    /** The sums so far, in the order their rows are locked. */
    SortedMap<Key, Sums> sums() {
        SortedMap<Key, Sums> sorted = new TreeMap<>(Key.ORDER);
        for (Slot row : rows()) {
            sorted.put(row.key(), row.sums);
        }
        return Collections.unmodifiableSortedMap(sorted);
    }

    /**
     * What the events outside the sandbox add up to by billing month: a line for each month, subscription, product, operation, purpose and unit,
     * and their units, separated by tabs and ended by a line feed, in the order of the lines. None of these names holds a tab.
     */
    String monthSums() {
        SortedMap<String, Long> sums = new TreeMap<>();
        for (Slot slot : slots) {
            if (slot != null && !slot.sandbox) {
                sums.merge(String.join("\t", BillingPeriod.of(slot.startOfHour()).month().toString(), slot.subscriptionId().toString(),
                        slot.kind.product, slot.kind.operation, slot.kind.purposeClass, slot.kind.unit), slot.sums.quantity, Math::addExact);
            }
        }
        StringBuilder lines = new StringBuilder();
        sums.forEach((of, units) -> lines.append(of).append('\t').append(units).append('\n'));
        return lines.toString();
    }

    void add(Connection connection) throws SQLException {
        if (used == 0) {
            return;
        }
        Columns columns = new Columns(used);
        for (Slot row : rows()) {
            columns.put(row);
        }
        try (PreparedStatement add = connection.prepareStatement(ADD)) {
            columns.set(add, connection.unwrap(PGConnection.class));
            add.executeUpdate();
        }
    }

    /** The rows column by column, as {@link #ADD} takes them. */
    private static final class Columns {
        private final String[] hour;
        private final UUID[] subscriptionId;
        private final String[] product;
        private final String[] operation;
        private final String[] purposeClass;
        private final String[] unit;
        private final String[] outcome;
        private final boolean[] sandbox;
        private final long[] calls;
        private final long[] quantity;
        private final long[] answerBytes;
        private int rows;

        Columns(int most) {
            hour = new String[most];
            subscriptionId = new UUID[most];
            product = new String[most];
            operation = new String[most];
            purposeClass = new String[most];
            unit = new String[most];
            outcome = new String[most];
            sandbox = new boolean[most];
            calls = new long[most];
            quantity = new long[most];
            answerBytes = new long[most];
        }

        void put(Slot slot) {
            hour[rows] = slot.startOfHour().toString();
            subscriptionId[rows] = slot.subscriptionId();
            product[rows] = slot.kind.product;
            operation[rows] = slot.kind.operation;
            purposeClass[rows] = slot.kind.purposeClass;
            unit[rows] = slot.kind.unit;
            outcome[rows] = slot.outcome.name();
            sandbox[rows] = slot.sandbox;
            calls[rows] = slot.sums.calls;
            quantity[rows] = slot.sums.quantity;
            answerBytes[rows] = slot.sums.answerBytes;
            rows++;
        }

        void set(PreparedStatement add, PGConnection arrays) throws SQLException {
            add.setArray(1, arrays.createArrayOf("timestamptz", hour));
            add.setArray(2, arrays.createArrayOf("uuid", subscriptionId));
            add.setArray(3, arrays.createArrayOf("text", product));
            add.setArray(4, arrays.createArrayOf("text", operation));
            add.setArray(5, arrays.createArrayOf("text", purposeClass));
            add.setArray(6, arrays.createArrayOf("text", unit));
            add.setArray(7, arrays.createArrayOf("text", outcome));
            add.setArray(8, arrays.createArrayOf("boolean", sandbox));
            add.setArray(9, arrays.createArrayOf("bigint", calls));
            add.setArray(10, arrays.createArrayOf("bigint", quantity));
            add.setArray(11, arrays.createArrayOf("bigint", answerBytes));
        }
    }
}
