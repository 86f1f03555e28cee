package cn.jingshu.marketplace.apikey;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * HMAC-SHA-256 of a key's text: what is stored, looked up and held in memory. Who cannot compute it learns nothing from
 * how long a look-up takes, so an ordinary map may hold it.
 */
public record KeyHash(long first, long second, long third, long fourth) {
    /** Size in bytes. */
    public static final int SIZE = 32;

    public static KeyHash of(byte[] hash) {
        if (hash.length != SIZE) {
            throw new IllegalArgumentException("a key hash has " + SIZE + " bytes, not " + hash.length);
        }
        ByteBuffer bytes = ByteBuffer.wrap(hash);
        return new KeyHash(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(SIZE)
                .putLong(first)
                .putLong(second)
                .putLong(third)
                .putLong(fourth)
                .array();
    }

    /** One of its words: the hash is uniform already. */
    @Override
    public int hashCode() {
        return Long.hashCode(first);
    }

    /** Written out, as a record's own is not compiled into the way of a call. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof KeyHash hash && first == hash.first && second == hash.second
                && third == hash.third && fourth == hash.fourth);
    }
}
