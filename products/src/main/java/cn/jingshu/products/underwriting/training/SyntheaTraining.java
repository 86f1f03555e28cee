package cn.jingshu.products.underwriting.training;

import cn.jingshu.products.statistics.Calibration;
import cn.jingshu.products.statistics.LogisticRegression;
import cn.jingshu.products.statistics.RankingQuality;
import cn.jingshu.products.statistics.StoredModel;
import cn.jingshu.products.statistics.StoredModel.Provenance;
import cn.jingshu.products.underwriting.CareFeatures;
import cn.jingshu.products.underwriting.HealthRecord;
import cn.jingshu.products.underwriting.HealthRecord.Examination;
import cn.jingshu.products.underwriting.HealthRecord.LaboratoryValue;
import cn.jingshu.products.underwriting.HealthRecord.Stay;
import cn.jingshu.products.underwriting.HealthRecord.Visit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Learns the model of care from the histories of a synthetic population (Synthea 3.3.0, Apache-2.0): from what was on record on
 * the first of January, whether the person was in hospital or came as an emergency in the year that followed. A city trains it
 * anew on its own records; what this one is good for stands in the model card.
 */
public final class SyntheaTraining {
    private static final int FOLDS = 10;
    private static final int FIRST_YEAR = 2012;
    private static final int LAST_YEAR = 2024;
    private static final double RIDGE = 5;
    /** Age and sex, the first two features, may work either way. */
    private static final int FREE_SIGNS = 2;

    /** SNOMED CT codes of the population's lasting and acute conditions as ICD-10 categories. */
    private static final Map<String, String> ICD = icd();

    private final double[][] rows;
    private final boolean[] events;
    private final int[] people;
    private final String digest;

    private SyntheaTraining(double[][] rows, boolean[] events, int[] people, String digest) {
        this.rows = rows;
        this.events = events;
        this.people = people;
        this.digest = digest;
    }

