package cn.jingshu.metering.simulation;

import cn.jingshu.metering.journal.JournalBrokenException;
import cn.jingshu.metering.journal.JournalCorruptException;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.SteppedJournal;
import cn.jingshu.metering.quota.SteppedQuotas;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One simulated node: its disk, and while it is up its process with journal, shipper and quotas. */
final class Node {
    /** Calls the product works on. */
    final List<Simulation.Call> running = new ArrayList<>();
    /** Calls whose answer waits for the rest of its units. */
    final List<Simulation.Call> taking = new ArrayList<>();
    /** Calls whose event may be recorded or not: the next start tells. */
    final List<Simulation.Call> unresolved = new ArrayList<>();
    /** Events of answered calls that PostgreSQL does not hold yet. */
    final Set<UUID> unstored = new HashSet<>();

    final Durability durability;
    private final int number;
    private final Simulation simulation;
    private final SimulatedDisk disk;
    private final JournalOnDisk onDisk;

    private @Nullable Run run;
    private boolean busy;
    private boolean writing;
    private boolean shipping;
    private boolean looked;

    private record Run(SimulatedProcess process, SteppedJournal journal, SteppedQuotas quotas, SteppedQuotas budgets) {}

    Node(int number, Simulation simulation) {
        this.number = number;
        this.simulation = simulation;
        this.durability = number == 0 ? Durability.PROCESS : Durability.DISK;
        this.disk = new SimulatedDisk(simulation.random(), simulation.diskLie());
        this.onDisk = new JournalOnDisk(disk);
        disk.install("node-id", "node-" + number + "\n");
    }

    /** Whether there is a process. */
    boolean up() {
        return run != null;
    }

    /** Whether there is a process that takes calls, and not one that is just starting or stopping. */
    boolean serves() {
        return run != null && !busy;
    }

    /** Whether it is just starting or stopping. */
    boolean busy() {
        return busy;
    }

    private Run run() {
        Run known = run;
        if (known == null) {
            throw new IllegalStateException("node " + number + " is down");
        }
        return known;
    }

    SimulatedProcess process() {
        return run().process();
    }

    SteppedJournal journal() {
        return run().journal();
    }

    SteppedQuotas quotas() {
        return run().quotas();
    }

    SteppedQuotas budgets() {
        return run().budgets();
    }

    /** Whether its journal gave up: what its calls are worth, its next start tells. */
    boolean journalGaveUp() {
        return run().journal().stats().fault().isPresent();
    }

    String nodeId() {
        return "node-" + number;
    }

    private void dieAt(SimulatedProcess process) {
        if (process.alive()) {
            process.kill();
            simulation.killNow(this);
        }
    }

    /** Starts it. @throws IOException if the disk refuses; then it is down as before */
    void start() throws IOException {
        busy = true;
        SimulatedProcess process = simulation.newProcess(this::dieAt);
        try {
            Path directory = disk.seenBy(process);
            SteppedJournal journal = open(directory, process);
            SteppedQuotas quotas = new SteppedQuotas(
                    simulation.leases(),
                    process,
                    nodeId(),
                    simulation.nextId(),
                    journal.openReport().nextSequence(),
                    simulation::nanos);
            journal.openReport().tornTail().ifPresent(torn -> simulation.happened("torn tail cut", this, torn.offset(), torn.cutBytes()));
            disk.opened();
            SteppedQuotas budgets = SteppedQuotas.ofBudgets(
                    simulation.budgets(),
                    process,
                    nodeId(),
                    simulation.nextId(),
                    journal.openReport().nextSequence(),
                    () -> journal.stats().appendedEvents() + 1,
                    simulation::nanos);
            run = new Run(process, journal, quotas, budgets);
        } catch (IOException | RuntimeException e) {
            process.kill();
            throw e;
        } finally {
            busy = false;
        }
    }

