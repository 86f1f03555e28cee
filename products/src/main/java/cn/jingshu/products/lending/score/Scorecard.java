package cn.jingshu.products.lending.score;

import cn.jingshu.products.statistics.Calibration;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A scorecard: the log odds of default are an intercept and, for each characteristic, a coefficient times the weight of evidence of
 * the bin the case falls into. Each part is visible, so each answer can say what it rests on. Kept as
 * {@code model/lending/<name>-<version>.json}.
 *
 * @param version raised whenever a number changes
 * @param outcome what is estimated, in a sentence
 * @param coefficients of the characteristics, in their order
 * @param leftOut columns of the training data that are not used because they name a protected trait or stand for one
 * @param metrics by name, on cases held out
 */
public record Scorecard(String name, String version, String outcome, double intercept, List<Characteristic> characteristics,
        List<Double> coefficients, List<String> leftOut, Map<String, Double> metrics, Calibration calibration, Provenance provenance) {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    /**
     * Where the numbers come from.
     *
     * @param licence of the data, and where it was seen
     * @param sha256 of the file, hexadecimal
     * @param trainedOn the day, ISO 8601
     * @param program the class that trained it
     */
    public record Provenance(
            String dataSet, String origin, String licence, int rows, String sha256, String trainedOn, String program) {}

    public Scorecard {
        characteristics = List.copyOf(characteristics);
        coefficients = List.copyOf(coefficients);
        leftOut = List.copyOf(leftOut);
        metrics = Map.copyOf(metrics);
        if (characteristics.size() != coefficients.size() || coefficients.stream().anyMatch(c -> !(c >= 0))) {
            throw new IllegalArgumentException("scorecard " + name + ": coefficients do not fit, or one turns its evidence round");
        }
    }

    /** The name and version that stand in answers. */
    public String id() {
        return name + "-" + version;
    }

    /** A probability and what made it. */
    public record Scored(double probability, List<Part> parts) {
        public Scored {
            parts = List.copyOf(parts);
        }
    }

    /**
     * What one characteristic did.
     *
     * @param bin the bin the case is in
     * @param logOdds what it adds to the log odds of default, against the average case; above zero: it speaks for default
     */
    public record Part(String name, int bin, double logOdds) {}

    /**
     * The probability of default of a case, and its parts, those that speak most for default first.
     *
     * @throws IllegalArgumentException if a value is missing or of the wrong kind, naming the characteristic
     */
    public Scored score(Map<String, Input> values) {
        double sum = intercept;
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < characteristics.size(); i++) {
            Characteristic characteristic = characteristics.get(i);
            Input value = values.get(characteristic.name());
            if (value == null) {
                throw new IllegalArgumentException("no value for " + characteristic.name());
            }
            int bin = characteristic.bin(value);
            double part = coefficients.get(i) * characteristic.weights().get(bin);
            sum += part;
            parts.add(new Part(characteristic.name(), bin, part));
        }
        parts.sort(Comparator.comparingDouble(Part::logOdds).reversed());
        return new Scored(1 / (1 + Math.exp(-sum)), parts);
    }

    /** The first characteristic whose value was not seen in training, or is of the wrong kind; empty: all are known. */
    public Optional<String> unknown(Map<String, Input> values) {
        return characteristics.stream()
                .filter(characteristic -> {
                    Input value = values.get(characteristic.name());
                    return value == null || !characteristic.knows(value);
                })
                .map(Characteristic::name).findFirst();
    }

    /** The scorecard of that id on the class path. @throws IllegalArgumentException if there is none or it is broken */
    public static Scorecard load(String id) {
        String path = "/model/lending/" + id + ".json";
        try (InputStream in = Scorecard.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("no scorecard at " + path);
            }
            Scorecard scorecard = JSON.readValue(in, Scorecard.class);
            if (!scorecard.id().equals(id)) {
                throw new IllegalArgumentException("the scorecard at " + path + " calls itself " + scorecard.id());
            }
            return scorecard;
        } catch (IOException broken) {
            throw new UncheckedIOException("the scorecard at " + path + " cannot be read", broken);
        }
    }

    /** The scorecard as its file holds it. */
    public String json() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (IOException impossible) {
            throw new UncheckedIOException("a scorecard of plain values cannot be written", impossible);
        }
    }
}
