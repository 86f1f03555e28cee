package cn.jingshu.marketplace.edge.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Conditional GET (RFC 9110, section 13): whether the caller already holds the answer. */
final class Validators {
    private Validators() {}

    /**
     * {@code If-None-Match} decides alone when it is there; else {@code If-Modified-Since}, to the second. A {@code *} matches nothing: it
     * names whatever there is, so it says of no answer that the caller holds it.
     */
    static boolean isUnchanged(HttpHeaders request, String etag, @Nullable Instant modifiedAt) {
        String noneMatch = request.get(HttpHeaderNames.IF_NONE_MATCH);
        if (noneMatch != null) {
            return RestEdge.splitList(noneMatch.strip()).stream()
                    .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                    .anyMatch(etag::equals);
        }
        String since = request.get(HttpHeaderNames.IF_MODIFIED_SINCE);
        if (since == null || modifiedAt == null) {
            return false;
        }
        try {
            Instant held = ZonedDateTime.parse(since, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return !modifiedAt.truncatedTo(ChronoUnit.SECONDS).isAfter(held);
        } catch (DateTimeException notADate) {
            return false; // RFC 9110: a date that cannot be read is ignored.
        }
    }
}
