package cn.jingshu.products.underwriting.training;

import cn.jingshu.products.statistics.Calibration;
import cn.jingshu.products.statistics.Folds;
import cn.jingshu.products.statistics.LogisticRegression;
import cn.jingshu.products.statistics.RankingQuality;
import cn.jingshu.products.statistics.StoredModel;
import cn.jingshu.products.statistics.StoredModel.Provenance;
import cn.jingshu.products.underwriting.CardiacFeatures;
import cn.jingshu.products.underwriting.CardiacFeatures.ChestPain;
import cn.jingshu.products.underwriting.CardiacFeatures.Perfusion;
import cn.jingshu.products.underwriting.CardiacFeatures.RestingEcg;
import cn.jingshu.products.underwriting.CardiacFeatures.StSlope;
import cn.jingshu.products.underwriting.CardiacFeatures.WorkUp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Learns the cardiac models from the Cleveland heart disease data (UCI; Janosi, Steinbrunn, Pfisterer, Detrano): 303 patients of
 * the Cleveland Clinic referred for coronary angiography in the 1980s, of which the complete rows are used. The event is a
 * narrowing of more than half of a vessel's diameter.
 */
public final class ClevelandTraining {
    /** Held out ten times: row mod 10 of the complete rows. */
    public static final int FOLDS = 10;
    private static final double RIDGE = 2;
    // as the data number them
    private static final List<ChestPain> PAINS = List.of(ChestPain.TYPICAL, ChestPain.ATYPICAL, ChestPain.NON_ANGINAL, ChestPain.NONE);
    private static final List<RestingEcg> ECGS = List.of(RestingEcg.NORMAL, RestingEcg.ST_T_CHANGE, RestingEcg.HYPERTROPHY);
    private static final List<StSlope> SLOPES = List.of(StSlope.RISING, StSlope.FLAT, StSlope.FALLING);

    private final double[][] full;
    private final double[][] records;
    private final boolean[] events;
    private final String digest;

    private ClevelandTraining(double[][] full, double[][] records, boolean[] events, String digest) {
        this.full = full;
        this.records = records;
        this.events = events;
        this.digest = digest;
    }

    /** Reads the file of 14 columns without header; rows with a value missing are left out. */
    public static ClevelandTraining read(Path file) throws IOException {
        List<double[]> complete = Files.readAllLines(file).stream()
                .map(line -> Arrays.stream(line.split(",", -1)).mapToDouble(Double::parseDouble).toArray())
                .filter(row -> Arrays.stream(row).noneMatch(Double::isNaN))
                .toList();
        double[][] full = new double[complete.size()][];
        double[][] records = new double[complete.size()][];
        boolean[] events = new boolean[complete.size()];
        for (int i = 0; i < full.length; i++) {
            double[] r = complete.get(i);
            records[i] = CardiacFeatures.records(r[0], r[1] > 0, r[3], r[4], r[5] > 0);
            full[i] = CardiacFeatures.full(records[i], new WorkUp(
                    PAINS.get((int) r[2] - 1), ECGS.get((int) r[6]), r[7], r[8] > 0, r[9],
                    SLOPES.get((int) r[10] - 1), (int) r[11],
                    r[12] == 7 ? Perfusion.REVERSIBLE : r[12] == 6 ? Perfusion.FIXED : Perfusion.NORMAL));
            events[i] = r[13] > 0;
        }
        return new ClevelandTraining(full, records, events, TrainingFiles.digest(file));
    }

    public int rows() {
        return events.length;
    }

    /** The model that needs a work-up. */
    public StoredModel full(String trainedOn) {
        return model("cardiac-workup", CardiacFeatures.FULL_NAMES, full, trainedOn);
    }

    /** The model of what records hold. */
    public StoredModel records(String trainedOn) {
        return model("cardiac", CardiacFeatures.RECORD_NAMES, records, trainedOn);
    }

    private StoredModel model(String name, List<String> names, double[][] rows, String trainedOn) {
        double[] heldOut = Folds.scores(rows, events, FOLDS, (r, e) -> fit(r, e)::probability);
        int right = 0;
        for (int i = 0; i < heldOut.length; i++) {
            right += heldOut[i] >= 0.5 == events[i] ? 1 : 0;
        }
        Calibration calibration = Calibration.of(heldOut, events, 10, true);
        LogisticRegression.Fit fit = fit(rows, events);
        return new StoredModel(name, "1", StoredModel.Kind.LOGISTIC,
                "a coronary vessel narrowed by more than half, in patients referred for angiography",
                TrainingFiles.features(names, rows), TrainingFiles.list(fit.coefficients()),
                Arrays.stream(fit.covariance()).map(TrainingFiles::list).toList(),
                Map.of("auc", RankingQuality.auc(heldOut, events), "accuracy", (double) right / heldOut.length, "brier", calibration.brier(),
                        "event_share", (double) count(events) / events.length),
                calibration,
                new Provenance("Heart Disease, Cleveland (processed, complete rows)",
                        "UCI Machine Learning Repository; Janosi, Steinbrunn, Pfisterer, Detrano",
                        "none found with the copy; UCI; the data are not part of this repository", rows.length, digest, trainedOn,
                        ClevelandTraining.class.getName()));
    }

    private static LogisticRegression.Fit fit(double[][] rows, boolean[] events) {
        double[] weights = new double[events.length];
        Arrays.fill(weights, 1);
        return LogisticRegression.fit(rows, events, weights, RIDGE);
    }

    private static int count(boolean[] events) {
        int n = 0;
        for (boolean event : events) {
            n += event ? 1 : 0;
        }
        return n;
    }
}
