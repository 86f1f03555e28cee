package cn.jingshu.metering.journal;

import java.nio.file.Path;

/** Another open journal, in this process or another, appends to the directory; two would mix their sequences. */
public final class JournalInUseException extends JournalException {
    JournalInUseException(Path directory) {
        super("the journal in " + directory + " is open elsewhere", true);
    }
}
