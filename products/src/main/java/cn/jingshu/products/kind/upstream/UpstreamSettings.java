package cn.jingshu.products.kind.upstream;

import java.time.Duration;

/**
 * What a source may take of this node.
 *
 * @param timeout from the first byte sent to the last byte read
 * @param maxBytes largest answer read
 * @param callsUnderWay calls of one product that may be under way
 * @param failuresToOpen failures in a row after which it is left alone
 * @param leftAlone how long, the first time
 * @param leftAloneAtMost how long at most
 */
public record UpstreamSettings(Duration timeout, int maxBytes, int callsUnderWay, int failuresToOpen, Duration leftAlone, Duration leftAloneAtMost) {
    public static final UpstreamSettings USUAL =
            new UpstreamSettings(Duration.ofSeconds(10), 4 * 1024 * 1024, 64, 5, Duration.ofSeconds(10), Duration.ofMinutes(5));
}
