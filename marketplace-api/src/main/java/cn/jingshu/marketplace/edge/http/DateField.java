package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.edge.HttpDate;
import java.time.Instant;

/** The {@code Date} of answers sent now (RFC 9110, section 6.6.1); written once a second, since it tells whole seconds. */
final class DateField {
    private static volatile DateField latest = new DateField(0);

    private final long second;
    private final String text;
    private final String line;

    private DateField(long second) {
        this.second = second;
        this.text = HttpDate.of(Instant.ofEpochSecond(second));
        this.line = "Date: " + text + "\r\n";
    }

    static String now() {
        return latest().text;
    }

    /** The whole field with the end of its line. */
    static String line() {
        return latest().line;
    }

    private static DateField latest() {
        long second = System.currentTimeMillis() / 1_000;
        DateField known = latest;
        if (known.second != second) {
            known = new DateField(second);
            latest = known;
        }
        return known;
    }
}
