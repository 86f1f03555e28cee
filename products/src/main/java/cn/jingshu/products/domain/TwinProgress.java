package cn.jingshu.products.domain;

/** Told how far the sampling of a twin has come. */
@FunctionalInterface
public interface TwinProgress {
    TwinProgress NONE = (table, step, rows) -> {};

    /** What is done with a table. */
    enum Step {
        READING,
        MASKING,
        WRITTEN
    }

    /** @param rows of the table that were read, or written */
    void at(String table, Step step, long rows);
}
