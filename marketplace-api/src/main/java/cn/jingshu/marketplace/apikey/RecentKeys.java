package cn.jingshu.marketplace.apikey;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Keys that called lately, so that a key is not checked and hashed anew with every call: a {@link Pepper}'s hash costs more
 * than all rules of the gate together.
 *
 * <p>No text of a key is held. A key is found by its SipHash of 128 bits under a secret drawn for this object alone: who does
 * not know it can make no other text that is found in its place.
 *
 * @param <K> what is kept of a key: its hash, and what goes with it
 */
public final class RecentKeys<K extends RecentKeys.Kept> {
    private static final int SLOTS = 1 << 16;
    private static final int SECRET_BYTES = 16;

    /** What a text is found by. */
    public record Fingerprint(long first, long second) {}

    /** What is kept of a key carries its fingerprint itself: one object to wait for in memory, not two. */
    public abstract static class Kept {
        private final long first;
        private final long second;

        protected Kept(Fingerprint print) {
            first = print.first;
            second = print.second;
        }
    }

    private final SipHash hash;
    private final AtomicReferenceArray<@Nullable K> slots = new AtomicReferenceArray<>(SLOTS);

    public RecentKeys() {
        byte[] drawn = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(drawn);
        hash = new SipHash(drawn);
    }

    /** The fingerprint of what a caller sent. */
    public Fingerprint fingerprint(String sent) {
        return hash.of(sent.getBytes(StandardCharsets.UTF_8));
    }

    /** What is kept of the key with this fingerprint; null: it did not call lately. */
    public @Nullable K find(Fingerprint print) {
        K kept = slots.get(slot(print.first));
        if (kept == null) {
            return null;
        }
        Kept of = kept;
        return of.first == print.first && of.second == print.second ? kept : null;
    }

    /** Keeps {@code key}, which is known, in place of one that called before. */
    public void remember(K key) {
        Kept of = key;
        slots.set(slot(of.first), key);
    }

    private static int slot(long first) {
        return (int) first & (SLOTS - 1);
    }

    @Override
    public String toString() {
        return "RecentKeys[…]"; // a secret stays out of every log
    }
}
