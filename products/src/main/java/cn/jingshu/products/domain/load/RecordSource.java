package cn.jingshu.products.domain.load;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records read one after another, from wherever they come; never more than one of them in memory. Not for several threads. */
public interface RecordSource extends AutoCloseable {
    /** The columns the source has, by its own names; empty: it names them record by record. */
    List<String> columns();

    /**
     * The next record; null: there are no more.
     *
     * @throws UnfitSourceException if the source is not what it is said to be
     * @throws IOException if it cannot be read on; what was read stands, and reading can go on from {@link #position}
     */
    @Nullable SourceRecord next() throws IOException;

    /** Bytes read so far. */
    long bytesRead();

    /** How many there are; -1: not known. */
    long bytesTotal();

    /** What {@link Opening#from} needs to go on behind the record given last. */
    String position();

    /**
     * The digest of all that was read, hexadecimal SHA-256; null: the opening states it beforehand. To be asked after the last record.
     */
    default @Nullable String digest() {
        return null;
    }

    /** What tells later whether the source has changed, for {@link Opening#isUnchanged}; null: nothing does. */
    default @Nullable String entityTag() {
        return null;
    }

    /**
     * Told of each record that was checked and taken, before {@link #position} is asked for; of those that were rejected it hears nothing.
     *
     * @param now when it is taken
     */
    default void accepted(SourceRecord record, Instant now) {}

    /** Where a later load begins, for {@link Opening#behind}; null: at the beginning. To be asked after the last record. */
    default @Nullable String bookmark() {
        return null;
    }

    @Override
    void close() throws IOException;

    /** A source that can be opened, and opened again where it was left. */
    interface Opening {
        /** What it is, for the record: {@code file discharge.csv (CSV, GB18030)}. No secret and no value is in it. */
        String description();

        /**
         * Where it lies and how it is read, as a digest: a position or an entity tag of one definition says nothing of another, though both are described in
         * the same words. Null: its own {@link #digest} tells it from every other.
         */
        default @Nullable String definition() {
            return null;
        }

        /** The digest of the whole, hexadecimal SHA-256; null: known only when it has been read. */
        @Nullable String digest();

        /** Whether the source says itself that it is what it was when it had this tag. */
        default boolean isUnchanged(String entityTag) throws IOException {
            return false;
        }

        /** How it can be read on behind what an earlier load ended with; null: each load reads the whole. */
        default @Nullable Continuation continuation() {
            return null;
        }

        /**
         * The same source behind what an earlier load ended with.
         *
         * @param bookmark what {@link RecordSource#bookmark} said
         * @throws UnsupportedOperationException if each load reads the whole
         */
        default Opening behind(String bookmark) {
            throw new UnsupportedOperationException("each load of " + description() + " reads the whole");
        }

        /** @param position what {@link RecordSource#position} said; empty: from the beginning */
        RecordSource from(String position) throws IOException;
    }
}
