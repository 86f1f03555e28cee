package cn.jingshu.marketplace.edge;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The W3C trace context of a request; carried through as it came, so a caller finds its own trace again. */
public final class TraceParent {
    private static final Pattern FORM = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private TraceParent() {}

    /** The header when it is well formed; null: there is none to carry on. */
    public static @Nullable String accept(@Nullable String header) {
        return header != null && FORM.matcher(header).matches() ? header : null;
    }
}
