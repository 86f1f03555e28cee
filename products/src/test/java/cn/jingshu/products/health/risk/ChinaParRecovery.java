package cn.jingshu.products.health.risk;

import cn.jingshu.products.SharedData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.jspecify.annotations.Nullable;

/**
 * Recovers China-PAR's coefficients from recorded answers of the official calculator and writes {@code china-par-2016.json}.
 *
 * <p>An answer rounded to 0.1 % places the equation's exponent within an interval; taken as evenly spread over it, that is a
 * weighted linear equation in the coefficients. For ten years each coefficient is also known from print to two decimals, an
 * evenly spread error of 0.005 at most: ridge regression towards the printed values with the variance of that error. For the lifetime
 * nothing is printed; there the exponent's part that depends on age is free for each year and held smooth by its second
 * differences. Answers below 0.05 % say too little and are left out. How well it does on answers it has not seen is measured by
 * leaving out each tenth in turn.
 */
final class ChinaParRecovery {
    private static final double PRINT_DEVIATION = 0.005 / Math.sqrt(3);
    private static final double AGE_ROUGHNESS = 0.004;
    private static final List<String> MEN_LIFETIME = List.of("ln_sbp_treated", "ln_sbp_untreated", "ln_tc", "ln_hdl", "ln_waist",
            "current_smoker", "diabetes", "north", "urban", "family_history");
    private static final List<String> WOMEN_LIFETIME = MEN_LIFETIME.subList(0, 8);
    private static final int AGES = ChinaParReading.LAST_LIFETIME_AGE - ChinaParReading.FIRST_LIFETIME_AGE + 1;

    private ChinaParRecovery() {}

    /** Ten-year coefficients by {@code names}, then the intercept. */
    record TenYear(List<String> names, List<Double> values) {
        double percent(ChinaParReading reading) {
            double eta = values.get(names.size());
            for (int i = 0; i < names.size(); i++) {
                eta += values.get(i) * reading.term(names.get(i));
            }
            return 100 * (1 - Math.exp(-Math.exp(eta)));
        }
    }

    /** Lifetime coefficients by {@code names}, then the part of each age. */
    record Lifetime(List<String> names, List<Double> values) {
        double percent(ChinaParReading reading) {
            double eta = values.get(names.size() + (int) reading.age() - ChinaParReading.FIRST_LIFETIME_AGE);
            for (int i = 0; i < names.size(); i++) {
                eta += values.get(i) * reading.term(names.get(i));
            }
            return 100 * (1 - Math.exp(-Math.exp(eta)));
        }
    }

    private record Seen(ChinaParReading reading, double percent) {}

    static TenYear tenYear(List<OfficialCase> cases, JsonNode printed) {
        List<String> names = new ArrayList<>();
        printed.fieldNames().forEachRemaining(name -> {
            if (!name.equals("mean") && !name.startsWith("S10")) {
                names.add(name);
            }
        });
        List<Seen> seen = new ArrayList<>();
        for (OfficialCase one : cases) {
            see(seen, one.reading(), one.tenYear());
            see(seen, one.reading().ideal(), one.idealTenYear());
        }
        int n = names.size();
        List<double[]> rows = new ArrayList<>();
        List<Double> targets = new ArrayList<>();
        for (Seen answer : seen) {
            double[] row = new double[n + 1];
            for (int i = 0; i < n; i++) {
                row[i] = answer.reading().term(names.get(i));
            }
            row[n] = 1;
            add(rows, targets, row, answer.percent());
        }
        for (int i = 0; i < n; i++) {
            double[] row = new double[n + 1];
            row[i] = 1 / PRINT_DEVIATION;
            rows.add(row);
            targets.add(printed.path(names.get(i)).doubleValue() / PRINT_DEVIATION);
        }
        return new TenYear(names, solve(rows, targets));
    }

