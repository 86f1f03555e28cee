package cn.jingshu.products.statistics;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A regression as it is kept in {@code model/<product>/<name>-<version>.json}: coefficients learnt by a program of this
 * repository, where they come from and how good they were. The data themselves are not kept.
 *
 * @param name what it estimates, in one word
 * @param version raised whenever a coefficient changes
 * @param kind how a sum of coefficients times features becomes an estimate
 * @param outcome what is estimated, in a sentence, with the unit
 * @param features in the order of the coefficients
 * @param coefficients the intercept, then one for each feature
 * @param covariance of the coefficients, row by row; empty: not kept
 * @param metrics by name, each measured on cases that were held out unless the name says otherwise
 * @param calibration of a logistic model on held-out cases; null: none
 * @param provenance where the coefficients come from
 */
public record StoredModel(String name, String version, Kind kind, String outcome, List<Feature> features,
        List<Double> coefficients, List<List<Double>> covariance, Map<String, Double> metrics,
        @Nullable Calibration calibration, Provenance provenance) {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    /** How a sum becomes an estimate. */
    public enum Kind {
        /** The probability whose log odds the sum is. */
        LOGISTIC,
        /** The sum itself. */
        LINEAR
    }

    /**
     * One input.
     *
     * @param least value in the training data
     * @param greatest value in the training data
     * @param distribution of the training values, for the watch over drift
     */
    public record Feature(String name, double least, double greatest, PopulationStability distribution) {}

    /**
     * Where coefficients come from.
     *
     * @param origin who published the data
     * @param licence of the data, or that none was found
     * @param rows used
     * @param sha256 of the file, hexadecimal
     * @param trainedOn the day, ISO 8601
     * @param program the class that trained it
     */
    public record Provenance(String dataSet, String origin, String licence, int rows, String sha256, String trainedOn, String program) {}

    /** @throws IllegalArgumentException if the coefficients do not fit the features */
    public StoredModel {
        features = List.copyOf(features);
        coefficients = List.copyOf(coefficients);
        covariance = covariance.stream().map(List::copyOf).toList();
        metrics = Map.copyOf(metrics);
        int terms = features.size() + 1;
        if (coefficients.size() != terms || coefficients.stream().anyMatch(c -> !Double.isFinite(c))
                || (!covariance.isEmpty() && (covariance.size() != terms || covariance.stream().anyMatch(row -> row.size() != terms)))) {
            throw new IllegalArgumentException("model %s-%s: coefficients or covariance do not fit %d features".formatted(
                    name, version, features.size()));
        }
    }

    /** The name and version that stand in answers: {@code care-1}. */
    public String id() {
        return name + "-" + version;
    }

    /**
     * The model of that product, name and version from the class path.
     *
     * @throws IllegalArgumentException if there is none
     * @throws UncheckedIOException if it is broken
     */
    public static StoredModel load(String product, String id) {
        String path = "/model/" + product + "/" + id + ".json";
        try (InputStream in = StoredModel.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("no model at " + path);
            }
            StoredModel model = JSON.readValue(in, StoredModel.class);
            if (!model.id().equals(id)) {
                throw new IllegalArgumentException("the model at " + path + " calls itself " + model.id());
            }
            return model;
        } catch (IOException broken) {
            throw new UncheckedIOException("the model at " + path + " cannot be read", broken);
        }
    }

    /** The model as its file holds it. */
    public String json() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (IOException impossible) {
            throw new UncheckedIOException("a model of plain values cannot be written", impossible);
        }
    }

    /** The sum of the intercept and each coefficient times its feature. */
    public double linear(double[] row) {
        requireRow(row);
        return coefficients.getFirst()
                + IntStream.range(0, row.length).mapToDouble(j -> coefficients.get(j + 1) * row[j]).sum();
    }

    /** The estimate: a probability of a logistic model, the outcome itself of a linear one. */
    public double estimate(double[] row) {
        return switch (kind) {
            case LOGISTIC -> 1 / (1 + Math.exp(-linear(row)));
            case LINEAR -> linear(row);
        };
    }

    /**
     * The standard error of {@link #linear} from the uncertainty of the coefficients alone (delta method); it knows nothing of
     * whether the training data resemble the case.
     *
     * @throws IllegalStateException if the model keeps no covariance
     */
    public double standardErrorOfLinear(double[] row) {
        requireRow(row);
        if (covariance.isEmpty()) {
            throw new IllegalStateException("model " + id() + " keeps no covariance");
        }
        double variance = 0;
        for (int i = 0; i <= row.length; i++) {
            for (int j = 0; j <= row.length; j++) {
                variance += (i == 0 ? 1 : row[i - 1]) * covariance.get(i).get(j) * (j == 0 ? 1 : row[j - 1]);
            }
        }
        return Math.sqrt(Math.max(variance, 0));
    }

    /** True: every feature lies within the range of the training data. */
    public boolean withinTraining(double[] row) {
        requireRow(row);
        return IntStream.range(0, row.length)
                .allMatch(j -> features.get(j).least() <= row[j] && row[j] <= features.get(j).greatest());
    }

    private void requireRow(double[] row) {
        if (row.length != features.size()) {
            throw new IllegalArgumentException("row of " + row.length + " features, model " + id() + " has " + features.size());
        }
    }
}
