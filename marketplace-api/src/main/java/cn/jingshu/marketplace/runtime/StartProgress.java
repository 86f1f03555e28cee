package cn.jingshu.marketplace.runtime;

import java.io.PrintStream;

/** Says on the terminal what the start is doing, one line a step, with the time since the start. */
final class StartProgress {
    private final PrintStream out;
    private final long startedNanos = System.nanoTime();

    StartProgress(PrintStream out) {
        this.out = out;
    }

    void step(String what) {
        out.printf("%5.1f s  %s%n", (System.nanoTime() - startedNanos) / 1e9, what);
        out.flush();
    }

    double seconds() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }
}
