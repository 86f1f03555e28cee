package cn.jingshu.marketplace.edge;

import cn.jingshu.products.spi.Retirement;
import java.time.Instant;
import java.util.Optional;

/** What an answer says of a version that is on its way out: {@code Deprecation} (RFC 9745) and {@code Sunset} (RFC 8594). */
public final class RetirementFields {
    public static final String DEPRECATION = "Deprecation";
    public static final String SUNSET = "Sunset";

    private RetirementFields() {}

    /** A date as a structured field writes it (RFC 9651, 3.3.7): {@code @1688169599}. */
    public static String deprecation(Retirement retirement) {
        return "@" + retirement.deprecatedAt().getEpochSecond();
    }

    /** A date as HTTP writes it; empty: no end is decided. */
    public static Optional<String> sunset(Retirement retirement) {
        Instant end = retirement.sunsetAt();
        return Optional.ofNullable(end).map(HttpDate::of);
    }
}
