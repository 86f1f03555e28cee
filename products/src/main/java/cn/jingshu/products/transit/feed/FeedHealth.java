package cn.jingshu.products.transit.feed;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the intake of the feeds has been doing since the start. Counts only: nothing in it tells of one vehicle. Of several
 * feeds the one that is worst off is told, so that a feed that is well hides none that is not.
 *
 * @param accepted observations taken in
 * @param droppedOlder not newer than what was known of the vehicle
 * @param droppedFuture more than a minute ahead of the clock
 * @param untimed without any time
 * @param absurd positions or speeds no vehicle can have
 * @param invalidUtf8 text fields that were not valid UTF-8; they are kept
 * @param unknownTrip observations and forecasts whose trip is not in the timetable; observations are kept
 * @param unknownRoute observations whose route is not in the timetable; they are kept
 * @param overCapacity left out because the fleet is as large as it may grow
 * @param failures readings that failed
 * @param lastSuccessAt last reading that did not fail, the earliest of all feeds; null: a feed was never read
 * @param feedAge time since a feed's newest data were made, the longest of all feeds; null: nothing read yet
 * @param lastError why the last reading failed, a sentence for each feed whose did; empty: none did
 */
public record FeedHealth(
        long accepted,
        long droppedOlder,
        long droppedFuture,
        long untimed,
        long absurd,
        long invalidUtf8,
        long unknownTrip,
        long unknownRoute,
        long overCapacity,
        long failures,
        @Nullable Instant lastSuccessAt,
        @Nullable Duration feedAge,
        String lastError) {}
