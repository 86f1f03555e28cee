package cn.jingshu.marketplace.usagepush;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a sink last said.
 *
 * @param failures in a row
 * @param pause until it may be tried again; zero: at once
 * @param lastFailure what went wrong last; null: nothing ever did
 * @param deliveredAt the last delivery; null: none yet
 * @param gone whether it answered 410, so that nothing more is sent until it is resumed or has another address
 */
public record SinkState(
        int failures, Duration pause, @Nullable String lastFailure, @Nullable Instant deliveredAt, boolean gone) {}
