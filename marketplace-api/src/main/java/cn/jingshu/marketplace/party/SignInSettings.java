package cn.jingshu.marketplace.party;

import java.time.Duration;

/**
 * How signing in is guarded.
 *
 * @param failuresBeforeLock failed attempts in a row that lock a name; at least one
 * @param firstLock how long the first lock lasts; each further failure after it doubles the lock
 * @param longestLock where the doubling stops
 * @param sessionLength how long a session lasts from signing in
 */
public record SignInSettings(
        int failuresBeforeLock, Duration firstLock, Duration longestLock, Duration sessionLength) {
    public static final SignInSettings DEFAULT =
            new SignInSettings(5, Duration.ofSeconds(30), Duration.ofMinutes(15), Duration.ofHours(12));

    public SignInSettings {
        if (failuresBeforeLock < 1 || !firstLock.isPositive() || longestLock.compareTo(firstLock) < 0
                || !sessionLength.isPositive()) {
            throw new IllegalArgumentException("sign-in settings out of range");
        }
    }

    /** How long a name stays locked after its {@code failures}-th failure in a row; zero: not locked. */
    Duration lockAfter(int failures) {
        int beyond = failures - failuresBeforeLock;
        if (beyond < 0) {
            return Duration.ZERO;
        }
        Duration lock = firstLock.multipliedBy(1L << Math.min(beyond, 20));
        return lock.compareTo(longestLock) > 0 ? longestLock : lock;
    }
}
