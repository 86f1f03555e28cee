package cn.jingshu.metering.journal;

import java.nio.file.Path;

/**
 * Recorded bytes are damaged, and not as an unfinished write leaves them: skipping them would lose events that may have been answered for.
 * Nothing is opened or shipped past it; the segment must be restored or the loss decided on by a person.
 */
public final class JournalCorruptException extends JournalException {
    private final Path segment;
    private final long offset;

    JournalCorruptException(Path segment, long offset, String reason) {
        super("segment " + segment + " is damaged at byte " + offset + ": " + reason, true);
        this.segment = segment;
        this.offset = offset;
    }

    public Path segment() {
        return segment;
    }

    /** Where the damaged frame begins, in bytes from the start of the segment. */
    public long offset() {
        return offset;
    }
}
