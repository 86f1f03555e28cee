package cn.jingshu.products.transit.feed;

import cn.jingshu.products.domain.load.ObservedReadings;
import cn.jingshu.products.domain.load.RejectReason;
import cn.jingshu.products.domain.quality.QualityRule;
import cn.jingshu.products.domain.quality.QualityRules;
import cn.jingshu.products.domain.quality.QualityScore;
import cn.jingshu.products.domain.quality.RowChecks;
import cn.jingshu.products.transit.gtfs.Network;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Watches one feed for the data domain: every reading is counted, with what was rejected and what the quality rules found, in memory. What
 * leaves is one record an hour and kind ({@link #windows}), and whether the last five minutes were good enough ({@link #degraded}).
 * Written by the feed's intake, read from any thread.
 */
public final class FeedWatch {
    /** How far back readings count for what is told now. */
    static final Duration STANDING = Duration.ofMinutes(5);

    /** Hours of each kind kept in memory while the database cannot take them; the oldest go first. */
    private static final int MOST_WAITING = 48;

    private final String source;
    private final Network network;
    private final Duration staleAfter;
    private final Clock clock;
    private final Map<FeedKind, Watched> kinds = new EnumMap<>(FeedKind.class);
    private final Map<FeedKind, QualityRules> declared = new EnumMap<>(FeedKind.class);
    private final Deque<ObservedReadings> ended = new ArrayDeque<>();
    private final UUID run = UUID.randomUUID();
    private volatile Set<FeedKind> bad = Set.of();

    /**
     * @param source what the feed is called in the history of loads; without secrets
     * @param network what trips and routes are held against; unknown: they are not
     * @param staleAfter age from which a position is stale
     */
    public FeedWatch(String source, Network network, Duration staleAfter, Clock clock) {
        this.source = source;
        this.network = network;
        this.staleAfter = staleAfter;
        this.clock = clock;
    }

    /** One kind of what the feed tells. */
    private static final class Watched {
        private final Deque<Minute> minutes = new ArrayDeque<>();
        private Instant hour;
        private UUID id = UUID.randomUUID();
        private FeedTally tally = new FeedTally();
        private QualityRules rules;
        private @Nullable String digest;
        private @Nullable Instant headerAt;
        private @Nullable Instant newest;
        private @Nullable Instant changedAt;
        private @Nullable String failure;
        private boolean touched;
        private boolean degraded;

        Watched(Instant hour, QualityRules rules) {
            this.hour = hour;
            this.rules = rules;
        }
    }

    private record Minute(Instant start, FeedTally tally) {}

    /** The feed answered with a message that was read and taken. */
    synchronized void read(byte[] bytes, FeedContent content, Taken taken) {
        Instant now = clock.instant();
        String digest = sha256(bytes);
        boolean any = false;
        for (FeedKind kind : FeedKind.values()) {
            if (entitiesOf(kind, content) > 0 || kinds.containsKey(kind)) {
                any = true;
                read(kind, content, taken, digest, bytes.length, now);
            }
        }
        if (!any) {
            read(FeedKind.VEHICLE, content, taken, digest, bytes.length, now);
        }
    }

    private void read(FeedKind kind, FeedContent content, Taken taken, String digest, int size, Instant now) {
        Watched watched = watched(kind, now);
        FeedTally reading = new FeedTally();
        boolean news = !digest.equals(watched.digest);
        reading.reading(news, false);
        watched.digest = digest;
        watched.headerAt = content.timestamp();
        watched.failure = null;
        if (news) {
            watched.changedAt = now;
            switch (kind) {
                case VEHICLE -> vehicles(reading, watched, content, taken, size);
                case TRIP_UPDATE -> updates(reading, watched, content, taken, size);
                case ALERT -> alerts(reading, watched, content, size);
            }
        }
        finish(watched, reading, false, now);
    }

    /** The feed said that it is still what it was. */
    synchronized void unchanged() {
        Instant now = clock.instant();
        for (FeedKind kind : kindsSeen()) {
            Watched watched = watched(kind, now);
            FeedTally reading = new FeedTally();
            reading.reading(false, false);
            watched.failure = null;
            finish(watched, reading, false, now);
        }
    }

    /** The feed could not be read, for the reason given in one sentence. */
    synchronized void failed(String sentence) {
        Instant now = clock.instant();
        for (FeedKind kind : kindsSeen()) {
            Watched watched = watched(kind, now);
            FeedTally reading = new FeedTally();
            reading.reading(false, true);
            watched.failure = sentence;
            finish(watched, reading, true, now);
        }
    }

    /** What a feed is taken for that never said anything: positions. */
    private List<FeedKind> kindsSeen() {
        return kinds.isEmpty() ? List.of(FeedKind.VEHICLE) : List.copyOf(kinds.keySet());
    }

    private Watched watched(FeedKind kind, Instant now) {
        Instant hour = now.truncatedTo(ChronoUnit.HOURS);
        Watched watched = kinds.computeIfAbsent(kind, _ -> new Watched(hour, rulesOf(kind)));
        if (!watched.hour.equals(hour)) {
            end(kind, watched);
            watched.hour = hour;
            watched.id = UUID.randomUUID();
            watched.tally = new FeedTally();
            watched.rules = rulesOf(kind);
        }
        return watched;
    }

    private QualityRules rulesOf(FeedKind kind) {
        QualityRules known = declared.get(kind);
        return known == null ? kind.usualRules(staleAfter) : known;
    }

    /** The rules somebody declared for a kind; they hold from its next hour on. */
    public synchronized void declare(FeedKind kind, QualityRules rules) {
        declared.put(kind, rules);
    }

    private void end(FeedKind kind, Watched watched) {
        if (watched.tally.readings() > 0) {
            List<ObservedReadings> waiting = ended.stream().filter(each -> each.table().equals(kind.table())).toList();
            if (waiting.size() >= MOST_WAITING) {
                ended.remove(waiting.getFirst());
            }
            ended.addLast(window(kind, watched, true));
        }
    }

    /** What looks at a reading as a whole, and the sums. */
    private void finish(Watched watched, FeedTally reading, boolean failure, Instant now) {
        for (QualityRule rule : watched.rules.rules()) {
            switch (rule) {
                case QualityRule.Recent(var _, var atMost) -> late(reading, rule, watched.newest, atMost, now);
                case QualityRule.OnSchedule schedule -> {
                    Duration atMost = watched.rules.soonEnough(schedule);
                    if (atMost != null) {
                        late(reading, rule, watched.changedAt, atMost, now);
                    }
                }
                case QualityRule.LoadsSucceed _ -> reading.found(rule, 1, failure ? 1 : 0);
                case QualityRule.Accepted _, QualityRule.Matches _, QualityRule.Filled _, QualityRule.Between _, QualityRule.Identifies _,
                        QualityRule.Unique _, QualityRule.Refers _, QualityRule.Agrees _, QualityRule.InOrder _ -> {
                    // looks at records: done, or cannot be measured in a feed
                }
            }
        }
        watched.tally.add(reading);
        Instant minute = now.truncatedTo(ChronoUnit.MINUTES);
        Minute last = watched.minutes.peekLast();
        if (last == null || !last.start.equals(minute)) {
            last = new Minute(minute, new FeedTally());
            watched.minutes.addLast(last);
        }
        last.tally.add(reading);
        Instant oldest = now.minus(STANDING);
        while (watched.minutes.getFirst().start.isBefore(oldest)) {
            watched.minutes.removeFirst();
        }
        FeedTally standing = new FeedTally();
        watched.minutes.forEach(each -> standing.add(each.tally));
        watched.degraded = standing.score(watched.rules).isDegraded(watched.rules);
        watched.touched = true;
        bad = kinds.entrySet().stream().filter(each -> each.getValue().degraded).map(Map.Entry::getKey).collect(Collectors.toUnmodifiableSet());
    }

    private static void late(FeedTally reading, QualityRule rule, @Nullable Instant since, Duration atMost, Instant now) {
        if (since != null) {
            reading.found(rule, 1, Duration.between(since, now).compareTo(atMost) > 0 ? 1 : 0);
        }
    }

    private static int entitiesOf(FeedKind kind, FeedContent content) {
        FeedContent.LeftOut out = content.leftOut();
        return switch (kind) {
            case VEHICLE -> content.observations().size() + content.untimed() + out.placeless();
            case TRIP_UPDATE -> content.forecasts().size() + out.nameless();
            case ALERT -> content.alerts().size() + out.untold();
        };
    }

    private void vehicles(FeedTally reading, Watched watched, FeedContent content, Taken taken, int size) {
        reading.rows(entitiesOf(FeedKind.VEHICLE, content), size);
        reading.reject(RejectReason.UNTIMED, content.untimed());
        reading.reject(RejectReason.IMPOSSIBLE_PLACE, content.leftOut().placeless() + (long) taken.elsewhere());
        reading.reject(RejectReason.IN_THE_FUTURE, taken.future());
        reading.reject(RejectReason.OLDER_THAN_KNOWN, taken.older());
        reading.reject(RejectReason.OVER_CAPACITY, taken.vehiclesOverCapacity());
        List<Map<String, String>> rows = new ArrayList<>();
        for (Observation each : content.observations()) {
            watched.newest = later(watched.newest, each.observedAt());
            Map<String, String> row = new HashMap<>();
            put(row, "vehicle_id", each.vehicleId());
            put(row, "route_id", each.routeId());
            put(row, "trip_id", each.tripId());
            put(row, "latitude", each.position().latitude());
            put(row, "longitude", each.position().longitude());
            put(row, "bearing", each.bearing());
            put(row, "speed", each.speed());
            put(row, "observed_at", each.observedAt());
            rows.add(row);
        }
        check(reading, watched.rules, FeedKind.VEHICLE, rows);
    }

    private void updates(FeedTally reading, Watched watched, FeedContent content, Taken taken, int size) {
        reading.rows(entitiesOf(FeedKind.TRIP_UPDATE, content), size);
        reading.reject(RejectReason.NO_TRIP, content.leftOut().nameless());
        reading.reject(RejectReason.UNKNOWN_TRIP, taken.unknownTrips());
        reading.reject(RejectReason.OVER_CAPACITY, taken.forecastsOverCapacity());
        List<Map<String, String>> rows = new ArrayList<>();
        for (TripForecast each : content.forecasts()) {
            if (each.madeAt() != null) {
                watched.newest = later(watched.newest, each.madeAt());
            }
            Map<String, String> row = new HashMap<>();
            put(row, "trip_id", each.tripId());
            put(row, "route_id", each.routeId());
            put(row, "start_date", each.startDate());
            put(row, "made_at", each.madeAt());
            put(row, "stops", each.stops().size());
            rows.add(row);
        }
        check(reading, watched.rules, FeedKind.TRIP_UPDATE, rows);
    }

    private void alerts(FeedTally reading, Watched watched, FeedContent content, int size) {
        reading.rows(entitiesOf(FeedKind.ALERT, content), size);
        reading.reject(RejectReason.NO_TEXT, content.leftOut().untold());
        if (content.timestamp() != null) {
            watched.newest = later(watched.newest, content.timestamp());
        }
        List<Map<String, String>> rows = new ArrayList<>();
        for (ServiceAlert each : content.alerts()) {
            Map<String, String> row = new HashMap<>();
            put(row, "alert_id", each.id());
            put(row, "cause", each.cause());
            put(row, "effect", each.effect());
            put(row, "header", ServiceAlert.in("zh", each.header()));
            if (!each.periods().isEmpty()) {
                put(row, "active_from", each.periods().getFirst().start());
                put(row, "active_until", each.periods().getFirst().end());
            }
            put(row, "informed", each.informed().isEmpty() ? null : each.informed().size());
            rows.add(row);
        }
        check(reading, watched.rules, FeedKind.ALERT, rows);
    }

    private static void put(Map<String, String> row, String column, @Nullable Object value) {
        if (value != null && !value.toString().isEmpty()) {
            row.put(column, value.toString());
        }
    }

    private static Instant later(@Nullable Instant known, Instant told) {
        return known != null && known.isAfter(told) ? known : told;
    }

    private void check(FeedTally reading, QualityRules rules, FeedKind kind, List<Map<String, String>> rows) {
        RowChecks checks = new RowChecks(rules);
        rows.forEach(checks::accepted);
        for (QualityScore.Result each : checks.results()) {
            if (each.rule() instanceof QualityRule.Accepted) {
                reading.found(each.rule(), reading.rowsIn(), reading.rejected());
            } else {
                reading.found(each.rule(), each.checked(), each.failed());
            }
        }
        for (QualityRule rule : rules.rules()) {
            switch (rule) {
                case QualityRule.Unique(var columns) -> {
                    Set<List<String>> keys = new HashSet<>();
                    rows.forEach(row -> keys.add(columns.stream().map(column -> row.getOrDefault(column, "")).toList()));
                    reading.found(rule, rows.size(), rows.size() - (long) keys.size());
                }
                case QualityRule.Refers(var column, var table, var other) ->
                    known(table, other).ifPresent(knows -> {
                        long checked = rows.stream().filter(row -> row.containsKey(column)).count();
                        reading.found(rule, checked, rows.stream().filter(row -> row.containsKey(column))
                                .filter(row -> !knows.test(row.getOrDefault(column, ""))).count());
                    });
                case QualityRule.InOrder(var first, var second) -> {
                    List<Map<String, String>> both = rows.stream().filter(row -> row.containsKey(first) && row.containsKey(second)).toList();
                    reading.found(rule, both.size(), both.stream().filter(row -> after(kind, first, row.getOrDefault(first, ""), row.getOrDefault(second, ""))).count());
                }
                case QualityRule.Accepted _, QualityRule.Matches _, QualityRule.Filled _, QualityRule.Between _, QualityRule.Identifies _,
                        QualityRule.Agrees _, QualityRule.Recent _, QualityRule.OnSchedule _, QualityRule.LoadsSucceed _ -> {
                    // looks at one record, or at the reading as a whole
                }
            }
        }
    }

    /** Whether a table of the timetable has a key; empty: nothing is known of that table. */
    private Optional<Predicate<String>> known(String table, String column) {
        if (network.isUnknown()) {
            return Optional.empty();
        }
        return switch (table + "." + column) {
            case "gtfs_trip.trip_id" -> Optional.of(id -> network.findTrip(id).isPresent());
            case "gtfs_route.route_id" -> Optional.of(id -> network.findRoute(id).isPresent());
            case "gtfs_stop.stop_id" -> Optional.of(id -> network.findStop(id).isPresent());
            default -> Optional.empty();
        };
    }

    private static boolean after(FeedKind kind, String column, String first, String second) {
        return switch (kind.table().column(column).type()) {
            case TIMESTAMP -> Instant.parse(first).isAfter(Instant.parse(second));
            case INTEGER, DECIMAL -> new java.math.BigDecimal(first).compareTo(new java.math.BigDecimal(second)) > 0;
            case TEXT, BOOLEAN, DATE -> first.compareTo(second) > 0;
        };
    }

    /** Whether what the feed told of a kind in the last five minutes is below its threshold. */
    public boolean degraded(FeedKind kind) {
        return bad.contains(kind);
    }

    /** The hours that ended and the one that runs, kind by kind, as far as something happened since they were asked for. */
    public synchronized List<ObservedReadings> windows() {
        List<ObservedReadings> windows = new ArrayList<>(ended);
        new TreeMap<>(kinds).forEach((kind, watched) -> {
            if (watched.touched && watched.tally.readings() > 0) {
                windows.add(window(kind, watched, false));
            }
        });
        return windows;
    }

    /** As {@link #windows}, of a feed that is read no more: the hour that runs is over. */
    public synchronized List<ObservedReadings> lastWindows() {
        kinds.forEach((kind, watched) -> end(kind, watched));
        kinds.clear();
        return List.copyOf(ended);
    }

    /** These are kept now. What was read while they were written, be it the last of an hour, waits for the next time. */
    public synchronized void kept(List<ObservedReadings> windows) {
        ended.removeAll(windows);
        for (Watched watched : kinds.values()) {
            // Every reading raises the count, so that the same count is the same hour as it stands.
            watched.touched &= windows.stream().noneMatch(each -> each.id().equals(watched.id) && each.readings() == watched.tally.readings());
        }
    }

    private ObservedReadings window(FeedKind kind, Watched watched, boolean over) {
        FeedTally tally = watched.tally;
        Instant now = clock.instant();
        return new ObservedReadings(watched.id, run, kind.table(), source, watched.digest, over, watched.hour, now, tally.readings(),
                tally.changed(), tally.failed(), tally.rowsIn(), tally.rejects(), tally.bytes(), watched.headerAt,
                tally.failed() == tally.readings() ? watched.failure : null, tally.score(watched.rules), watched.degraded);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
