package cn.jingshu.products.transit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The real feeds kept beside the repository; tests on them run where they are and say loudly where they are not. */
public final class ReferenceData {
    private static final Path BUS = Path.of("../../shared/data/bus");

    private ReferenceData() {}

    /** A file of the bus data; aborts the calling test when the data are absent. */
    public static Path bus(String name) {
        if (!Files.isDirectory(BUS)) {
            String message = "NOT RUN: ../shared is absent, the reference tests of transit did not run (" + name + ")";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return BUS.resolve(name);
    }
}