    static Lifetime lifetime(List<OfficialCase> cases, List<String> names) {
        List<Seen> seen = new ArrayList<>();
        for (OfficialCase one : cases) {
            if (one.lifetime() != null && one.idealLifetime() != null) {
                see(seen, one.reading(), one.lifetime());
                see(seen, one.reading().ideal(), one.idealLifetime());
            }
        }
        int n = names.size();
        List<double[]> rows = new ArrayList<>();
        List<Double> targets = new ArrayList<>();
        for (Seen answer : seen) {
            double[] row = new double[n + AGES];
            for (int i = 0; i < n; i++) {
                row[i] = answer.reading().term(names.get(i));
            }
            row[n + (int) answer.reading().age() - ChinaParReading.FIRST_LIFETIME_AGE] = 1;
            add(rows, targets, row, answer.percent());
        }
        for (int age = 0; age + 2 < AGES; age++) {
            double[] row = new double[n + AGES];
            row[n + age] = 1 / AGE_ROUGHNESS;
            row[n + age + 1] = -2 / AGE_ROUGHNESS;
            row[n + age + 2] = 1 / AGE_ROUGHNESS;
            rows.add(row);
            targets.add(0.0);
        }
        return new Lifetime(names, solve(rows, targets));
    }

    private static void see(List<Seen> seen, ChinaParReading reading, double percent) {
        if (percent > 0.05) {
            seen.add(new Seen(reading, percent));
        }
    }

    /** Adds the equation of one answer, weighted by how narrow the interval of its exponent is. */
    private static void add(List<double[]> rows, List<Double> targets, double[] row, double percent) {
        double upper = exponent(percent + 0.05);
        double lower = exponent(Math.max(percent - 0.05, percent * 0.3));
        double deviation = (upper - lower) / Math.sqrt(12);
        for (int i = 0; i < row.length; i++) {
            row[i] /= deviation;
        }
        rows.add(row);
        targets.add((upper + lower) / 2 / deviation);
    }

    private static double exponent(double percent) {
        return Math.log(-Math.log(1 - percent / 100));
    }

    private static List<Double> solve(List<double[]> rows, List<Double> targets) {
        double[] right = targets.stream().mapToDouble(Double::doubleValue).toArray();
        var matrix = MatrixUtils.createRealMatrix(rows.toArray(double[][]::new));
        return DoubleStream.of(new QRDecomposition(matrix).getSolver().solve(new ArrayRealVector(right, false)).toArray()).boxed().toList();
    }

    /** Mean and largest absolute error in percentage points, against answers left out of the fit by tenths. */
    static double[] leftOutTenYear(List<OfficialCase> cases, JsonNode printed, int fromAge, int toAge) {
        double sum = 0;
        double worst = 0;
        int count = 0;
        for (int fold = 0; fold < 10; fold++) {
            TenYear fitted = tenYear(fold(cases, fold, false), printed);
            for (OfficialCase one : fold(cases, fold, true)) {
                if (one.reading().age() >= fromAge && one.reading().age() <= toAge) {
                    double error = Math.abs(fitted.percent(one.reading()) - one.tenYear());
                    sum += error;
                    worst = Math.max(worst, error);
                    count++;
                }
            }
        }
        return new double[] {sum / count, worst};
    }

    static double[] leftOutLifetime(List<OfficialCase> cases, List<String> names) {
        List<OfficialCase> known = cases.stream().filter(one -> one.lifetime() != null).toList();
        double sum = 0;
        double worst = 0;
        int count = 0;
        for (int fold = 0; fold < 10; fold++) {
            Lifetime fitted = lifetime(fold(known, fold, false), names);
            for (OfficialCase one : fold(known, fold, true)) {
                double error = Math.abs(fitted.percent(one.reading()) - Objects.requireNonNull(one.lifetime()));
                sum += error;
                worst = Math.max(worst, error);
                count++;
            }
        }
        return new double[] {sum / count, worst};
    }

