package cn.jingshu.marketplace.source;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file of a watched folder, and what became of it.
 *
 * @param name within its folder
 * @param modifiedAt of the file or of what says that it is complete, whichever is later
 * @param version of what the source was when it was looked at
 * @param digest hexadecimal SHA-256; null: it was not read yet
 * @param sentenceZh why it was refused; null: it was not
 * @param loadId the load in the data domain's history; null: none was begun
 * @param settledAt null: it waits
 */
public record FolderFile(String name, long bytes, Instant modifiedAt, int version, State state, @Nullable String digest, @Nullable String sentenceZh,
        @Nullable String sentenceEn, @Nullable UUID loadId, Instant seenAt, @Nullable Instant settledAt) {
    /** What became of it. */
    public enum State {
        /** It is not known to be complete yet, or its turn has not come. */
        WAITING,
        LOADED,
        /** Its content was loaded before. */
        KNOWN,
        /** It stays where it is and is not loaded; changed, or with the source set otherwise, it is looked at again. */
        REFUSED
    }
}
