package cn.jingshu.marketplace.apikey;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 with 128 bits of outcome: a hash of short texts that nobody can foresee without its key. Written out, since it is
 * reckoned with every call and the library's costs an object for the key and one for the state each time.
 *
 * @see "J.-P. Aumasson and D. J. Bernstein, SipHash: a fast short-input PRF, 2012; its form of 128 bits as in the authors' reference"
 */
final class SipHash {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long key0;
    private final long key1;

    /** @param key 16 bytes */
    SipHash(byte[] key) {
        key0 = (long) WORDS.get(key, 0);
        key1 = (long) WORDS.get(key, Long.BYTES);
    }

    /** The hash of {@code text}, as the two words of its sixteen bytes, little-endian. */
    RecentKeys.Fingerprint of(byte[] text) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        int whole = text.length & -Long.BYTES;
        long first = 0;
        // Every word goes in by two rounds, then comes the end: four rounds to each word of the outcome.
        for (int at = 0, rounds = 0; ; at += Long.BYTES) {
            long word;
            if (at < whole) {
                word = (long) WORDS.get(text, at);
                rounds = 2;
            } else if (at == whole) {
                word = lastWord(text, whole);
                rounds = 2;
            } else {
                word = 0;
                rounds = 4;
                if (at == whole + Long.BYTES) {
                    v2 ^= 0xee;
                } else {
                    v1 ^= 0xdd;
                }
            }
            v3 ^= word;
            for (int round = 0; round < rounds; round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
            if (at == whole + Long.BYTES) {
                first = v0 ^ v1 ^ v2 ^ v3;
            } else if (at > whole + Long.BYTES) {
                return new RecentKeys.Fingerprint(first, v0 ^ v1 ^ v2 ^ v3);
            }
        }
    }

    /** What is left of the text, with its length in the highest byte. */
    private static long lastWord(byte[] text, int from) {
        long word = (long) text.length << 56;
        for (int at = from; at < text.length; at++) {
            word |= (text[at] & 0xffL) << (8 * (at - from));
        }
        return word;
    }

    @Override
    public String toString() {
        return "SipHash[…]"; // its key stays out of every log
    }
}
