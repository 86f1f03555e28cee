package cn.jingshu.products.spi;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That a version of a product is on its way out: what the headers {@code Deprecation} (RFC 9745) and {@code Sunset} (RFC 8594)
 * say of it.
 *
 * @param deprecatedAt since when, or from when, nobody should begin to use it
 * @param sunsetAt from when it is no longer answered; null: not decided
 */
public record Retirement(Instant deprecatedAt, @Nullable Instant sunsetAt) {
    /** @throws IllegalArgumentException if it would end before it is deprecated, which RFC 9745, section 4, forbids */
    public Retirement {
        if (sunsetAt != null && sunsetAt.isBefore(deprecatedAt)) {
            throw new IllegalArgumentException("the sunset " + sunsetAt + " is before the deprecation " + deprecatedAt);
        }
    }
}
