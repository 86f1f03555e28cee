package cn.jingshu.marketplace.edge.http;

import java.time.Instant;

/** The {@code Date} of answers sent now (RFC 9110, section 6.6.1); written once a second, since it tells whole seconds. */
final class DateField {
    private static volatile DateField latest = new DateField(0);

    private final long second;
    private final String text;

    private DateField(long second) {
        this.second = second;
        this.text = RestEdge.httpDate(Instant.ofEpochSecond(second));
    }

    static String now() {
        long second = System.currentTimeMillis() / 1_000;
        DateField known = latest;
        if (known.second != second) {
            known = new DateField(second);
            latest = known;
        }
        return known.text;
    }
}
