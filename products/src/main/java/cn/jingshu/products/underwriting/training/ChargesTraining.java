package cn.jingshu.products.underwriting.training;

import cn.jingshu.products.statistics.LinearRegression;
import cn.jingshu.products.statistics.StoredModel;
import cn.jingshu.products.statistics.StoredModel.Provenance;
import cn.jingshu.products.underwriting.ExpectedCost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVRecord;

/** Learns the model of expected cost from 1,338 yearly charges that the author of a textbook simulated after US census figures. */
public final class ChargesTraining {
    private static final int FOLDS = 10;
    private final double[][] rows;
    private final double[] charges;
    private final String digest;

    private ChargesTraining(double[][] rows, double[] charges, String digest) {
        this.rows = rows;
        this.charges = charges;
        this.digest = digest;
    }

    /** Reads the file with the columns age, sex, bmi, children, smoker, region, charges. */
    public static ChargesTraining read(Path file) throws IOException {
        List<CSVRecord> records = TrainingFiles.csv(file);
        return new ChargesTraining(
                records.stream().map(r -> ExpectedCost.row(Integer.parseInt(r.get("age")), Integer.parseInt(r.get("children")),
                        Double.parseDouble(r.get("bmi")), r.get("sex").equals("male"), r.get("smoker").equals("yes"), r.get("region")))
                        .toArray(double[][]::new),
                records.stream().mapToDouble(r -> Double.parseDouble(r.get("charges"))).toArray(),
                TrainingFiles.digest(file));
    }

    /** The model fitted to all rows; its R² is that of the fit, and beside it that of ten folds held out. */
    public StoredModel model(String trainedOn) {
        LinearRegression.Fit fit = LinearRegression.fit(rows, charges);
        return new StoredModel("expected-cost", "1", StoredModel.Kind.LINEAR,
                "yearly medical charges of a simulated insured person, US dollars of the textbook",
                TrainingFiles.features(ExpectedCost.NAMES, rows), TrainingFiles.list(fit.coefficients()), List.of(),
                Map.of("r_squared_of_the_fit", fit.rSquared(), "adjusted_r_squared_of_the_fit", fit.adjustedRSquared(),
                        "residual_deviation_of_the_fit", fit.residualDeviation(), "r_squared", heldOut()),
                null,
                new Provenance("insurance.csv", "B. Lantz, Machine Learning with R; simulated by its author",
                        "none found; the data are not part of this repository", rows.length, digest, trainedOn,
                        ChargesTraining.class.getName()));
    }

    private double heldOut() {
        double mean = Arrays.stream(charges).average().orElseThrow();
        double residual = 0;
        double total = 0;
        for (int fold = 0; fold < FOLDS; fold++) {
            int held = fold;
            int[] others = IntStream.range(0, rows.length).filter(i -> i % FOLDS != held).toArray();
            LinearRegression.Fit fit = LinearRegression.fit(
                    Arrays.stream(others).mapToObj(i -> rows[i]).toArray(double[][]::new),
                    Arrays.stream(others).mapToDouble(i -> charges[i]).toArray());
            for (int i = fold; i < rows.length; i += FOLDS) {
                double miss = charges[i] - fit.predict(rows[i]);
                residual += miss * miss;
                total += (charges[i] - mean) * (charges[i] - mean);
            }
        }
        return 1 - residual / total;
    }
}