    /** Reads the folder of the population's CSV files. */
    public static SyntheaTraining read(Path folder) throws IOException {
        Map<String, History> histories = histories(folder);
        List<double[]> rows = new ArrayList<>();
        List<Boolean> events = new ArrayList<>();
        List<Integer> people = new ArrayList<>();
        int person = 0;
        for (History history : histories.values()) {
            HealthRecord record = history.record();
            for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
                LocalDate on = LocalDate.of(year, 1, 1);
                LocalDate end = on.plusYears(1);
                boolean seenThrough = history.died == null || !history.died.isBefore(on);
                if (record.birth().plusYears(18).isAfter(on) || !seenThrough) {
                    continue;
                }
                boolean event = record.stays().stream().anyMatch(s -> !s.admittedOn().isBefore(on) && s.admittedOn().isBefore(end))
                        || record.visits().stream().anyMatch(v -> v.emergency() && !v.visitedOn().isBefore(on) && v.visitedOn().isBefore(end));
                rows.add(CareFeatures.of(record, on).vector());
                events.add(event);
                people.add(person);
            }
            person++;
        }
        boolean[] happened = new boolean[events.size()];
        for (int i = 0; i < happened.length; i++) {
            happened[i] = events.get(i);
        }
        return new SyntheaTraining(rows.toArray(double[][]::new), happened, people.stream().mapToInt(Integer::intValue).toArray(),
                TrainingFiles.digest(folder.resolve("encounters.csv.gz")));
    }

    /** The model; held out are all years of every tenth person. */
    public StoredModel model(String trainedOn) {
        double[] heldOut = new double[rows.length];
        for (int fold = 0; fold < FOLDS; fold++) {
            List<double[]> others = new ArrayList<>();
            List<Boolean> otherEvents = new ArrayList<>();
            for (int i = 0; i < rows.length; i++) {
                if (people[i] % FOLDS != fold) {
                    others.add(rows[i]);
                    otherEvents.add(events[i]);
                }
            }
            boolean[] happened = new boolean[otherEvents.size()];
            for (int i = 0; i < happened.length; i++) {
                happened[i] = otherEvents.get(i);
            }
            Monotone fit = fit(others.toArray(double[][]::new), happened);
            for (int i = 0; i < rows.length; i++) {
                if (people[i] % FOLDS == fold) {
                    heldOut[i] = fit.probability(rows[i]);
                }
            }
        }
        Monotone fit = fit(rows, events);
        Calibration calibration = Calibration.of(heldOut, events, 10, true);
        int happened = 0;
        for (boolean event : events) {
            happened += event ? 1 : 0;
        }
        return new StoredModel("care", "1", StoredModel.Kind.LOGISTIC, "a stay in hospital or an emergency within twelve months",
                TrainingFiles.features(CareFeatures.NAMES, rows), fit.coefficients(), fit.covariance(rows, events, people),
                Map.of("auc", RankingQuality.auc(heldOut, events), "brier", calibration.brier(),
                        "event_share", (double) happened / events.length, "people", (double) Arrays.stream(people).max().orElseThrow() + 1),
                calibration,
                new Provenance("synthetic population, seed 20251218, person-years %d to %d".formatted(FIRST_YEAR, LAST_YEAR),
                        "made by Synthea 3.3.0 (Walonoski et al. 2018, JAMIA 25:230)", "Apache-2.0", rows.length, digest, trainedOn,
                        SyntheaTraining.class.getName()));
    }

    /**
     * The fit under the rule that nobody is rated lower for more illness or care: the feature of illness or care whose coefficient
     * is most below zero is taken out and the rest fitted again, until none is (an active set without return).
     */
    private static Monotone fit(double[][] rows, boolean[] events) {
        double[] weights = new double[events.length];
        Arrays.fill(weights, 1);
        List<Integer> kept = new ArrayList<>(IntStream.range(0, rows[0].length).boxed().toList());
        while (true) {
            int[] columns = kept.stream().mapToInt(Integer::intValue).toArray();
            double[][] part = Arrays.stream(rows).map(row -> select(row, columns)).toArray(double[][]::new);
            LogisticRegression.Fit fit = LogisticRegression.fit(part, events, weights, RIDGE);
            double[] coefficients = fit.coefficients();
            int worst = -1;
            for (int k = 0; k < columns.length; k++) {
                if (columns[k] >= FREE_SIGNS && coefficients[k + 1] < 0 && (worst < 0 || coefficients[k + 1] < coefficients[worst + 1])) {
                    worst = k;
                }
            }
            if (worst < 0) {
                return new Monotone(fit, columns, rows[0].length);
            }
            kept.subList(worst, worst + 1).clear();
        }
    }

    private static double[] select(double[] row, int[] columns) {
        return Arrays.stream(columns).mapToDouble(j -> row[j]).toArray();
    }

    /** A fit of some of the columns; those left out have a coefficient of zero that is known exactly. */
    private record Monotone(LogisticRegression.Fit fit, List<Integer> columns, int width) {
        Monotone(LogisticRegression.Fit fit, int[] columns, int width) {
            this(fit, Arrays.stream(columns).boxed().toList(), width);
        }

        double probability(double[] row) {
            return fit.probability(columns.stream().mapToDouble(j -> row[j]).toArray());
        }

        List<Double> coefficients() {
            Double[] all = new Double[width + 1];
            Arrays.fill(all, 0.0);
            double[] fitted = fit.coefficients();
            all[0] = fitted[0];
            for (int k = 0; k < columns.size(); k++) {
                all[columns.get(k) + 1] = fitted[k + 1];
            }
            return List.of(all);
        }

        /**
         * The covariance that holds although the years of one person are alike: of Liang and Zeger (1986, Biometrika 73:13), the
         * information turned inside out around the outer products of the scores of each person.
         */
        List<List<Double>> covariance(double[][] rows, boolean[] events, int[] people) {
            int terms = columns.size() + 1;
            Map<Integer, double[]> scores = new HashMap<>();
            for (int i = 0; i < rows.length; i++) {
                double residual = (events[i] ? 1 : 0) - probability(rows[i]);
                double[] score = scores.computeIfAbsent(people[i], _ -> new double[terms]);
                for (int a = 0; a < terms; a++) {
                    score[a] += residual * (a == 0 ? 1 : rows[i][columns.get(a - 1)]);
                }
            }
            RealMatrix middle = new Array2DRowRealMatrix(terms, terms);
            for (double[] score : scores.values()) {
                RealMatrix column = new Array2DRowRealMatrix(score);
                middle = middle.add(column.multiply(column.transpose()));
            }
            RealMatrix bread = new Array2DRowRealMatrix(fit.covariance());
            double[][] robust = bread.multiply(middle).multiply(bread).getData();
            double[][] all = new double[width + 1][width + 1];
            for (int a = 0; a < terms; a++) {
                for (int b = 0; b < terms; b++) {
                    all[a == 0 ? 0 : columns.get(a - 1) + 1][b == 0 ? 0 : columns.get(b - 1) + 1] = robust[a][b];
                }
            }
            return Arrays.stream(all).map(TrainingFiles::list).toList();
        }
    }

    private static final class History {
        private final LocalDate birth;
        private final boolean male;
        private final @Nullable LocalDate died;
        private final List<Stay> stays = new ArrayList<>();
        private final List<Visit> visits = new ArrayList<>();
        private final List<LaboratoryValue> laboratory = new ArrayList<>();
        private final Map<LocalDate, Map<String, String>> observed = new TreeMap<>();

        History(CSVRecord patient) {
            birth = LocalDate.parse(patient.get("BIRTHDATE"));
            male = patient.get("GENDER").equals("M");
            died = patient.get("DEATHDATE").isEmpty() ? null : LocalDate.parse(patient.get("DEATHDATE"));
        }

        HealthRecord record() {
            List<Examination> examinations = new ArrayList<>();
            observed.forEach((day, values) -> examinations.add(new Examination(day, number(values, "8302-2", 1),
                    number(values, "29463-7", 1), number(values, "8480-6", 1), number(values, "8462-4", 1),
                    number(values, "2345-7", 18.016), number(values, "2093-3", 38.67), number(values, "2085-9", 38.67),
                    number(values, "18262-6", 38.67), number(values, "2571-8", 88.57), smoker(values.get("72166-2")))));
            return new HealthRecord(birth, male, stays, visits, List.of(), examinations, laboratory);
        }

        private static @Nullable Double number(Map<String, String> values, String code, double perUnit) {
            String value = values.get(code);
            return value == null ? null : Double.valueOf(Double.parseDouble(value) / perUnit);
        }

        private static @Nullable Boolean smoker(@Nullable String status) {
            return status == null ? null : Boolean.valueOf(status.contains("Smokes tobacco daily"));
        }
    }

    private static Map<String, History> histories(Path folder) throws IOException {
        Map<String, History> histories = new LinkedHashMap<>();
        for (CSVRecord patient : TrainingFiles.csv(folder.resolve("patients.csv"))) {
            histories.put(patient.get("Id"), new History(patient));
        }
        Map<String, List<String>> diagnoses = new HashMap<>();
        for (CSVRecord condition : TrainingFiles.csv(folder.resolve("conditions.csv.gz"))) {
            String icd = ICD.get(condition.get("CODE"));
            if (icd != null) {
                diagnoses.computeIfAbsent(condition.get("ENCOUNTER"), _ -> new ArrayList<>()).add(icd);
            }
        }
        for (CSVRecord encounter : TrainingFiles.csv(folder.resolve("encounters.csv.gz"))) {
            History history = histories.get(encounter.get("PATIENT"));
            if (history != null) {
                List<String> codes = new ArrayList<>(diagnoses.getOrDefault(encounter.get("Id"), List.of()));
                codes.add(ICD.getOrDefault(encounter.get("REASONCODE"), "Z00"));
                add(history, encounter, codes);
            }
        }
        for (CSVRecord value : TrainingFiles.csv(folder.resolve("observations_selected.csv.gz"))) {
            History history = histories.get(value.get("PATIENT"));
            if (history != null) {
                LocalDate day = day(value.get("DATE"));
                history.observed.computeIfAbsent(day, _ -> new HashMap<>()).put(value.get("CODE"), value.get("VALUE"));
                if (value.get("CODE").equals("4548-4") || value.get("CODE").equals("33914-3")) {
                    history.laboratory.add(new LaboratoryValue(day, value.get("CODE"), Double.parseDouble(value.get("VALUE")), value.get("UNITS")));
                }
            }
        }
        return histories;
    }

    private static void add(History history, CSVRecord encounter, List<String> codes) {
        LocalDate day = day(encounter.get("START"));
        switch (encounter.get("ENCOUNTERCLASS")) {
            case "inpatient" -> history.stays.add(new Stay(day, day(encounter.get("STOP")), codes));
            case "emergency" -> history.visits.add(new Visit(day, true, codes));
            case "ambulatory", "outpatient", "urgentcare" -> history.visits.add(new Visit(day, false, codes));
            default -> { // check-ups are examinations; home, hospice, nursing homes and calls are in none of the city's tables
            }
        }
    }

    private static LocalDate day(String moment) {
        return LocalDate.parse(moment.substring(0, 10));
    }

    private static Map<String, String> icd() {
        String[][] pairs = {
            {"59621000", "I10"}, {"44054006", "E11"}, {"414545008", "I25"}, {"399211009", "I25"}, {"22298006", "I21"},
            {"401303003", "I21"}, {"401314000", "I21"}, {"399261000", "I25"}, {"4557003", "I20"}, {"88805009", "I50"},
            {"49436004", "I48"}, {"230690007", "I64"}, {"431855005", "N18"}, {"431856006", "N18"}, {"433144002", "N18"},
            {"431857002", "N18"}, {"46177005", "N18"}, {"161665007", "N18"}, {"698306007", "N18"}, {"213150003", "N18"},
            {"127013003", "E11"}, {"90781000119102", "E11"}, {"157141000119108", "E11"}, {"368581000119106", "E11"},
            {"422034002", "E11"}, {"1551000119108", "E11"}, {"97331000119101", "E11"}, {"1501000119109", "E11"},
            {"55822004", "E78"}, {"302870006", "E78"}, {"237602007", "E88"}, {"162864005", "E66"}, {"408512008", "E66"},
            {"271737000", "D64"}, {"87433001", "J43"}, {"185086009", "J44"}, {"195967001", "J45"}, {"78275009", "G47"},
            {"73430006", "G47"}, {"84757009", "G40"}, {"128613002", "G40"}, {"124171000119105", "G43"}, {"427419006", "G43"},
            {"370143000", "F32"}, {"6525002", "F19"}, {"5602001", "F11"}, {"7200002", "F10"}, {"26929004", "G30"},
            {"230265002", "G30"}, {"239873007", "M17"}, {"239872002", "M16"}, {"201834006", "M19"}, {"64859006", "M81"},
            {"443165006", "M80"}, {"90560007", "M10"}, {"254837009", "C50"}, {"363406005", "C18"}, {"109838007", "C18"},
            {"93761005", "C18"}, {"254637007", "C34"}, {"424132000", "C34"}, {"126906006", "D40"}, {"92691004", "D07"},
            {"60573004", "I35"}, {"60234000", "I35"}, {"56786000", "I37"}, {"91434003", "I37"}, {"48724000", "I34"},
            {"1231000119100", "I35"}, {"706870000", "I26"}, {"83664006", "E03"}, {"86406008", "B24"}, {"62479008", "B24"},
            {"128302006", "B18"}};
        Map<String, String> map = new HashMap<>();
        for (String[] pair : pairs) {
            map.put(pair[0], pair[1]);
        }
        return Map.copyOf(map);
    }
}
