package cn.jingshu.marketplace.edge;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API keys a request carries: {@code Authorization: Bearer KEY} or {@code X-API-Key: KEY}, the query is never looked
 * at. The same key sent twice is one; of two different ones nobody can say whose call it is, so such a call is refused.
 */
public record Credentials(Set<String> sent) {

    /**
     * The keys in the headers of one request.
     *
     * @param authorizations values of {@code Authorization}
     * @param apiKeys values of {@code X-API-Key}
     */
    public static Credentials of(Iterable<String> authorizations, Iterable<String> apiKeys) {
        Set<String> sent = new LinkedHashSet<>();
        for (String authorization : authorizations) {
            sent.add(authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                    ? authorization.substring(7).strip()
                    : authorization);
        }
        apiKeys.forEach(key -> sent.add(key.strip()));
        return new Credentials(sent);
    }

    public boolean differ() {
        return sent.size() > 1;
    }

    /** The one key; null: none was sent. */
    public @Nullable String only() {
        return sent.isEmpty() ? null : sent.iterator().next();
    }

    @Override
    public String toString() {
        return sent.size() + " API keys";
    }
}
