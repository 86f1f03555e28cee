package cn.jingshu.marketplace.gate;

import org.jspecify.annotations.Nullable;

/**
 * What a caller states of its own call, in headers on REST and in metadata on gRPC. Nothing has to be stated; what is
 * stated must be so.
 *
 * @param purpose {@code Jingshu-Purpose}; null: the approved one
 * @param scenario {@code Jingshu-Scenario}, the scenario's code; null: the one the use is bound to
 * @param district {@code Jingshu-District}, a code of GB/T 2260; null: the whole city
 * @param consent {@code Jingshu-Consent}, the id of the consent relied on; null: any that covers the call
 */
public record Stated(
        @Nullable String purpose, @Nullable String scenario, @Nullable String district, @Nullable String consent) {
    /** The names of the headers; metadata has them in lower case. */
    public static final String PURPOSE = "Jingshu-Purpose";
    public static final String SCENARIO = "Jingshu-Scenario";
    public static final String DISTRICT = "Jingshu-District";
    public static final String CONSENT = "Jingshu-Consent";

    public static final Stated NOTHING = new Stated(null, null, null, null);

    /** What these headers say; null stands for a header that was not sent. */
    public static Stated of(@Nullable String purpose, @Nullable String scenario, @Nullable String district,
            @Nullable String consent) {
        return purpose == null && scenario == null && district == null && consent == null
                ? NOTHING
                : new Stated(purpose, scenario, district, consent);
    }
}
