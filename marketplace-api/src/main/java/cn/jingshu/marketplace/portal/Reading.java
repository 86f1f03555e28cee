package cn.jingshu.marketplace.portal;

import java.time.Instant;

/**
 * A figure or table that had to be fetched and may not have been. Unknown is shown as unknown, never as zero or as an
 * empty list.
 */
public sealed interface Reading<T> {
    /**
     * It could be read.
     *
     * @param asOf the moment the value is true for
     */
    record Known<T>(T value, Instant asOf) implements Reading<T> {}

    /**
     * It could not be read just now.
     *
     * @param reference the request id to quote to the operator
     */
    record Unknown<T>(String reference) implements Reading<T> {}

    static <T> Reading<T> known(T value, Instant asOf) {
        return new Known<>(value, asOf);
    }

    static <T> Reading<T> unknown(String reference) {
        return new Unknown<>(reference);
    }
}
