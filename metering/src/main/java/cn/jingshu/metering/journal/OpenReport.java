package cn.jingshu.metering.journal;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What was found when a journal was opened.
 *
 * @param segments files found
 * @param frames sound frames found, shipped or not
 * @param nextSequence what the next event will get
 * @param tornTail what was cut off the end; empty after a clean stop
 */
public record OpenReport(String nodeId, int segments, long frames, long nextSequence, Optional<TornTail> tornTail) {
    /**
     * Bytes at the end of the last segment that were no whole frame: the write a crash interrupted.
     *
     * @param offset where the sound frames end, in bytes from the start of the segment
     */
    public record TornTail(Path segment, long offset, long cutBytes, String reason) {}
}