    private SteppedJournal open(Path directory, SimulatedProcess process) throws IOException {
        JournalSettings settings = new JournalSettings(durability, 1 << 16, 1 << 16);
        try {
            return SteppedJournal.open(directory, settings, simulation.clock(), simulation.events(), process);
        } catch (JournalCorruptException e) {
            if (!pagesCameOutOfOrder) {
                throw e;
            }
            // What a person does who reads the message: what lies behind the damage was never acknowledged.
            simulation.happened("damage named and cut by hand");
            disk.cutByHand(e.segment().toString(), e.offset());
            return SteppedJournal.open(directory, settings, simulation.clock(), simulation.events(), process);
        }
    }

    private boolean pagesCameOutOfOrder;

    void kill(boolean powerCut) {
        if (run != null) {
            run.process().kill();
        }
        run = null;
        writing = false;
        shipping = false;
        looked = false;
        if (powerCut) {
            boolean inOrder = simulation.random().nextInt(4) > 0;
            pagesCameOutOfOrder |= !inOrder;
            disk.cutPower(inOrder);
        } else {
            disk.afterKill();
        }
    }

    /** Stops as a node does: quotas, shipper, journal. */
    void stop() throws IOException {
        Run stopping = run();
        busy = true;
        try {
            stopping.quotas().close();
            stopping.budgets().close();
            ship();
            stopping.journal().close();
        } catch (SQLException | JournalBrokenException e) {
            simulation.happened("the last shipping failed");
            stopping.journal().close();
        } finally {
            busy = false;
        }
        stopping.process().kill();
        run = null;
        looked = false;
        disk.afterKill();
    }

    void write() {
        if (!serves() || writing) {
            return;
        }
        Run mine = run();
        writing = true;
        try {
            mine.journal().write();
        } finally {
            if (mine.process().alive()) { // a dead one's were reset when it died
                writing = false;
            }
        }
        mine.process().requireAlive();
    }

    void ship() throws SQLException, IOException {
        if (run == null || shipping) {
            return;
        }
        Run mine = run();
        if (mine.journal().isLooking()) {
            simulation.happened("shipped while a look waits for its answer", this);
        }
        shipping = true;
        try {
            mine.journal().ship();
        } finally {
            if (mine.process().alive()) { // a dead one's were reset when it died
                shipping = false;
            }
        }
    }

    /** Says what waits in the journal. @return false: not now */
    boolean look() throws SQLException, IOException {
        Run mine = run;
        if (mine == null || mine.journal().isLooking()) {
            return false;
        }
        mine.journal().look();
        mine.process().requireAlive();
        looked = true;
        return true;
    }

    /** What this run said of what it has not shipped, and is not so; empty: all is, or it has said nothing yet. */
    Optional<String> findFalseLive() {
        if (!looked || run == null || run.journal().isLooking()) {
            return Optional.empty();
        }
        try {
            return SteppedJournal.findFalseLive(disk.seenBy(SimulatedProcess.observer()), simulation.events(), nodeId());
        } catch (IOException e) {
            throw new IllegalStateException("an observer met " + e, e);
        }
    }

    /** Another process ships this node's journal, whether it runs or not. */
    void shipByOther() {
        if (disk.gaveUp()) {
            return; // it could store what the medium lacks; that a start mends it first is said in the decision record
        }
        SimulatedProcess process = simulation.newProcess(SimulatedProcess::kill);
        try {
            SteppedJournal.shipForeign(disk.seenBy(process), simulation.clock(), simulation.events(), process, (node, next) -> {
                simulation.resolve(this); // all that is recorded is known now, as at a start
                simulation.happened("settled by another process", this);
                simulation.leases().settleEnded(process, node, simulation.nextId(), next);
                simulation.budgets().settleEnded(process, node, simulation.nextId(), next);
            });
            simulation.happened("shipped by another process", this);
        } catch (SQLException | IOException | JournalBrokenException e) {
            simulation.happened("shipping by another process failed", this, e);
        } catch (JournalCorruptException e) {
            if (!pagesCameOutOfOrder) {
                throw e;
            }
            simulation.happened("shipping by another process stopped at damage");
        }
    }

    /** What the journal holds. */
    JournalOnDisk onDisk() {
        return onDisk;
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}
