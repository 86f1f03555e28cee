package cn.jingshu.products.prescription;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Assumptions;

/** Public reference answers that lie beside the repository, in ../shared/data/prescription. */
final class ReferenceData {
    private static final Path FOLDER = Path.of("../../shared/data/prescription");

    private ReferenceData() {}

    /** A file of the data; aborts the calling test when the data are absent. */
    static Path file(String name) {
        if (!Files.isDirectory(FOLDER)) {
            String message = "NOT RUN: ../shared is absent, the reference tests of prescription did not run (" + name + ")";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return FOLDER.resolve(name);
    }

    /** The rows of a CSV file with a header. */
    static List<CSVRecord> rows(String name) {
        CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
        try (Reader reader = Files.newBufferedReader(file(name), StandardCharsets.UTF_8)) {
            return format.parse(reader).getRecords();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
