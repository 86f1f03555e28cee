package cn.jingshu.products.lending;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The loan data kept beside the repository; tests on them run where they are and say loudly where they are not. */
public final class LoanData {
    private static final Path LOAN = Path.of("../../shared/data/loan");

    private LoanData() {}

    /** A file of the loan data; aborts the calling test when the data are absent. */
    public static Path file(String name) {
        if (!Files.isDirectory(LOAN)) {
            String message = "NOT RUN: ../shared is absent, the reference tests of lending did not run (" + name + ")";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return LOAN.resolve(name);
    }
}
