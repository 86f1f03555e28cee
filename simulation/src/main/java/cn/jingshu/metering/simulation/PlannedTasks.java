package cn.jingshu.metering.simulation;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Where a simulated process runs what may take long: each task when the simulation has planned it, in any order. */
public final class PlannedTasks extends AbstractExecutorService {
    private final Consumer<Runnable> plan;

    /** @param plan plans one task of the process */
    public PlannedTasks(Consumer<Runnable> plan) {
        this.plan = plan;
    }

    @Override
    public void execute(Runnable task) {
        plan.accept(task);
    }

    @Override
    public void shutdown() {
        throw new UnsupportedOperationException("a simulated process is killed");
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException("a simulated process is killed");
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("a simulated process is killed");
    }
}
