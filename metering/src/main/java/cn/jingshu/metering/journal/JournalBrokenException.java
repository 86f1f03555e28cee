package cn.jingshu.metering.journal;

/**
 * The disk refused a write; the events of the group are not recorded. A refused write is mended by cutting the file
 * back, so a later append may succeed; after a refused fsync none will before the journal is opened again.
 */
public final class JournalBrokenException extends JournalException {
    private final boolean lasting;

    JournalBrokenException(String message, Throwable cause, boolean lasting) {
        super(message, cause, true);
        this.lasting = lasting;
    }

    /** True: every later append fails too, until the journal is opened again. */
    public boolean lasting() {
        return lasting;
    }
}
