package cn.jingshu.marketplace.edge.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Conditional GET (RFC 9110, section 13): whether the caller already holds the answer. */
final class Validators {
    private Validators() {}

    /** A strong tag made from the body itself: the same bytes have the same tag on every node. */
    static String etagOf(byte[] body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return "\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 12)) + "\"";
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** {@code If-None-Match} decides alone when it is there; else {@code If-Modified-Since}, to the second. */
    static boolean isUnchanged(HttpHeaders request, String etag, @Nullable Instant modifiedAt) {
        String noneMatch = request.get(HttpHeaderNames.IF_NONE_MATCH);
        if (noneMatch != null) {
            return noneMatch.strip().equals("*")
                    || RestEdge.splitList(noneMatch.strip()).stream()
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
