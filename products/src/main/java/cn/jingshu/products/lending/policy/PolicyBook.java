package cn.jingshu.products.lending.policy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of policy the estimates use, each since a day and with its source. A change of policy is a row, not code. An
 * installation adds its own rows (a city's provident-fund formula, a bank's practice) in a file of the same form:
 * {@code key,since,value,source}.
 */
public final class PolicyBook {
    private static final String RESOURCE = "/reference/lending/policy.csv";
    private final Map<String, TreeMap<LocalDate, Row>> rows = new HashMap<>();

    /**
     * One number.
     *
     * @param value empty in the file and null here: from this day on there is none
     * @param source law, notice or practice it comes from; "own" where the house chose it
     */
    public record Row(String key, LocalDate since, @Nullable BigDecimal value, String source) {}

    /**
     * The rows the product brings, and those of a file; a row of the file with the same key and day replaces the product's.
     *
     * @throws IllegalArgumentException if a row is broken, in one sentence
     */
    public static PolicyBook load(@Nullable Path further) {
        PolicyBook book = new PolicyBook();
        try (InputStream in = Objects.requireNonNull(PolicyBook.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            book.read(new InputStreamReader(in, StandardCharsets.UTF_8), RESOURCE, false);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        if (further != null) {
            try (Reader in = Files.newBufferedReader(further, StandardCharsets.UTF_8)) {
                book.read(in, further.toString(), true);
            } catch (IOException unreadable) {
                throw new IllegalArgumentException("The file of policy numbers " + further + " cannot be read.", unreadable);
            }
        }
        return book;
    }

    private void read(Reader in, String where, boolean replaces) throws IOException {
        try (CSVParser file = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).setCommentMarker('#').get()
                .parse(new BufferedReader(in))) {
            for (CSVRecord line : file) {
                Row row;
                try {
                    String value = line.get("value").strip();
                    row = new Row(line.get("key").strip(), LocalDate.parse(line.get("since").strip()),
                            value.isEmpty() ? null : new BigDecimal(value), line.get("source").strip());
                } catch (RuntimeException wrong) {
                    throw new IllegalArgumentException("Line " + file.getCurrentLineNumber() + " of " + where + " is no row of policy.", wrong);
                }
                if (row.source().isEmpty()) {
                    throw new IllegalArgumentException("The row " + row.key() + " of " + row.since() + " in " + where + " names no source.");
                }
                if (replaces && !rows.containsKey(row.key())) {
                    throw new IllegalArgumentException("No number of policy is called " + row.key() + " (" + where + ").");
                }
                Row known = rows.computeIfAbsent(row.key(), _ -> new TreeMap<>()).put(row.since(), row);
                if (known != null && !replaces) {
                    throw new IllegalArgumentException(where + " has " + row.key() + " of " + row.since() + " twice.");
                }
            }
        }
    }

    /** The numbers in force on a day, which remember what was asked of them. */
    public Uses on(LocalDate day) {
        return new Uses(day);
    }

    /** Every row, for documents and tests. */
    public List<Row> rows() {
        return rows.values().stream().flatMap(byDay -> byDay.values().stream()).toList();
    }

    /** The numbers of one day; keeps which were used, so that an answer can cite them. For one thread. */
    public final class Uses {
        private final LocalDate day;
        private final List<Row> used = new ArrayList<>();

        private Uses(LocalDate day) {
            this.day = day;
        }

        /** @throws IllegalStateException if none is in force: a row of the product is missing */
        public BigDecimal get(String key) {
            return find(key).orElseThrow(() -> new IllegalStateException("no number of policy " + key + " on " + day));
        }

        public double fraction(String key) {
            return get(key).doubleValue();
        }

        /** Whole fen. @throws ArithmeticException if it is not whole */
        public long fen(String key) {
            return get(key).longValueExact();
        }

        /** @return empty: none is in force. @throws IllegalArgumentException if no row at all has this key */
        public Optional<BigDecimal> find(String key) {
            TreeMap<LocalDate, Row> byDay = rows.get(key);
            if (byDay == null) {
                throw new IllegalArgumentException("no number of policy is called " + key);
            }
            Map.Entry<LocalDate, Row> entry = byDay.floorEntry(day);
            if (entry == null || entry.getValue().value() == null) {
                return Optional.empty();
            }
            Row row = entry.getValue();
            if (!used.contains(row)) {
                used.add(row);
            }
            return Optional.ofNullable(row.value());
        }

        /** What was used, in order. */
        public List<Row> used() {
            return List.copyOf(used);
        }
    }
}
