package cn.jingshu.products.transit;

import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.transit.feed.FeedHealth;
import cn.jingshu.products.transit.feed.Intake;
import cn.jingshu.products.transit.feed.IntakeThread;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.v1.TransitProto;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Real-time public transport data (公共交通实时数据): answers from the live world, or for sandbox calls from the
 * demonstration network, which is also the live one when no real data are configured.
 */
public final class TransitProduct implements DataProduct, AutoCloseable {
    private final World live;
    private final World sandbox;
    private final List<IntakeThread> intakes;

    private TransitProduct(World live, World sandbox, List<IntakeThread> intakes) {
        this.live = live;
        this.sandbox = sandbox;
        this.intakes = List.copyOf(intakes);
    }

    /**
     * Opens what the settings name and starts bringing in live data.
     *
     * @throws RuntimeException whose message says in one sentence what is wrong with the settings or the files they name
     */
    public static TransitProduct start(TransitSettings settings, Clock clock) {
        World live = World.open(settings, clock);
        World sandbox = live.synthetic() ? live : World.demo(clock, settings.staleAfter());
        List<IntakeThread> intakes = new ArrayList<>();
        for (World world : live.synthetic() ? List.of(live) : List.of(live, sandbox)) {
            for (Intake intake : world.intakes()) {
                IntakeThread thread = new IntakeThread("transit-" + (world.synthetic() ? "demo" : "live"), intake);
                thread.start();
                intakes.add(thread);
            }
        }
        return new TransitProduct(live, sandbox, intakes);
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
        operations.addAll(new FeedOperations(this::world).operations());
        return operations;
    }

    /** How the intake of live data is doing. */
    public FeedHealth health() {
        return live.counts().health();
    }

    /** What is planned in the network whose live vehicles are answered: what a map draws beneath them. */
    public Network network() {
        return live.network();
    }

    /** True: the live vehicles are made up. */
    public boolean synthetic() {
        return live.synthetic();
    }

    private World world(CallFacts facts) {
        return facts.sandbox() ? sandbox : live;
    }

    /** Ends the intakes and every open stream. */
    @Override
    public void close() {
        intakes.forEach(IntakeThread::close);
        live.fleet().stream().close();
        sandbox.fleet().stream().close();
    }
}
