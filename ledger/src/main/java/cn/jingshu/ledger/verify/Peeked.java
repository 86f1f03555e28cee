package cn.jingshu.ledger.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A table read beside another one, a row ahead. */
final class Peeked {
    private final TableReader reader;
    private TableReader.@Nullable Row ahead;
    private boolean isRead;

    Peeked(TableReader reader) {
        this.reader = reader;
    }

    /** The row {@link #take} goes behind; null: there is none. @throws UncheckedIOException if the file is not of the form */
    TableReader.@Nullable Row peek() {
        if (!isRead) {
            try {
                ahead = reader.next();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
            isRead = true;
        }
        return ahead;
    }

    void take() {
        isRead = false;
    }
}
