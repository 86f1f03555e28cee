package cn.jingshu.marketplace.edge;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A moment as a field of HTTP writes it (RFC 9110, section 5.6.7): the day always has two digits, which RFC 1123's form in Java has not. */
public final class HttpDate {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private HttpDate() {}

    /** To the whole second before it. */
    public static String of(Instant moment) {
        return FORM.format(moment);
    }
}
