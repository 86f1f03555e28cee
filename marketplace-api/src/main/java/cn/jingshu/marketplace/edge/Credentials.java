package cn.jingshu.marketplace.edge;

import org.jspecify.annotations.Nullable;

/**
 * The API keys a request carries: {@code Authorization: Bearer KEY} or {@code X-API-Key: KEY}, the query is never looked
 * at. The same key sent twice is one; of two different ones nobody can say whose call it is, so such a call is refused.
 *
 * @param only the first key sent; null: none was
 * @param differ whether another one was sent besides
 */
public record Credentials(@Nullable String only, boolean differ) {

    /**
     * The keys in the headers of one request.
     *
     * @param authorizations values of {@code Authorization}
     * @param apiKeys values of {@code X-API-Key}
     */
    public static Credentials of(Iterable<String> authorizations, Iterable<String> apiKeys) {
        Credentials read = new Credentials(null, false);
        for (String authorization : authorizations) {
            read = read.and(authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                    ? authorization.substring(7).strip()
                    : authorization);
        }
        for (String key : apiKeys) {
            read = read.and(key.strip());
        }
        return read;
    }

    private Credentials and(String key) {
        return only == null ? new Credentials(key, differ) : new Credentials(only, differ || !only.equals(key));
    }

    @Override
    public String toString() {
        return only == null ? "no API key" : differ ? "API keys that differ" : "an API key"; // a secret stays out of every log
    }
}
