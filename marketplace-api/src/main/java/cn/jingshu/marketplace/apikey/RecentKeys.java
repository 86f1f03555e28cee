package cn.jingshu.marketplace.apikey;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bouncycastle.crypto.macs.SipHash128;
import org.bouncycastle.crypto.params.KeyParameter;
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
public final class RecentKeys<K> {
    private static final int SLOTS = 1 << 16;
    private static final int SECRET_BYTES = 16;

    private record Seen<K>(long first, long second, K key) {}

    /** What a text is found by. */
    public record Fingerprint(long first, long second) {}

    private final KeyParameter secret;
    private final AtomicReferenceArray<@Nullable Seen<K>> slots = new AtomicReferenceArray<>(SLOTS);

    public RecentKeys() {
        byte[] drawn = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(drawn);
        secret = new KeyParameter(drawn);
    }

    /** The fingerprint of what a caller sent. */
    public Fingerprint fingerprint(String sent) {
        byte[] text = sent.getBytes(StandardCharsets.UTF_8);
        SipHash128 sip = new SipHash128();
        sip.init(secret);
        sip.update(text, 0, text.length);
        byte[] out = new byte[Long.BYTES * 2];
        sip.doFinal(out, 0);
        ByteBuffer words = ByteBuffer.wrap(out);
        return new Fingerprint(words.getLong(), words.getLong());
    }

    /** What is kept of the key with this fingerprint; null: it did not call lately. */
    public @Nullable K find(Fingerprint print) {
        Seen<K> seen = slots.get(slot(print));
        return seen != null && seen.first == print.first && seen.second == print.second ? seen.key : null;
    }

    /** Keeps {@code key}, which is known, in place of one that called before. */
    public void remember(Fingerprint print, K key) {
        slots.set(slot(print), new Seen<>(print.first, print.second, key));
    }

    private static int slot(Fingerprint print) {
        return (int) print.first & (SLOTS - 1);
    }

    @Override
    public String toString() {
        return "RecentKeys[…]"; // a secret stays out of every log
    }
}
