package cn.jingshu.products.underwriting;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The training data kept beside the repository; tests on them run where they are and say loudly where they are not. */
final class UnderwritingData {
    private static final Path DATA = Path.of("../../shared/data");

    private UnderwritingData() {}

    /** A file or folder of the data; aborts the calling test when they are absent. */
    static Path at(String name) {
        if (!Files.isDirectory(DATA)) {
            String message = "NOT RUN: ../shared is absent, the reference tests of underwriting did not run (" + name + ")";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return DATA.resolve(name);
    }
}
