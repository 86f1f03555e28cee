package cn.jingshu.marketplace.source;

import cn.jingshu.products.domain.load.SourceAwayException;
import cn.jingshu.products.domain.load.UnfitSourceException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What one run of a source may take.
 *
 * @param until when it ends; what was read stands, and the next run goes on behind it
 * @param mostRecords of the whole source, those of earlier runs included
 * @param mostBytes read in one run
 * @param taken set when another node has taken the run over
 */
record RunLimits(Clock clock, Instant until, long mostRecords, long mostBytes, AtomicBoolean taken) {
    /** A node runs a few at once; what takes longer goes on in its next turn, and a source that drips holds a place for no longer. */
    static final Duration LONGEST = Duration.ofHours(4);

    /** Beyond any register of a city, and well within what the staging tables of a node hold. */
    static final long MOST_RECORDS = 200_000_000;

    static final long MOST_BYTES = 256L << 30;

    RunLimits(Clock clock, Instant until, long mostRecords, long mostBytes) {
        this(clock, until, mostRecords, mostBytes, new AtomicBoolean());
    }

    static RunLimits from(Clock clock) {
        return new RunLimits(clock, clock.instant().plus(LONGEST), MOST_RECORDS, MOST_BYTES);
    }

    /** @throws SourceAwayException if the run has had its time, or is another node's now */
    void requireTime() throws SourceAwayException {
        if (taken.get()) {
            throw new SourceAwayException("该运行已由其他节点接手", "another node has taken the run over", null);
        }
        if (clock.instant().isAfter(until)) {
            throw new SourceAwayException("单次运行超过 4 小时", "one run took more than 4 hours", null);
        }
    }

    /** @throws UnfitSourceException if a source is larger than any may be */
    void requireSize(long records, long bytes) {
        if (records > mostRecords || bytes > mostBytes) {
            throw new UnfitSourceException("数据源超过 " + mostRecords + " 条记录或 " + mostBytes + " 字节的上限。",
                    "The source has more than " + mostRecords + " records or " + mostBytes + " bytes.");
        }
    }
}
