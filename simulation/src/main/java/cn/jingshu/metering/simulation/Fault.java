package cn.jingshu.metering.simulation;

/** What may go wrong at a boundary of a simulated process. */
public enum Fault {
    /** A write fails, with a part of it written. */
    DISK_FULL,
    /** A file cannot be opened or made. */
    FILE_REFUSED,
    /** A file cannot be read or removed just now. */
    IO_ERROR,
    /** A force fails; what was not forced may never reach the medium, although it is still seen. */
    FORCE_FAILED,
    /** The database does not take the statement; a transaction under way is taken back. */
    DATABASE_AWAY,
    /** The database did what was asked and its answer is lost. */
    ANSWER_LOST,
    /** Redis did what was asked and its answer is lost. */
    REDIS_SILENT,
    /** What was asked of Redis without an answer is asked once more, by a client that connected anew. */
    REDIS_ASKED_AGAIN
}
