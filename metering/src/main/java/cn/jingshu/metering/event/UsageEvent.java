package cn.jingshu.metering.event;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The immutable record of one admitted call (用量事件): who called what, for which purpose, how it ended and how many
 * units it used. It carries no money, no key material and nothing of what was asked or answered.
 *
 * @param eventId made at the gate by {@link EventIds}; the same call keeps it through every retry
 * @param occurredAt when the call was admitted, cut to microseconds; every total is keyed by it
 * @param nodeId the node whose journal holds the event
 * @param subscriptionId whose quota and bill the call belongs to
 * @param keyId the API key used; quota and money belong to the subscription, not to it
 * @param product code of the data product
 * @param operation name of the operation within the product
 * @param purposeClass class of the approved purpose, such as {@code PUBLIC_INTEREST}; metering only groups by it
 * @param unit what {@code quantity} counts: CALL, HIT, ROW, KILOBYTE or MINUTE
 * @param quantity billable units, at least zero; zero: counted, nothing to bill
 * @param status HTTP status of the answer, also for gRPC calls
 * @param latencyMicros from admission to answer, in microseconds
 * @param answerBytes size of the answer's body in bytes
 * @param requestId what the caller sees in {@code X-Request-Id}
 * @param sandbox true: made with a test key, counted and never billed
 * @param protocol the edge it came through, such as {@code REST} or {@code GRPC}
 */
public record UsageEvent(
        UUID eventId,
        Instant occurredAt,
        String nodeId,
        UUID subscriptionId,
        UUID keyId,
        String product,
        String operation,
        String purposeClass,
        Outcome outcome,
        String unit,
        long quantity,
        int status,
        long latencyMicros,
        long answerBytes,
        String requestId,
        boolean sandbox,
        String protocol) {

    private static final List<String> UNITS = List.of("CALL", "HIT", "ROW", "KILOBYTE", "MINUTE");
    /** Far above any one call, and far enough below 2^63 that millions of the largest add up without overflow. */
    private static final long MOST_COUNT = 1_000_000_000_000L;

    private static final Instant EARLIEST = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2120-01-01T00:00:00Z");

    /**
     * @throws IllegalArgumentException if a text is blank, too long or holds control characters, a number is below
     *     zero or above 10^12, the unit is unknown, or the moment lies outside 2020 to 2119 (each month seen makes a partition)
     */
    public UsageEvent {
        requireText("nodeId", nodeId, 64);
        requireText("product", product, 128);
        requireText("operation", operation, 128);
        requireText("purposeClass", purposeClass, 32);
        requireText("requestId", requestId, 128);
        requireText("protocol", protocol, 16);
        requireCount("quantity", quantity);
        requireCount("latencyMicros", latencyMicros);
        requireCount("answerBytes", answerBytes);
        if (!isUnit(unit)) {
            throw new IllegalArgumentException("unit " + unit + " is not one of " + UNITS);
        }
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("status " + status + " is not an HTTP status");
        }
        if (occurredAt.isBefore(EARLIEST) || !occurredAt.isBefore(LATEST)) {
            throw new IllegalArgumentException("occurredAt " + occurredAt + " is outside 2020 to 2119");
        }
        // What PostgreSQL keeps, so journal and table agree.
        occurredAt = Instant.ofEpochSecond(occurredAt.getEpochSecond(), occurredAt.getNano() / 1_000 * 1_000L);
    }

    private static void requireText(String name, String text, int mostChars) {
        if (isPlain(text, mostChars)) {
            return;
        }
        if (text.isBlank() || text.length() > mostChars) {
            throw new IllegalArgumentException(
                    name + " must have 1 to " + mostChars + " characters, has " + text.length());
        }
        for (int i = 0; i < text.length(); i++) {
            // A surrogate without its partner has no UTF-8 form, a NUL no place in a PostgreSQL text.
            if (Character.isISOControl(text.charAt(i)) || Character.isSurrogate(text.charAt(i))) {
                throw new IllegalArgumentException(name + " holds a character that is not allowed at index " + i);
            }
        }
    }

    /** Whether it is visible ASCII and no longer than allowed, as nearly every text of an event is. */
    private static boolean isPlain(String text, int mostChars) {
        int length = text.length();
        boolean plain = length > 0 && length <= mostChars;
        for (int i = 0; plain && i < length; i++) {
            char c = text.charAt(i);
            plain = c > ' ' && c < 0x7f;
        }
        return plain;
    }

    /** Nearly always it is the first, and the very same text: no hash is worth reckoning. */
    private static boolean isUnit(String unit) {
        for (int i = 0; i < UNITS.size(); i++) {
            if (UNITS.get(i).equals(unit)) {
                return true;
            }
        }
        return false;
    }

    private static void requireCount(String name, long number) {
        if (number < 0 || number > MOST_COUNT) {
            throw new IllegalArgumentException(name + " is " + number + ", allowed: 0 to " + MOST_COUNT);
        }
    }
}
