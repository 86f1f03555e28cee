package cn.jingshu.metering.journal;

import java.util.Objects;

/**
 * The disk refused a write; the events of the group are not recorded. A refused write is mended by cutting the file
 * back, so a later append may succeed; after a refused fsync none will before the journal is opened again.
 */
public final class JournalBrokenException extends JournalException {
    private final boolean lasting;
    private final boolean inDoubt;

    JournalBrokenException(String message, Throwable cause, boolean lasting) {
        this(message, cause, lasting, lasting);
    }

    private JournalBrokenException(String message, Throwable cause, boolean lasting, boolean inDoubt) {
        super(message, cause, true);
        this.lasting = lasting;
        this.inDoubt = inDoubt;
    }

    /** The same fault as told to an event that was never written. */
    JournalBrokenException ofUnwritten() {
        return new JournalBrokenException(Objects.toString(getMessage(), ""), this, lasting, false);
    }

    /** True: every later append fails too, until the journal is opened again. */
    public boolean lasting() {
        return lasting;
    }

    /** True: this very event may be on the disk all the same; only opening the journal again tells. */
    public boolean inDoubt() {
        return inDoubt;
    }
}
