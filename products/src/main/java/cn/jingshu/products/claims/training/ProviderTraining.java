package cn.jingshu.products.claims.training;

import cn.jingshu.products.claims.ProviderSummary;
import cn.jingshu.products.statistics.Calibration;
import cn.jingshu.products.statistics.Folds;
import cn.jingshu.products.statistics.LogisticRegression;
import cn.jingshu.products.statistics.PopulationStability;
import cn.jingshu.products.statistics.RankingQuality;
import cn.jingshu.products.statistics.StoredModel;
import cn.jingshu.products.statistics.StoredModel.Feature;
import cn.jingshu.products.statistics.StoredModel.Provenance;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * Learns which providers were flagged from summaries of Medicare providers (Kaggle, "Healthcare provider fraud detection"): logistic
 * regression on standardised logarithms with a small ridge. The flag is the data set's, not a court's.
 */
public final class ProviderTraining {
    /** Held out ten times: row mod 10. */
    public static final int FOLDS = 10;
    private static final double RIDGE = 1;
    /** The columns of the data set, in the order of {@link ProviderSummary#NUMBERS}. */
    private static final List<String> COLUMNS = List.of("DurationMedianIP", "DurationMeanIP", "DurationMedianOP", "DurationMeanOP", "ChronCondsMedian",
            "ChronCondsMean", "ChronConsMode", "PtAgeMedian", "PtAgeMean", "NumPtsIP", "NumPtsOP", "NumStatesIP",
            "NumStatesOP", "SharePhysician", "MergeAvgClaimReimbursed", "NumTopCodeClaim", "DupClaimNum_IP",
            "DupClaimRatio_IP", "DupClaimStatesNum_IP", "DupClaimProviderNum_IP", "DupClaimStartDtNum_IP",
            "DupClaimNum_OP", "DupClaimRatio_OP", "DupClaimStatesNum_OP", "DupClaimProviderNum_OP",
            "DupClaimStartDtNum_OP", "AvgDuration", "NumOfPt", "NumOfClm", "ClmPerPt", "TotalRev", "RevPerPt",
            "ClmNoPhy", "ClmAllPhy", "ClmNoProc", "ClmPerDt");

    private final List<ProviderSummary> providers;
    private final double[][] rows;
    private final boolean[] flagged;
    private final String digest;

    private ProviderTraining(List<ProviderSummary> providers, boolean[] flagged, String digest) {
        this.providers = providers;
        this.rows = providers.stream().map(ProviderSummary::vector).toArray(double[][]::new);
        this.flagged = flagged;
        this.digest = digest;
    }

    /** Reads the CSV file of summaries. */
    public static ProviderTraining read(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            List<CSVRecord> records = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get().parse(reader).getRecords();
            boolean[] flagged = new boolean[records.size()];
            for (int i = 0; i < flagged.length; i++) {
                flagged[i] = records.get(i).get("PotentialFraud").equals("Yes");
            }
            return new ProviderTraining(records.stream().map(ProviderTraining::summary).toList(), flagged,
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private static ProviderSummary summary(CSVRecord record) {
        Map<String, Double> numbers = new HashMap<>();
        for (int i = 0; i < COLUMNS.size(); i++) {
            numbers.put(ProviderSummary.NUMBERS.get(i), Double.valueOf(record.get(COLUMNS.get(i))));
        }
        return new ProviderSummary(record.get("Provider"), numbers);
    }

    public List<ProviderSummary> providers() {
        return providers;
    }

    public boolean[] flagged() {
        return flagged.clone();
    }

    /** The score of each provider by a model trained without its fold; standardisation is learnt without it too. */
    public double[] heldOut() {
        return Folds.scores(rows, flagged, FOLDS, (r, e) -> {
            Scaled fit = Scaled.fit(r, e);
            return fit::probability;
        });
    }

    /** The model of all rows, with coefficients of the features as they are. */
    public StoredModel model(String trainedOn) {
        double[] heldOut = heldOut();
        Calibration calibration = Calibration.of(heldOut, flagged, 10, true);
        List<String> names = ProviderSummary.names();
        return new StoredModel("provider", "1", StoredModel.Kind.LOGISTIC, "a provider flagged as potentially fraudulent in the data set",
                IntStream.range(0, names.size()).mapToObj(j -> {
                    double[] values = Arrays.stream(rows).mapToDouble(row -> row[j]).toArray();
                    return new Feature(names.get(j), DoubleStream.of(values).min().orElseThrow(), DoubleStream.of(values).max().orElseThrow(),
                            PopulationStability.of(values, 10));
                }).toList(),
                Scaled.fit(rows, flagged).coefficients(), List.of(),
                Map.of("auc", RankingQuality.auc(heldOut, flagged), "recall_in_top_tenth", RankingQuality.recallAtTop(heldOut, flagged, 0.1),
                        "brier", calibration.brier(), "event_share", (double) IntStream.range(0, flagged.length).filter(i -> flagged[i]).count() / flagged.length),
                calibration,
                new Provenance("Healthcare provider fraud detection, provider summaries (every second provider)",
                        "Kaggle, by way of microwolf/capstone_healthcare_fraud", "none found; the data are not part of this repository", rows.length,
                        digest, trainedOn, ProviderTraining.class.getName()));
    }

    /** A fit on standardised columns, told in coefficients of the columns as they are. */
    private record Scaled(List<Double> coefficients) {
        static Scaled fit(double[][] rows, boolean[] events) {
            int columns = rows[0].length;
            double[] mean = new double[columns];
            double[] deviation = new double[columns];
            for (int j = 0; j < columns; j++) {
                int column = j;
                mean[j] = Arrays.stream(rows).mapToDouble(r -> r[column]).average().orElseThrow();
                double centre = mean[j];
                deviation[j] = Math.sqrt(Arrays.stream(rows).mapToDouble(r -> (r[column] - centre) * (r[column] - centre)).average().orElseThrow());
            }
            double[][] scaled = Arrays.stream(rows).map(r -> IntStream.range(0, columns)
                    .mapToDouble(j -> deviation[j] > 0 ? (r[j] - mean[j]) / deviation[j] : 0).toArray()).toArray(double[][]::new);
            double[] weights = new double[rows.length];
            Arrays.fill(weights, 1);
            double[] fitted = LogisticRegression.fit(scaled, events, weights, RIDGE).coefficients();
            double[] coefficients = new double[columns + 1];
            coefficients[0] = fitted[0];
            for (int j = 0; j < columns; j++) {
                coefficients[j + 1] = deviation[j] > 0 ? fitted[j + 1] / deviation[j] : 0;
                coefficients[0] -= coefficients[j + 1] * mean[j];
            }
            return new Scaled(DoubleStream.of(coefficients).boxed().toList());
        }

        double probability(double[] row) {
            double sum = coefficients.getFirst();
            for (int j = 0; j < row.length; j++) {
                sum += coefficients.get(j + 1) * row[j];
            }
            return 1 / (1 + Math.exp(-sum));
        }
    }
}
