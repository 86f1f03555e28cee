package cn.jingshu.products.lending.training;

import cn.jingshu.products.lending.score.Scorecard;
import cn.jingshu.products.statistics.Calibration;
import cn.jingshu.products.statistics.RankingQuality;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Trains both scorecards and writes them. The same files give the same scorecards.
 *
 * <pre>LendingTrainingMain GERMAN.csv TAIWAN.csv FOLDER DAY</pre>
 */
public final class LendingTrainingMain {
    /** Held-out figures are by ten folds, row modulo ten. */
    public static final int FOLDS = 10;

    private LendingTrainingMain() {}

    /** Reads the labelled cases of a file. */
    @FunctionalInterface
    public interface Reading {
        TrainingTable read(Path file) throws IOException;
    }

    /** Bad credits of applications, from what a bank knows when it is asked. */
    public static final Card INSTALMENT_CREDIT = new Card("instalment-credit", "1", "probability that an instalment credit turns out bad",
            List.of("personal.status.and.sex", "foreign.worker", "age.in.years"), 0.05, 2.7, 1,
            "Statlog (German Credit Data), as german credit of the R package scorecard",
            "Hans Hofmann, 1994, UCI Machine Learning Repository",
            "MIT (R package scorecard, seen); the origin's CC BY 4.0 statement was not seen", TrainingTable::german);

    /** Defaults of card accounts, from six months of their behaviour. */
    public static final Card CARD_BEHAVIOUR = new Card("card-behaviour", "1", "probability that a card account defaults next month",
            List.of("SEX", "MARRIAGE", "AGE", "EDUCATION"), 0.005, 6, 5,
            "Default of credit card clients, Taiwan 2005",
            "I-Cheng Yeh and Che-hui Lien, Expert Systems with Applications 36 (2009), UCI Machine Learning Repository",
            "CC0-1.0 (data card of scikit-learn/credit-card-clients, seen)", TrainingTable::taiwan);

    /**
     * One scorecard to be trained.
     *
     * @param leftOut columns that are not used because they are protected traits, or stand for one
     * @param leastShare of the cases a bin holds at least
     * @param chiSquared by which neighbouring bins differ at least
     * @param ridge penalty of the regression
     */
    public record Card(String name, String version, String outcome, List<String> leftOut, double leastShare, double chiSquared,
            double ridge, String dataSet, String origin, String licence, Reading reading) {
        public Card {
            leftOut = List.copyOf(leftOut);
        }

        /** With every column, or without those left out. */
        public ScorecardTrainer trainer(TrainingTable table, boolean everyColumn) {
            return new ScorecardTrainer(table.cases().getFirst().keySet().stream()
                    .filter(column -> everyColumn || !leftOut.contains(column)).toList(), leastShare, chiSquared, ridge);
        }

        /** The scorecard of all cases, with figures of held-out ones. */
        public Scorecard train(TrainingTable table, LocalDate day) {
            boolean[] events = table.events();
            ScorecardTrainer served = trainer(table, false);
            double[] heldOut = served.heldOut(table, FOLDS);
            double[] probabilities = DoubleStream.of(heldOut).map(z -> 1 / (1 + Math.exp(-z))).toArray();
            ScorecardTrainer.Fitted fitted = served.fit(table);
            Calibration calibration = Calibration.of(probabilities, events, 10, true);
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("auc", RankingQuality.auc(heldOut, events));
            metrics.put("auc with every column", RankingQuality.auc(trainer(table, true).heldOut(table, FOLDS), events));
            metrics.put("gini", 2 * RankingQuality.auc(heldOut, events) - 1);
            metrics.put("recall in the top tenth", RankingQuality.recallAtTop(heldOut, events, 0.1));
            metrics.put("brier", calibration.brier());
            metrics.put("expected calibration error", calibration.expectedCalibrationError());
            metrics.put("calibration slope", calibration.slope());
            metrics.put("share of defaults in the data", (double) table.defaulted().stream().filter(d -> d).count() / events.length);
            return new Scorecard(name, version, outcome, fitted.intercept(), fitted.characteristics(), fitted.coefficients(), leftOut,
                    metrics, calibration, new Scorecard.Provenance(dataSet, origin, licence, events.length, table.sha256(),
                            day.toString(), LendingTrainingMain.class.getName()));
        }
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 4) {
            throw new IllegalArgumentException("LendingTrainingMain GERMAN.csv TAIWAN.csv FOLDER DAY");
        }
        Path folder = Files.createDirectories(Path.of(args[2]));
        LocalDate day = LocalDate.parse(args[3]);
        write(INSTALMENT_CREDIT.train(INSTALMENT_CREDIT.reading().read(Path.of(args[0])), day), folder);
        write(CARD_BEHAVIOUR.train(CARD_BEHAVIOUR.reading().read(Path.of(args[1])), day), folder);
    }

    private static void write(Scorecard trained, Path folder) throws IOException {
        Files.writeString(folder.resolve(trained.id() + ".json"), trained.json(), StandardCharsets.UTF_8);
        System.out.println(trained.id() + " " + trained.metrics());
    }
}
