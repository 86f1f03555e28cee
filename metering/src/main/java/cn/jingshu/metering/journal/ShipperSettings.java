package cn.jingshu.metering.journal;

import java.time.Duration;

/**
 * How a journal is shipped into PostgreSQL.
 *
 * @param batchEvents events per transaction at most, 1 to 1,000,000
 * @param gather shortest time between two rounds while events keep coming: what comes meanwhile shares a transaction
 * @param ownShare the share of a processor shipping takes while calls come in, above 0 to 1: as long as they come faster than
 *     that share could ship, they wait in the journal, and the processor is theirs
 * @param mostRest how long they wait at most
 * @param firstRetry pause after a first failure; doubled after each further one
 * @param longestRetry longest pause between two tries
 * @param closeWithin how long {@link Shipper#close} may take to ship what is there
 */
public record ShipperSettings(
        int batchEvents,
        Duration gather,
        double ownShare,
        Duration mostRest,
        Duration firstRetry,
        Duration longestRetry,
        Duration closeWithin) {
    public ShipperSettings {
        if (batchEvents < 1 || batchEvents > 1_000_000) {
            throw new IllegalArgumentException("batchEvents is " + batchEvents + ", allowed: 1 to 1,000,000");
        }
        if (gather.isNegative() || !firstRetry.isPositive() || !closeWithin.isPositive()) {
            throw new IllegalArgumentException("gather must not be below zero; firstRetry and closeWithin must be above");
        }
        if (!(ownShare > 0 && ownShare <= 1) || mostRest.compareTo(gather) < 0) {
            throw new IllegalArgumentException("ownShare " + ownShare + " must be above 0 and at most 1, mostRest " + mostRest
                    + " at least gather " + gather);
        }
        if (longestRetry.compareTo(firstRetry) < 0) {
            throw new IllegalArgumentException("longestRetry " + longestRetry + " is shorter than firstRetry " + firstRetry);
        }
    }

    /**
     * 50,000 events a transaction at most, 50 ms gathered, a tenth of a processor while calls come in, for 30 s at most,
     * retries after 100 ms up to 5 s, 10 s to close.
     */
    public static final ShipperSettings USUAL = new ShipperSettings(
            50_000, Duration.ofMillis(50), 0.1, Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(10));
}
