package cn.jingshu.metering.journal;

import java.util.concurrent.TimeUnit;

/**
 * Who comes back after a group of events was forced to the disk, as the journal's own thread learns it: how many to expect, how
 * long to wait for them, and when it is not worth while. Belongs to that thread.
 */
class Company {
    /** Of the time of an fsync so much is waited for callers at the most. */
    private static final int PART_OF_FORCE = 4;
    private static final long MOST_PATIENCE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    /** The mean time of an fsync follows each by so much. */
    private static final int WEIGHT = 8;
    /** Groups that are not waited for, at the most, until it is tried again. */
    private static final int MOST_SKIPPED = 1 << 10;

    private long forceNanos;
    private int expected;
    private int skip;
    private int skipNext = 1;

    /** Notes how long an fsync took. */
    void forced(long nanos) {
        forceNanos += (nanos - forceNanos) / WEIGHT;
    }

    /**
     * Notes a group that is durable now.
     *
     * @param answered its events, whose callers may come back
     * @param waiting events that came while it was forced
     */
    void answering(int answered, int waiting) {
        expected = answered + waiting;
    }

    /** Events there will be if everybody comes back who was just answered. */
    int expected() {
        return expected;
    }

    /** How long to wait for them; zero: not now. Asked once a group. */
    long patienceNanos() {
        if (skip > 0) {
            skip--;
            return 0;
        }
        return Math.min(MOST_PATIENCE_NANOS, forceNanos / PART_OF_FORCE);
    }

    /** Notes what waiting brought: it was worth while if half of those came who were missed; else it is tried ever more rarely. */
    void gathered(int came, int missed) {
        if (2L * came >= missed) {
            skipNext = 1;
        } else {
            skip = skipNext;
            skipNext = Math.min(2 * skipNext, MOST_SKIPPED);
        }
    }
}
