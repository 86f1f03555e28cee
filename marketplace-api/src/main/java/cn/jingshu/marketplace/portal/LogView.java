package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The public page of the append-only log: its keys, its checkpoints, and how to check them. */
public record LogView(Reading<Log> log) {
    /**
     * The log as it is.
     *
     * @param origin its name; empty: it has no keys yet
     * @param checkpoints the youngest first
     */
    public record Log(String origin, List<Key> keys, List<Checkpoint> checkpoints) {}

    /**
     * A public key.
     *
     * @param until null: it still signs
     */
    public record Key(String algorithm, String vkey, Instant from, @Nullable Instant until) {}

    /** @param root by SHA-256, in base64 */
    public record Checkpoint(long number, long leaves, Instant signedAt, String root) {}
}
