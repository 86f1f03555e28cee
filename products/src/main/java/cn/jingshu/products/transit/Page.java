package cn.jingshu.products.transit;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list. The token names the last entry of the page, so entries that come or go before it shift nothing.
 *
 * @param nextToken empty: this was the last page
 */
record Page<T>(List<T> entries, String nextToken) {

    /**
     * The page after {@code token}; empty: the token is none of ours.
     *
     * @param sorted the whole list; when the entry named by the token is gone from it, it must be sorted by id
     * @param size at least one
     */
    static <T> Optional<Page<T>> after(String token, List<T> sorted, int size, Function<T, String> id) {
        int from = 0;
        if (!token.isEmpty()) {
            String last;
            try {
                last = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
            from = sorted.size();
            for (int i = 0; i < sorted.size(); i++) {
                if (id.apply(sorted.get(i)).equals(last)) {
                    from = i + 1;
                    break;
                }
                if (from == sorted.size() && id.apply(sorted.get(i)).compareTo(last) > 0) {
                    from = i;
                }
            }
        }
        int to = Math.min(sorted.size(), from + size);
        List<T> entries = sorted.subList(from, to);
        String next = to == sorted.size() || entries.isEmpty()
                ? ""
                : Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(id.apply(entries.getLast()).getBytes(StandardCharsets.UTF_8));
        return Optional.of(new Page<>(List.copyOf(entries), next));
    }
}
