package cn.jingshu.products;

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

/** Real inputs and reference answers kept beside the repository; tests on them run where they are and say loudly where they are not. */
public final class SharedData {
    private static final Path DATA = Path.of("../../shared/data");

    private SharedData() {}

    /** A file or folder of the data; aborts the calling test when they are absent. */
    public static Path file(String path) {
        if (!Files.isDirectory(DATA)) {
            String message = "NOT RUN: ../shared is absent, a reference test did not run (" + path + ")";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return DATA.resolve(path);
    }

    public static String text(String path) {
        try {
            return Files.readString(file(path), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The rows of a CSV file with a header. */
    public static List<CSVRecord> rows(String path) {
        CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
        try (Reader reader = Files.newBufferedReader(file(path), StandardCharsets.UTF_8)) {
            return format.parse(reader).getRecords();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
