package cn.jingshu.products.transit;

import cn.jingshu.products.transit.demo.DemoIntake;
import cn.jingshu.products.transit.feed.AvlTrace;
import cn.jingshu.products.transit.feed.FeedCounts;
import cn.jingshu.products.transit.feed.FeedIntake;
import cn.jingshu.products.transit.feed.FeedSource;
import cn.jingshu.products.transit.feed.FeedWatch;
import cn.jingshu.products.transit.feed.FileFeed;
import cn.jingshu.products.transit.feed.HttpFeed;
import cn.jingshu.products.transit.feed.Intake;
import cn.jingshu.products.transit.feed.ReplayClock;
import cn.jingshu.products.transit.feed.ReplayIntake;
import cn.jingshu.products.transit.fleet.ArrivalBoard;
import cn.jingshu.products.transit.fleet.Fleet;
import cn.jingshu.products.transit.gtfs.GtfsImport;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.keeping.Timetable;
import cn.jingshu.products.transit.predict.ArrivalPredictor;
import cn.jingshu.products.transit.predict.TripTracker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One network with what moves on it: a real one, a replayed one or the demonstration. What stands behind it makes no
 * difference to the operations.
 *
 * @param clock the world's time; of a replay, the trace's
 * @param source where the data come from, in words
 * @param synthetic true: made up
 * @param standing whether what it rests on is good enough
 * @param intakes bring in live data, each on its own; empty: there is only a timetable
 */
record World(
        Network network,
        Fleet fleet,
        ArrivalPredictor predictor,
        ArrivalBoard board,
        FeedCounts counts,
        Clock clock,
        String source,
        boolean synthetic,
        Standing standing,
        List<Intake> intakes) {

    /** Whether with these settings, and nothing in the data domain, there is the demonstration alone. */
    static boolean isDemonstration(TransitSettings settings) {
        return settings.gtfs() == null && settings.feed().isEmpty() && settings.replay() == null;
    }

    /** The timetable the settings name; null: they name none. */
    static @Nullable Timetable timetable(TransitSettings settings) {
        return settings.gtfs() == null ? null : new Timetable(GtfsImport.read(Path.of(settings.gtfs())), fileName(settings.gtfs()));
    }

    /**
     * The world the settings describe; a sentence says what is wrong with them.
     *
     * @param timetable what is planned; null: nothing is known of it
     * @param predictor what was learned before, about running times by stops and routes
     * @param degraded whether the timetable's load is below its threshold
     */
    static World open(TransitSettings settings, Clock clock, @Nullable Timetable timetable, ArrivalPredictor predictor, BooleanSupplier degraded) {
        Network network = timetable == null ? Network.unknown() : timetable.network();
        String plan = timetable == null ? "no timetable" : "GTFS " + timetable.name();
        if (settings.replay() != null) {
            AvlTrace trace = AvlTrace.read(Path.of(settings.replay()), network.isUnknown() ? ZoneId.of("Asia/Shanghai") : network.zone());
            Instant start = trace.observations().getFirst().observedAt();
            ReplayClock replayed = new ReplayClock(clock, start, settings.replaySpeed());
            World world = of(
                    network, predictor, replayed, settings.staleAfter(), plan + ", replay of " + fileName(settings.replay()), false);
            return world.with(Standing.GOOD, List.of(new ReplayIntake(trace, replayed, world.counts, world.fleet.source())));
        }
        List<FeedSource> feeds = settings.feed().stream().map(World::feed).toList();
        String source = feeds.stream().map(feed -> ", feed " + feed.name()).collect(Collectors.joining("", plan, ""));
        World world = of(network, predictor, clock, settings.staleAfter(), source, false);
        List<FeedWatch> watches = new ArrayList<>();
        List<Intake> intakes = new ArrayList<>();
        for (FeedSource feed : feeds) {
            FeedWatch watch = new FeedWatch("interface " + feed.origin() + " #" + (watches.size() + 1) + " (GTFS-Realtime)", network,
                    settings.staleAfter(), clock);
            watches.add(watch);
            intakes.add(new FeedIntake(feed, settings.pollInterval(), world.counts, world.fleet.source(), watch));
        }
        return world.with(new Standing(watches, degraded), intakes);
    }

    /** The demonstration network, already moving. */
    static World demo(Clock clock, Duration staleAfter) {
        DemoIntake intake = new DemoIntake(clock);
        World world = of(intake.network(), new ArrivalPredictor(), clock, staleAfter, DemoIntake.SOURCE, true);
        intake.begin(world.counts, world.fleet.source());
        return world.with(Standing.GOOD, List.of(intake));
    }

    private static World of(Network network, ArrivalPredictor predictor, Clock clock, Duration staleAfter, String source, boolean synthetic) {
        FeedCounts counts = new FeedCounts(clock);
        Fleet fleet = new Fleet(network, new TripTracker(network, predictor), counts, clock, staleAfter);
        ArrivalBoard board = new ArrivalBoard(network, fleet, predictor);
        return new World(network, fleet, predictor, board, counts, clock, source, synthetic, Standing.GOOD, List.of());
    }

    private World with(Standing newStanding, List<Intake> newIntakes) {
        return new World(network, fleet, predictor, board, counts, clock, source, synthetic, newStanding, newIntakes);
    }

    /** The world's present, to the millisecond. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static FeedSource feed(String place) {
        String scheme = place.toLowerCase(Locale.ROOT);
        return scheme.startsWith("http://") || scheme.startsWith("https://")
                ? new HttpFeed(URI.create(place))
                : new FileFeed(Path.of(place));
    }

    private static String fileName(String path) {
        return String.valueOf(Path.of(path).getFileName());
    }
}
