package cn.jingshu.products.address;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Assumptions;

/** The reference addresses and listings kept beside the repository; tests on them say loudly where they are not. */
public final class ReferenceAddresses {
    private static final Path RENTAL = Path.of("../../shared/data/rental");

    private ReferenceAddresses() {}

    /** A file of the rental data; aborts the calling test when the data are absent. */
    public static Path file(String name) {
        if (!Files.isDirectory(RENTAL)) {
            String message = "NOT RUN: ../shared is absent, the reference tests of addresses and rental did not run (" + name + ")";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return RENTAL.resolve(name);
    }

    /** The rows of a CSV file with a header. */
    public static List<CSVRecord> rows(String name) {
        try (var in = Files.newBufferedReader(file(name), StandardCharsets.UTF_8);
                var csv = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get().parse(in)) {
            return csv.getRecords();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
