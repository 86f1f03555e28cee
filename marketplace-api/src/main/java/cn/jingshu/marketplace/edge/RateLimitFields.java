package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.LimitFact;
import cn.jingshu.marketplace.gate.LimitFacts;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * {@code RateLimit-Policy} and {@code RateLimit} as structured fields.
 *
 * @see "draft-ietf-httpapi-ratelimit-headers, syntax of the editors' copy of 2025-09"
 */
public final class RateLimitFields {
    private static final int SLOTS = 1 << 10;

    /** Fields told lately: plans are few, and what they allow changes with the month. */
    private static final AtomicReferenceArray<@Nullable Policy> TOLD = new AtomicReferenceArray<>(SLOTS);

    private record Policy(long rate, long rateSeconds, long month, long monthSeconds, String field) {
        boolean isOf(LimitFacts limits) {
            return rate == limits.rate().quota() && rateSeconds == limits.rate().windowSeconds()
                    && month == limits.month().quota() && monthSeconds == limits.month().windowSeconds();
        }

        static int slot(LimitFacts limits) {
            return (int) (31 * limits.rate().quota() + limits.month().quota() + limits.month().windowSeconds()) & (SLOTS - 1);
        }
    }

    private RateLimitFields() {}

    /**
     * {@code "rate";q=200;w=1, "month";q=1000000;w=2592000}: what is allowed, and in which window in seconds; a limit
     * without a window counts what is open at one time.
     */
    public static String policy(LimitFacts limits) {
        if (limits.streams() != null) {
            return write(limits);
        }
        int slot = Policy.slot(limits);
        Policy told = TOLD.get(slot);
        if (told == null || !told.isOf(limits)) {
            told = new Policy(limits.rate().quota(), limits.rate().windowSeconds(), limits.month().quota(),
                    limits.month().windowSeconds(), write(limits));
            TOLD.set(slot, told);
        }
        return told.field();
    }

    private static String write(LimitFacts limits) {
        StringBuilder field = new StringBuilder(64);
        for (LimitFact limit : limits.list()) {
            begin(field, limit).append(";q=").append(limit.quota());
            if (limit.windowSeconds() == 0) {
                field.append(";qu=\"concurrent-requests\"");
            } else {
                field.append(";w=").append(limit.windowSeconds());
            }
        }
        return field.toString();
    }

    /**
     * {@code "rate";r=199;t=1, "month";r=999999;t=600000}: what is left, and seconds until it is whole again, or until
     * the next call passes where nothing is left. A limit of which this is not known is left out.
     */
    public static String state(LimitFacts limits) {
        AsciiText field = new AsciiText(64);
        writeState(limits, field);
        return field.toString();
    }

    /** Writes {@link #state} to {@code field}. */
    public static void writeState(LimitFacts limits, AsciiText field) {
        int begin = field.length();
        writeState(limits.rate(), begin, field);
        writeState(limits.month(), begin, field);
        LimitFact streams = limits.streams();
        if (streams != null) {
            writeState(streams, begin, field);
        }
    }

    /** @param begin where the field begins in the text */
    private static void writeState(LimitFact limit, int begin, AsciiText field) {
        Long remaining = limit.remaining();
        if (remaining == null) {
            return;
        }
        field.append(field.length() > begin ? ", \"" : "\"").append(limit.kind().policy()).append("\";r=").append(remaining.longValue());
        if (limit.resetSeconds() != 0) {
            field.append(";t=").append(limit.resetSeconds());
        }
    }

    private static StringBuilder begin(StringBuilder field, LimitFact limit) {
        return field.append(field.isEmpty() ? "\"" : ", \"").append(limit.kind().policy()).append('"');
    }
}
