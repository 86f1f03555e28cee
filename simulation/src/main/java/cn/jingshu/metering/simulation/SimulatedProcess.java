package cn.jingshu.metering.simulation;

import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One life of a simulated node: from a start to a stop or a kill. Whatever it sends to its disk or the database crosses
 * its boundary, where others may come first, where it may fail, and where a dead process ends.
 */
public final class SimulatedProcess {
    private final Consumer<SimulatedProcess> others;
    private final Predicate<Fault> faults;
    private boolean alive = true;

    /**
     * @param others takes steps of others at each boundary, and may kill this process
     * @param faults decides whether a fault strikes now
     */
    public SimulatedProcess(Consumer<SimulatedProcess> others, Predicate<Fault> faults) {
        this.others = others;
        this.faults = faults;
    }

    /** A process that only looks: nobody comes first, nothing fails. */
    public static SimulatedProcess observer() {
        return new SimulatedProcess(process -> {}, fault -> false);
    }

    /** Lets others take steps first. */
    public void cross() {
        requireAlive();
        others.accept(this);
        requireAlive();
    }

    /** Whether this fault strikes now. */
    public boolean meets(Fault fault) {
        return faults.test(fault);
    }

    public boolean alive() {
        return alive;
    }

    public void kill() {
        alive = false;
    }

    /** @throws Killed when it is dead */
    public void requireAlive() {
        if (!alive) {
            throw new Killed();
        }
    }
}
