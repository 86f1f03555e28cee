package cn.jingshu.marketplace.edge;

import com.github.f4b6a3.uuid.UuidCreator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The id under which caller and operator speak of one request ({@code X-Request-Id}). */
public final class RequestIds {
    private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private RequestIds() {}

    /** The caller's id when it is 1 to 64 letters, digits, dots, hyphens or underscores; else a new one. */
    public static String accept(@Nullable String callers) {
        return callers != null && ACCEPTED.matcher(callers).matches()
                ? callers
                : UuidCreator.getTimeOrderedEpochFast().toString();
    }
}
