package cn.jingshu.marketplace.drift;

import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.drift.DriftBook.Reference;
import cn.jingshu.marketplace.drift.InputDrift.Origin;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Rounds;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.Contracts.Watched;
import cn.jingshu.products.spi.WatchedModel.Count;
import cn.jingshu.products.spi.WatchedModel.Input;
import cn.jingshu.products.statistics.PopulationStability;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how far what models are asked about has moved from what they were trained on. Each node stores what its products counted, every minute; every hour
 * one node, whichever takes the hour first, reckons the population stability index of each input of each model over the last {@link #WINDOW_DAYS} days. From
 * {@link PopulationStability#LARGE} on operator and merchant are told, once for a model and month. What a node counted in its last minute goes with it when it
 * is killed: this is a statistic, not the meter.
 *
 * <p>The window, the fewest cases and the first cases are the house's own; the limit of the index is the usual one (Siddiqi 2006).
 */
public final class DriftWatch implements AutoCloseable {
    /** Days that are compared, in Asia/Shanghai. */
    public static final int WINDOW_DAYS = 30;

    /** Fewer cases in the window show no drift, and could show a person. */
    public static final long FEWEST_CASES = 100;

    /** How many cases a model without known training data is compared with. */
    public static final long FIRST_CASES = 500;

    /** How long counts and indices are kept: a year and a month, so that a season can be seen twice. */
    static final int KEPT_DAYS = 400;

    private static final Logger LOG = LoggerFactory.getLogger(DriftWatch.class);
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final Duration EVERY = Duration.ofHours(1);

    private final Database database;
    private final DriftBook book;
    private final Contracts contracts;
    private final Notifications notifications;
    private final String node;
    private final Clock clock;
    private final Rounds rounds;

    /** Models of the round before, so that what was counted by a product that is served no more is stored too. */
    private List<Watched> before = List.of();

    /** What failed in the last round, by model. */
    private final Set<String> failing = new HashSet<>();

    private @Nullable Instant seen;
    private volatile Consumer<List<InputDrift>> told = _ -> {};

    /** @param storedEvery how often counts are stored, and it is looked whether the hour is over */
    DriftWatch(Database database, DriftBook book, Contracts contracts, Notifications notifications, String node, Clock clock, Duration storedEvery) {
        this.database = database;
        this.book = book;
        this.contracts = contracts;
        this.notifications = notifications;
        this.node = node;
        this.clock = clock;
        this.rounds = new Rounds("drift-watch", storedEvery, storedEvery, this::round);
    }

    /** Begins; to be called once. */
    public void start() {
        rounds.start();
    }

    /** Who is told, on the thread of the watch, what any node has reckoned. */
    public void whenReckoned(Consumer<List<InputDrift>> consumer) {
        told = consumer;
    }

    /** Stores what was counted, reckons if the hour is this node's, and tells what is known; whether it reckoned. */
    synchronized boolean round() {
        store();
        boolean mine = book.takeTheHour(clock.instant(), EVERY, node);
        if (mine) {
            reckon();
        }
        Instant lookedAt = book.lookedAt();
        if (!lookedAt.equals(seen)) {
            told.accept(book.listNewest(today().minusDays(WINDOW_DAYS)));
            seen = lookedAt;
        }
        return mine;
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZONE);
    }

    /** Stores what the products of this node have counted since the last time. */
    synchronized void store() {
        List<Watched> now = contracts.watchedModels();
        Set<Watched> all = new LinkedHashSet<>(now);
        all.addAll(before);
        before = now;
        each("stored", all, this::store);
    }

    private void store(Watched watched) {
        List<Count> counts = watched.model().take();
        if (!counts.isEmpty()) {
            try {
                book.add(watched, counts, today());
            } catch (RuntimeException failed) {
                counts.forEach(watched.model()::add); // the next round stores them
                throw failed;
            }
        }
    }

    /** Does something for each model. Where it fails for one it goes on with the others, and says so once until it is done again. */
    private void each(String done, Collection<Watched> models, Consumer<Watched> work) {
        for (Watched watched : models) {
            String what = watched.product() + " " + watched.model().id() + " is not " + done;
            try {
                work.accept(watched);
                failing.remove(what);
            } catch (RuntimeException failed) {
                if (failed instanceof DatabaseException said && !said.isRefusal()) {
                    throw failed;
                }
                if (failing.add(what)) {
                    LOG.error("drift: {}, the other models are", what, failed);
                }
            }
        }
    }

    /** Reckons every model that is served, and tells of those that have moved far. */
    synchronized void reckon() {
        each("reckoned", contracts.watchedModels(), watched -> database.inTransaction(t -> {
            reckon(t, watched);
            return true;
        }));
        int gone = book.forget(today().minusDays(KEPT_DAYS));
        LOG.debug("{} counts and indices of drift were older than {} days", gone, KEPT_DAYS);
    }

    private void reckon(Transaction t, Watched watched) throws SQLException {
        LocalDate today = today();
        Map<String, Reference> references = DriftBook.references(t, watched);
        double worst = 0;
        for (Input input : watched.model().inputs()) {
            Reference reference = reference(t, watched, input, references.get(input.name()));
            if (reference == null) {
                continue;
            }
            LocalDate after = today.minusDays(WINDOW_DAYS);
            if (reference.until() != null && reference.until().isAfter(after)) {
                after = reference.until(); // the first cases are not compared with themselves
            }
            long[] counts = DriftBook.counts(t, watched, input, after, today);
            long cases = Arrays.stream(counts).sum();
            if (cases >= FEWEST_CASES) {
                double index = PopulationStability.index(reference.shares(), counts);
                DriftBook.setDrift(t, watched, input.name(), today, cases, index, clock.instant());
                worst = Math.max(worst, index);
            }
        }
        if (worst >= PopulationStability.LARGE) {
            tell(t, watched);
        }
    }

    /** What an input is compared with, stored where it was not yet; null: nothing so far. */
    private @Nullable Reference reference(Transaction t, Watched watched, Input input, @Nullable Reference known) throws SQLException {
        if (!input.shares().isEmpty()) {
            Reference training = new Reference(input.bins(), input.shares(), Origin.TRAINING, null);
            if (!training.equals(known)) {
                DriftBook.addReference(t, watched, input, training, watched.model().trainedOn(), clock.instant());
            }
            return training;
        }
        if (known != null && known.bins().equals(input.bins())) {
            return known;
        }
        LocalDate today = today();
        long[] counts = DriftBook.counts(t, watched, input, today.minusDays(KEPT_DAYS), today);
        long cases = Arrays.stream(counts).sum();
        if (cases < FIRST_CASES) {
            return null;
        }
        List<Double> shares = new ArrayList<>();
        Arrays.stream(counts).forEach(each -> shares.add(each / (double) cases));
        Reference first = new Reference(input.bins(), shares, Origin.FIRST_CASES, today);
        DriftBook.addReference(t, watched, input, first, cases, clock.instant());
        return first;
    }

    private void tell(Transaction t, Watched watched) throws SQLException {
        String model = watched.model().id();
        notifications.tellOfProduct(t, watched.product(), Notifications.Kind.MODEL_DRIFT, watched.product() + " " + model, YearMonth.from(today()).toString());
    }

    /** The largest index of each model of a list, in its order; a model without any is left out. */
    public static List<InputDrift> worst(List<InputDrift> all) {
        List<InputDrift> worst = new ArrayList<>();
        for (InputDrift each : all) {
            InputDrift last = worst.isEmpty() ? null : worst.getLast();
            boolean first = last == null || !last.product().equals(each.product()) || !last.model().equals(each.model());
            if (first && each.day() != null) {
                worst.add(each); // within a model what moved most comes first
            }
        }
        return worst;
    }

    /** Stores what was counted and looks no more. */
    @Override
    public void close() {
        rounds.close();
        try {
            store();
        } catch (DatabaseException away) {
            LOG.warn("what models were asked about in the last minute is not counted: {}", away.toString());
        }
    }
}
