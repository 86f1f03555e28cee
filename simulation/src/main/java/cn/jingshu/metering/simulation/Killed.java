package cn.jingshu.metering.simulation;

/** Thrown out of a simulated process that is dead: an {@link Error}, because no product code may survive it. */
public final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
        super("the process is dead", null, false, false);
    }
}
