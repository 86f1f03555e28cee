package cn.jingshu.metering.journal;

/** More bytes wait for the disk than the settings allow; nothing was recorded, the caller may try again later. */
public final class JournalFullException extends JournalException {
    JournalFullException(int waitingBytes, int mostBytes) {
        super("the journal holds " + waitingBytes + " bytes not yet written, at most " + mostBytes + " may wait", false);
    }
}
