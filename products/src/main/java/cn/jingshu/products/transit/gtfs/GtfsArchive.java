package cn.jingshu.products.transit.gtfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** A zip of GTFS tables, read table by table. */
final class GtfsArchive implements AutoCloseable {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreEmptyLines(true)
            .setIgnoreSurroundingSpaces(true)
            .setAllowMissingColumnNames(true)
            .setTrim(true)
            .get();

    private final String name;
    private final ZipFile zip;
    private final ImportLimits limits;

    private GtfsArchive(String name, ZipFile zip, ImportLimits limits) {
        this.name = name;
        this.zip = zip;
        this.limits = limits;
    }

    /** @throws GtfsException when the file is missing or no zip */
    static GtfsArchive open(Path file, ImportLimits limits) {
        String name = String.valueOf(file.getFileName());
        if (!Files.isRegularFile(file)) {
            throw new GtfsException("The GTFS archive " + file + " does not exist.");
        }
        try {
            return new GtfsArchive(name, new ZipFile(file.toFile()), limits);
        } catch (ZipException e) {
            throw new GtfsException("The GTFS archive " + file + " is not a zip file: " + e.getMessage() + ".", e);
        } catch (IOException e) {
            throw new GtfsException("The GTFS archive " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    String name() {
        return name;
    }

    boolean has(String table) {
        return zip.getEntry(table) != null;
    }

    /** Gives each row of a table to {@code reader}; a table that is not there has no rows. */
    void read(String table, List<String> requiredColumns, Consumer<Row> reader) {
        @Nullable ZipEntry entry = zip.getEntry(table);
        if (entry == null) {
            return;
        }
        try (BoundedReader text = new BoundedReader(table, zip.getInputStream(entry), entry.getCompressedSize(), limits);
                CSVParser rows = FORMAT.parse(text)) {
            List<String> missing = requiredColumns.stream()
                    .filter(column -> !rows.getHeaderNames().contains(column))
                    .toList();
            if (!missing.isEmpty()) {
                throw new GtfsException(
                        "The GTFS archive " + name + ": " + table + " lacks the columns " + String.join(", ", missing) + ".");
            }
            for (CSVRecord row : rows) {
                if (row.getRecordNumber() > limits.rows()) {
                    throw new GtfsException(table + " has more than " + limits.rows() + " rows.");
                }
                reader.accept(new Row(table, row));
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException | IllegalStateException e) {
            // commons-csv reports a broken quote or header as any of these.
            throw new GtfsException("The GTFS archive " + name + ": " + table + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