    private static List<OfficialCase> fold(List<OfficialCase> cases, int fold, boolean within) {
        List<OfficialCase> chosen = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            if ((i % 10 == fold) == within) {
                chosen.add(cases.get(i));
            }
        }
        return chosen;
    }

    static JsonNode printed(String sex) throws IOException {
        return new ObjectMapper().readTree(SharedData.file("health-profile/china_par_equation.json").toFile()).path(sex);
    }

    static List<String> lifetimeNames(boolean male) {
        return male ? MEN_LIFETIME : WOMEN_LIFETIME;
    }

    /** Writes the file of coefficients to the first argument; the second is the date it bears. */
    public static void main(String[] args) throws IOException, NoSuchAlgorithmException {
        List<OfficialCase> all = OfficialCase.readAll();
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode file = json.createObjectNode();
        file.put("model", "China-PAR").put("version", "2016 (coefficients recovered, revision 1)");
        file.put("citation", "Yang X et al. Predicting the 10-year risks of atherosclerotic cardiovascular disease in Chinese population: the China-PAR project. Circulation 2016;134:1430-1440. doi:10.1161/CIRCULATIONAHA.116.022367");
        file.put("lifetimeCitation", "Liu F et al. Predicting lifetime risk for developing atherosclerotic cardiovascular disease in Chinese population: the China-PAR project. Sci Bull 2018;63:779-787; 中国心血管病风险评估和管理指南 2019");
        byte[] bytes = Files.readAllBytes(SharedData.file("health-profile/china_par_official_outputs_a.csv"));
        file.putObject("provenance")
                .put("method", "ChinaParRecovery: weighted least squares on the exponent, towards the printed two-decimal coefficients (ten years) or free with a smooth age part (lifetime)")
                .put("data", "recorded answers of the official calculator, and the equation printed in the publication's supplement")
                .put("licence", "not found: the answers themselves are not copied; the coefficients are facts learnt from them")
                .put("rows", all.size())
                .put("sha256", HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)))
                .put("fitted", args.length > 1 ? args[1] : "");
        for (boolean male : new boolean[] {true, false}) {
            String sex = male ? "men" : "women";
            List<OfficialCase> cases = all.stream().filter(one -> one.reading().male() == male).toList();
            TenYear tenYear = tenYear(cases, printed(sex));
            Lifetime lifetime = lifetime(cases, lifetimeNames(male));
            ObjectNode node = file.putObject(sex);
            ObjectNode ten = node.putObject("tenYear");
            terms(ten, tenYear.names(), tenYear.values());
            ten.put("intercept", round(tenYear.values().get(tenYear.names().size())));
            errors(ten, cases, one -> Math.abs(tenYear.percent(one.reading()) - one.tenYear()), leftOutTenYear(cases, printed(sex), 35, 74), 35, 74);
            ObjectNode life = node.putObject("lifetime");
            terms(life, lifetime.names(), lifetime.values());
            var byAge = life.putArray("interceptByAge");
            for (int age = 0; age < AGES; age++) {
                byAge.add(round(lifetime.values().get(lifetime.names().size() + age)));
            }
            List<OfficialCase> known = cases.stream().filter(one -> one.lifetime() != null).toList();
            errors(life, known, one -> Math.abs(lifetime.percent(one.reading()) - known(one.lifetime())), leftOutLifetime(cases, lifetimeNames(male)), 20, 59);
        }
        Files.writeString(Path.of(args[0]), json.writeValueAsString(file) + "\n", StandardCharsets.UTF_8);
    }

    private static double known(@Nullable Double value) {
        return Objects.requireNonNull(value);
    }

    private static void errors(ObjectNode node, List<OfficialCase> cases, ToDoubleFunction<OfficialCase> error, double[] leftOut, int from, int to) {
        List<OfficialCase> within = cases.stream().filter(one -> one.reading().age() >= from && one.reading().age() <= to).toList();
        node.putObject("metrics").put("ages", from + "-" + to).put("cases", within.size())
                .put("meanErrorPercentagePoints", round4(within.stream().mapToDouble(error).average().orElseThrow()))
                .put("largestErrorPercentagePoints", round4(within.stream().mapToDouble(error).max().orElseThrow()))
                .put("leftOutMeanErrorPercentagePoints", round4(leftOut[0]))
                .put("leftOutLargestErrorPercentagePoints", round4(leftOut[1]));
    }

    private static void terms(ObjectNode node, List<String> names, List<Double> values) {
        ObjectNode terms = node.putObject("terms");
        for (int i = 0; i < names.size(); i++) {
            terms.put(names.get(i), round(values.get(i)));
        }
    }

    /** Six decimals: a change of the last moves no answer by 0.001 percentage points. */
    private static double round(double value) {
        return Math.round(value * 1e6) / 1e6;
    }

    private static double round4(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
