package cn.jingshu.products.transit;

import cn.jingshu.products.domain.load.KeptArchives;
import cn.jingshu.products.domain.load.ObservedReadings;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.ProductFault;
import cn.jingshu.products.spi.Shortfall;
import cn.jingshu.products.transit.feed.FeedHealth;
import cn.jingshu.products.transit.feed.FeedWatch;
import cn.jingshu.products.transit.feed.Intake;
import cn.jingshu.products.transit.feed.IntakeThread;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.keeping.Timetable;
import cn.jingshu.products.transit.keeping.Timetables;
import cn.jingshu.products.transit.predict.ArrivalPredictor;
import cn.jingshu.products.transit.v1.TransitProto;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real-time public transport data (公共交通实时数据): answers from the live world, or for sandbox calls from the
 * demonstration network, which is also the live one when no real data are configured and no timetable was loaded.
 */
public final class TransitProduct implements DataProduct, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransitProduct.class);

    private final TransitSettings settings;
    private final Clock clock;
    private final Running sandbox;
    private volatile Running live;
    private final AtomicBoolean timetableDegraded;
    private final List<ObservedReadings> leftBehind = new ArrayList<>();
    private volatile @Nullable String archive;
    private boolean closed;

    private TransitProduct(
            TransitSettings settings, Clock clock, Running sandbox, @Nullable String archive, AtomicBoolean degraded, @Nullable World live) {
        this.settings = settings;
        this.clock = clock;
        this.live = live == null ? sandbox : Running.start(live);
        this.sandbox = sandbox;
        this.archive = archive;
        this.timetableDegraded = degraded;
    }

    /** A world, and what brings news into it. */
    private static final class Running {
        private final World world;
        private final List<IntakeThread> intakes;

        private Running(World world, List<IntakeThread> intakes) {
            this.world = world;
            this.intakes = intakes;
        }

        World world() {
            return world;
        }

        static Running start(World world) {
            List<IntakeThread> intakes = new ArrayList<>();
            for (Intake intake : world.intakes()) {
                IntakeThread thread = new IntakeThread("transit-" + (world.synthetic() ? "demo" : "live"), intake);
                thread.start();
                intakes.add(thread);
            }
            return new Running(world, List.copyOf(intakes));
        }

        void stop() {
            intakes.forEach(IntakeThread::close);
            world.fleet().stream().close();
        }
    }

    /** The product without a data domain: what the settings name, or the demonstration. As {@link #start(TransitSettings, Clock, Timetables)}. */
    public static TransitProduct start(TransitSettings settings, Clock clock) {
        return start(settings, clock, null);
    }

    /**
     * Opens what the settings name and starts bringing in live data.
     *
     * @param timetables where the timetable is when the settings name none; null: nowhere
     * @throws RuntimeException whose message says in one sentence what is wrong with the settings or the files they name
     */
    public static TransitProduct start(TransitSettings settings, Clock clock, @Nullable Timetables timetables) {
        Timetable timetable = World.timetable(settings);
        boolean real = !World.isDemonstration(settings);
        String digest = null;
        if (timetable == null && timetables != null) {
            Timetables.Held held = timetables.held();
            real |= !(held instanceof Timetables.Held.Nothing);
            if (held instanceof Timetables.Held.Kept(var kept)) {
                timetable = opened(timetables, kept);
                digest = timetable == null ? null : kept.digest();
            }
        }
        Running sandbox = Running.start(World.demo(clock, settings.staleAfter()));
        AtomicBoolean degraded = new AtomicBoolean();
        return new TransitProduct(settings, clock,
                sandbox, digest, degraded, real ? World.open(settings, clock, timetable, new ArrivalPredictor(), degraded::get) : null);
    }

    /** Null: it cannot be read now. A timetable that was loaded once stops no start; whoever keeps the product tries it again. */
    private static @Nullable Timetable opened(Timetables timetables, KeptArchives.Kept kept) {
        try {
            return timetables.open(kept).orElse(null);
        } catch (IOException | ProductFault unreadable) {
            LOG.error("the timetable {} that was loaded cannot be read, so there is none for now: {}", kept.fileName(), unreadable.toString());
            return null;
        }
    }

    /** SHA-256 of the kept archive the live network was made from; null: it comes from the settings, or there is none. */
    public @Nullable String archive() {
        return archive;
    }

    /**
     * Goes on with another timetable that was loaded: vehicles come back with their feed's next message, what was learned of running times
     * is kept, and open streams end, so that their callers begin anew. Nothing happens while the settings name a timetable of their own.
     *
     * @param timetable null: there is none the product may use any more
     * @param digest of its archive; null likewise
     */
    public synchronized void adopt(@Nullable Timetable timetable, @Nullable String digest) {
        if (closed || settings.gtfs() != null) {
            return;
        }
        Running before = live;
        if (before != sandbox) {
            before.stop();
            before.world().standing().watches().forEach(watch -> leftBehind.addAll(watch.lastWindows()));
        }
        live = Running.start(World.open(settings, clock, timetable, before == sandbox ? new ArrivalPredictor() : before.world().predictor(),
                timetableDegraded::get));
        archive = digest;
    }

    /** What watches the feeds of the live world. */
    public List<FeedWatch> watches() {
        return live.world().standing().watches();
    }

    /** Hours of readings of feeds that were given up with their timetable; each is given once. */
    public synchronized List<ObservedReadings> takeLeftBehind() {
        List<ObservedReadings> taken = List.copyOf(leftBehind);
        leftBehind.clear();
        return taken;
    }

    /** Says whether the load of the timetable in use is below its threshold; of a replay it does not matter, its day is another one. */
    public void judgeTimetable(boolean degraded) {
        timetableDegraded.set(degraded && settings.replay() == null);
    }

    @Override
    public List<Shortfall> shortfalls() {
        return live.world().standing().shortfalls();
    }

    @Override
    public ServiceDescriptor contract() {
        return TransitProto.getDescriptor().findServiceByName("TransitService");
    }

    @Override
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        operations.addAll(new NetworkOperations(this::world).operations());
        operations.addAll(new VehicleOperations(this::world).operations());
        operations.addAll(new ArrivalOperations(this::world).operations());
        operations.addAll(new AlertOperations(this::world).operations());
        operations.addAll(new FeedOperations(this::world).operations());
        return operations;
    }

    /** How the intake of live data is doing. */
    public FeedHealth health() {
        return live.world().counts().health();
    }

    /** What is planned in the network whose live vehicles are answered: what a map draws beneath them. */
    public Network network() {
        return live.world().network();
    }

    /** True: the live vehicles are made up. */
    public boolean synthetic() {
        return live.world().synthetic();
    }

    private World world(CallFacts facts) {
        return (facts.sandbox() ? sandbox : live).world();
    }

    /** Ends the intakes and every open stream. */
    @Override
    public synchronized void close() {
        closed = true;
        live.stop();
        if (live != sandbox) {
            sandbox.stop();
        }
    }
}
