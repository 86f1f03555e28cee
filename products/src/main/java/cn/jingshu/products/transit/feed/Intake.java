package cn.jingshu.products.transit.feed;

/** Something that brings in live data a step at a time; {@link IntakeThread} keeps it going. */
public interface Intake extends AutoCloseable {
    /**
     * Brings in what is there now.
     *
     * @return how long to wait before the next step, in milliseconds, at least one; below zero: nothing more will come
     */
    long step() throws InterruptedException;

    /** Lets go of files and connections. */
    @Override
    default void close() {}
}
