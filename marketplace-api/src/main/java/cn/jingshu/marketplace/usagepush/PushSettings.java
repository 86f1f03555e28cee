package cn.jingshu.marketplace.usagepush;

import java.time.Duration;

/**
 * How usage is pushed.
 *
 * @param source the CloudEvents source of every event; with the id it is unique
 * @param every how often it is looked whether there is something new
 * @param batch events a message at the most, 1 to 1,000
 * @param answerWithin how long a message may take
 * @param firstWait how long a sink is left alone after its first failure; doubled with each further one
 * @param longestWait how long it is left alone at the most
 * @param drain how long a node that stops goes on pushing what is stored
 */
record PushSettings(
        String source,
        Duration every,
        int batch,
        Duration answerWithin,
        Duration firstWait,
        Duration longestWait,
        Duration drain) {
    PushSettings {
        if (source.isBlank() || batch < 1 || batch > 1_000) {
            throw new IllegalArgumentException("source is blank, or batch " + batch + " is not 1 to 1,000");
        }
        if (!every.isPositive() || !answerWithin.isPositive() || !firstWait.isPositive()
                || longestWait.compareTo(firstWait) < 0 || drain.isNegative()) {
            throw new IllegalArgumentException("a length of time is not above zero, or longestWait is below firstWait");
        }
    }

    static PushSettings usual(String source, Duration every, Duration answerWithin) {
        return new PushSettings(source, every, 500, answerWithin, Duration.ofSeconds(1), Duration.ofMinutes(5),
                Duration.ofSeconds(10));
    }

    /** The wait after so many failures in a row, before chance shortens it by up to half. */
    Duration waitAfter(int failures) {
        int doublings = Math.min(Math.max(0, failures - 1), 30);
        long millis = Math.min(longestWait.toMillis(), firstWait.toMillis() << doublings);
        return Duration.ofMillis(millis);
    }
}
