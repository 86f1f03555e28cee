package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.quality.QualityScore;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Some time, an hour as a rule, of the readings of an interface whose rows are not kept: one load in the history, whose figures grow while
 * the time lasts.
 *
 * @param id written again under the same, it takes the place of what was written
 * @param run those of one feed since it was opened have the same
 * @param source without secrets
 * @param digest of what was read last, hexadecimal SHA-256; null: nothing was
 * @param over true: the time is over
 * @param touchedAt until when this counts
 * @param readings how often the interface was asked
 * @param changed how often it answered something new
 * @param failed how often it did not answer
 * @param rowsIn entities in what was new
 * @param rejects how many of them were rejected, by reason
 * @param bytes of what was new
 * @param headerAt what the interface said last of its own time; null: nothing
 * @param failure why no reading came to anything, a sentence; null: one did
 * @param degraded whether the newest readings are below the table's threshold
 */
public record ObservedReadings(UUID id, UUID run, ResourceTable table, String source, @Nullable String digest, boolean over, Instant startedAt,
        Instant touchedAt, long readings, long changed, long failed, long rowsIn, Map<RejectReason, Long> rejects, long bytes,
        @Nullable Instant headerAt, @Nullable String failure, QualityScore score, boolean degraded) {
    public ObservedReadings {
        rejects = Map.copyOf(rejects);
    }

    long rejected() {
        return rejects.values().stream().mapToLong(Long::longValue).sum();
    }
}
