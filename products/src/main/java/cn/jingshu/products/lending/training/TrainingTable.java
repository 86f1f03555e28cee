package cn.jingshu.products.lending.training;

import cn.jingshu.products.lending.score.CardBehaviour;
import cn.jingshu.products.lending.score.Input;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Labelled cases: of each its inputs by name, and whether it defaulted.
 *
 * @param cases in the file's order: folds are by it
 * @param sha256 of the file
 */
public record TrainingTable(List<Map<String, Input>> cases, List<Boolean> defaulted, String sha256) {
    public TrainingTable {
        cases = List.copyOf(cases);
        defaulted = List.copyOf(defaulted);
    }

    public boolean[] events() {
        boolean[] events = new boolean[defaulted.size()];
        for (int i = 0; i < events.length; i++) {
            events[i] = defaulted.get(i);
        }
        return events;
    }

    /** The rows whose number modulo {@code folds} is not (or is) {@code fold}. */
    TrainingTable fold(int folds, int fold, boolean held) {
        int[] rows = IntStream.range(0, cases.size()).filter(i -> (i % folds == fold) == held).toArray();
        return new TrainingTable(IntStream.of(rows).mapToObj(cases::get).toList(), IntStream.of(rows).mapToObj(defaulted::get).toList(), sha256);
    }

    /** Statlog German credit (Hofmann 1994) as the R package scorecard has it: 20 columns and {@code creditability}. */
    public static TrainingTable german(Path file) throws IOException {
        return read(file, "creditability", "bad"::equals, Set.of());
    }

    /** Taiwan card clients (Yeh and Lien 2009): 23 columns and {@code default_payment_next_month}, with what is derived from them. */
    public static TrainingTable taiwan(Path file) throws IOException {
        TrainingTable raw = read(file, "default_payment_next_month", "1"::equals, Set.of("ID"));
        return new TrainingTable(raw.cases().stream().map(CardBehaviour::derived).toList(), raw.defaulted(), raw.sha256());
    }

    private static TrainingTable read(Path file, String label, Predicate<String> bad, Set<String> skipped) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        List<Map<String, Input>> cases = new ArrayList<>();
        List<Boolean> defaulted = new ArrayList<>();
        try (CSVParser rows = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get()
                .parse(Files.newBufferedReader(file, StandardCharsets.UTF_8))) {
            for (CSVRecord row : rows) {
                Map<String, Input> values = new LinkedHashMap<>();
                row.toMap().forEach((column, text) -> {
                    if (!column.equals(label) && !skipped.contains(column)) {
                        values.put(column, text.matches("-?[0-9]+(\\.[0-9]+)?")
                                ? new Input.Amount(Double.parseDouble(text)) : new Input.Category(text));
                    }
                });
                cases.add(values);
                defaulted.add(bad.test(row.get(label)));
            }
        }
        try {
            String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            return new TrainingTable(cases, defaulted, sha256);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
