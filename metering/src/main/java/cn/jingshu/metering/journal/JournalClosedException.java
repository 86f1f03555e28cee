package cn.jingshu.metering.journal;

/** The journal was closed before the append; nothing was recorded. */
public final class JournalClosedException extends JournalException {
    JournalClosedException(String directory) {
        super("the journal in " + directory + " is closed", false);
    }
}
