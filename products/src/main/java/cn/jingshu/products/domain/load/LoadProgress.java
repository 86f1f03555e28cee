package cn.jingshu.products.domain.load;

/** Told how far a load has come. */
@FunctionalInterface
public interface LoadProgress {
    LoadProgress NONE = (table, rows, read, total) -> {};

    /** @param total bytes of the source; -1: not known */
    void at(String table, long rows, long bytesRead, long total);
}
