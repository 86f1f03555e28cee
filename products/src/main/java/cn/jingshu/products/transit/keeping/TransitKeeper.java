package cn.jingshu.products.transit.keeping;

import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.load.LoadOutcome;
import cn.jingshu.products.domain.load.ObservedReadings;
import cn.jingshu.products.spi.ProductFault;
import cn.jingshu.products.transit.TransitProduct;
import cn.jingshu.products.transit.TransitSettings;
import cn.jingshu.products.transit.feed.FeedKind;
import cn.jingshu.products.transit.feed.FeedWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's transit product and the data domain together, a step at a time: the timetable the node was given becomes a load of the
 * domain, one that is loaded elsewhere becomes the node's, and how its feeds were read goes to the history of loads. Not for several threads.
 */
public final class TransitKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(TransitKeeper.class);

    /** How often readings are written: an hour is one row, brought up to date. */
    private static final Duration WRITE_EVERY = Duration.ofMinutes(1);

    private static final Duration SWEEP_EVERY = Duration.ofHours(1);

    /** How long hours of readings are kept. */
    private static final Duration KEPT_FOR = Duration.ofDays(35);

    private static final int MOST_LEFT_BEHIND = 200;

    private final TransitProduct product;
    private final TransitSettings settings;
    private final Timetables timetables;
    private final Clock clock;
    private final String node;
    private final Deque<ObservedReadings> leftBehind = new ArrayDeque<>();
    private boolean recorded;
    private boolean refused;
    private boolean failing;
    private boolean overTold;
    private @Nullable String unfit;
    private Instant writtenAt = Instant.MIN;
    private Instant sweptAt = Instant.MIN;

    /** @param node what this node is called in the history of loads */
    public TransitKeeper(TransitProduct product, TransitSettings settings, Timetables timetables, Clock clock, String node) {
        this.product = product;
        this.settings = settings;
        this.timetables = timetables;
        this.clock = clock;
        this.node = node;
    }

    /** Does what is due. A database that is away is told once and tried again with the next step. */
    public void step() {
        try {
            String gtfs = settings.gtfs();
            if (gtfs == null) {
                follow();
            } else if (!recorded) {
                recorded = record(Path.of(gtfs));
            }
            boolean kept = gtfs == null ? product.archive() != null : recorded;
            boolean over = settings.replay() == null && (gtfs != null || product.archive() != null)
                    && product.network().hasRunOut(clock.instant());
            product.judgeTimetable(refused || over || (kept && !timetables.degraded().isEmpty()));
            tellOver(over);
            if (!clock.instant().isBefore(writtenAt.plus(WRITE_EVERY))) {
                write(false);
            }
            sweep();
            if (failing) {
                failing = false;
                LOG.info("what the data domain keeps of public transport is looked after again");
            }
        } catch (DomainException | IOException failure) {
            if (!failing) {
                failing = true;
                LOG.warn("what the data domain keeps of public transport cannot be looked after: {}", failure.toString());
            }
        }
    }

    private void tellOver(boolean over) {
        if (over && !overTold) {
            LOG.warn("the timetable in use has run out: its last service day is over, and what is told from it counts as degraded");
        }
        overTold = over;
    }

    /** The file was read when the node started; here, while calls are answered, it becomes a load. True: that is done. */
    private boolean record(Path file) throws IOException {
        return switch (timetables.load(file, node)) {
            case LoadOutcome.Loaded _ -> {
                LOG.info("the timetable {} is a load of the data domain", file.getFileName());
                yield true;
            }
            case LoadOutcome.AlreadyLoaded _ -> true;
            case LoadOutcome.Refused outcome -> {
                refused = true;
                LOG.warn("the timetable {} answers as degraded, for the data domain has refused it: {}", file.getFileName(), outcome.en());
                yield true;
            }
            case LoadOutcome.Broken _, LoadOutcome.Busy _ -> false; // another node loads it, or the database was lost: next time
        };
    }

    /** Writes how the readings of the feeds were; last: of feeds that are read no more. */
    private void write(boolean last) {
        leftBehind.addAll(product.takeLeftBehind());
        List<FeedWatch> watches = product.watches();
        if (watches.isEmpty() && leftBehind.isEmpty()) {
            return; // the demonstration, or a timetable alone: nothing is asked of the database
        }
        for (FeedKind kind : FeedKind.values()) {
            timetables.history().findDeclared(kind.table()).ifPresent(rules -> watches.forEach(watch -> watch.declare(kind, rules)));
        }
        while (leftBehind.size() > MOST_LEFT_BEHIND) {
            leftBehind.removeFirst();
        }
        List<ObservedReadings> due = new ArrayList<>(leftBehind);
        Map<FeedWatch, List<ObservedReadings>> of = new LinkedHashMap<>();
        for (FeedWatch watch : watches) {
            List<ObservedReadings> windows = last ? watch.lastWindows() : watch.windows();
            of.put(watch, windows);
            due.addAll(windows);
        }
        if (!due.isEmpty()) {
            timetables.history().observe(due, node);
        }
        leftBehind.clear();
        of.forEach(FeedWatch::kept);
        writtenAt = clock.instant();
    }

    private void sweep() {
        Instant now = clock.instant();
        if (!watching() || now.isBefore(sweptAt.plus(SWEEP_EVERY))) {
            return;
        }
        int forgotten = timetables.history().sweepReadings(now.minus(KEPT_FOR));
        sweptAt = now;
        if (forgotten > 0) {
            LOG.info("{} hours of readings of feeds are older than {} days and forgotten", forgotten, KEPT_FOR.toDays());
        }
    }

    private boolean watching() {
        return !product.watches().isEmpty();
    }

    /** Writes what is left when the node stops. */
    public void end() {
        try {
            if (watching() || !leftBehind.isEmpty()) {
                write(true);
            }
        } catch (DomainException away) {
            LOG.warn("the last readings of the feeds are not in the history of loads: {}", away.toString());
        }
    }

    private void follow() throws IOException {
        switch (timetables.held()) {
            case Timetables.Held.Nothing() -> {
                return;
            }
            case Timetables.Held.Withheld() -> {
                if (product.archive() != null || product.synthetic()) {
                    LOG.warn("the timetable is withheld: the grants of transit do not cover it any more");
                    product.adopt(null, null);
                }
            }
            case Timetables.Held.Kept(var kept) -> {
                if (kept.digest().equals(product.archive()) || Objects.equals(kept.digest(), unfit)) {
                    return;
                }
                try {
                    timetables.open(kept).ifPresent(timetable -> {
                        product.adopt(timetable, kept.digest());
                        LOG.info("the timetable {} that was loaded is in use", kept.fileName());
                    });
                } catch (ProductFault fault) {
                    unfit = kept.digest();
                    LOG.warn("the timetable {} that was loaded cannot be used: {}", kept.fileName(), fault.getMessage());
                }
            }
        }
    }
}
