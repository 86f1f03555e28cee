package cn.jingshu.products.health;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The reference answers kept beside the repository; tests on them run where they are and say loudly where they are not. */
public final class ReferenceData {
    private static final Path FOLDER = Path.of("../../shared/data/health-profile");

    private ReferenceData() {}

    /** A file of the health-profile data; aborts the calling test when the data are absent. */
    public static Path health(String name) {
        if (!Files.isDirectory(FOLDER)) {
            String message = "NOT RUN: ../shared is absent, the reference tests of health did not run (" + name + ")";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return FOLDER.resolve(name);
    }
}
