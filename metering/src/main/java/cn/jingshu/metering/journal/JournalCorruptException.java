package cn.jingshu.metering.journal;

import java.nio.file.Path;

/**
 * Recorded bytes are damaged where valid frames follow, so this is no torn tail: skipping it would lose events.
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
