package cn.jingshu.marketplace.consent;

import cn.jingshu.marketplace.apikey.Pepper;
import java.nio.ByteBuffer;

/**
 * HMAC-SHA-256 of a person's identifier: all that is kept of who consented. The secret lies outside the database, so
 * nobody learns from a copy of it who is in it.
 */
public record SubjectToken(long first, long second, long third, long fourth) {
    private static final int SIZE = 32;

    /** @param identifier as a request names the person: an id number, a reader's number; blanks around it do not count */
    public static SubjectToken of(Pepper pepper, String identifier) {
        return of(pepper.token("subject", identifier.strip()));
    }

    /** The token whose bytes were stored. */
    public static SubjectToken of(byte[] stored) {
        if (stored.length != SIZE) {
            throw new IllegalArgumentException("a subject token has " + SIZE + " bytes, not " + stored.length);
        }
        ByteBuffer bytes = ByteBuffer.wrap(stored);
        return new SubjectToken(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(SIZE).putLong(first).putLong(second).putLong(third).putLong(fourth).array();
    }

    /** One of its words: the token is uniform already. */
    @Override
    public int hashCode() {
        return Long.hashCode(first);
    }

    /** Nothing of the token: it still tells one person from another. */
    @Override
    public String toString() {
        return "SubjectToken[…]";
    }
}
