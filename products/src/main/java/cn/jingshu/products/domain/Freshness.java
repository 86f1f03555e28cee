package cn.jingshu.products.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the newest load of a table stands.
 *
 * @param loadedAt when it was committed; null: nothing was loaded yet
 * @param stale true: it is older than the resource's update cycle allows
 * @param degraded true: its quality score is below the resource's threshold, so answers from it say so
 * @param qualityScore 0 to 100; null: not measured
 */
public record Freshness(@Nullable Instant loadedAt, boolean stale, boolean degraded, @Nullable Double qualityScore) {}
