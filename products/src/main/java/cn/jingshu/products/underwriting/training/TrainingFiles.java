package cn.jingshu.products.underwriting.training;

import cn.jingshu.products.statistics.PopulationStability;
import cn.jingshu.products.statistics.StoredModel.Feature;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** Reading training data and describing what was in them. */
final class TrainingFiles {
    private TrainingFiles() {}

    /** The records of a CSV file with a header line, also compressed. */
    static List<CSVRecord> csv(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            return CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get().parse(reader).getRecords();
        }
    }

    /** SHA-256 of a file, hexadecimal. */
    static String digest(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** What the rows hold of each feature, rounded so that a file reads well. */
    static List<Feature> features(List<String> names, double[][] rows) {
        return IntStream.range(0, names.size()).mapToObj(j -> {
            double[] values = Arrays.stream(rows).mapToDouble(row -> row[j]).toArray();
            return new Feature(names.get(j), DoubleStream.of(values).min().orElseThrow(), DoubleStream.of(values).max().orElseThrow(),
                    PopulationStability.of(values, 10));
        }).toList();
    }

    static List<Double> list(double[] values) {
        return DoubleStream.of(values).boxed().toList();
    }
}
