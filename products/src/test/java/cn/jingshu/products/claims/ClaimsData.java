package cn.jingshu.products.claims;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The files of claims kept beside the repository; tests on them run where they are and say loudly where they are not. */
final class ClaimsData {
    private static final Path DATA = Path.of("../../shared/data/claims");

    private ClaimsData() {}

    /** A file of the data; aborts the calling test when they are absent. */
    static Path at(String name) {
        if (!Files.isDirectory(DATA)) {
            String message = "NOT RUN: ../shared is absent, the reference tests of claims did not run (" + name + ")";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return DATA.resolve(name);
    }

    static String text(String name) throws IOException {
        return Files.readString(at(name), StandardCharsets.UTF_8);
    }
}
