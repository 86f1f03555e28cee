package cn.jingshu.products.health.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The scores of Framingham as they stand here, against the published coefficients, on the sample people that go with them. */
class FraminghamCoefficientsTest {
    private static final List<String> NUMBERS = List.of("age", "sbp", "BMI", "hdl", "totchol");

    private static CSVRecord of(List<CSVRecord> rows, String gender) {
        return rows.stream().filter(row -> row.get("gender").equals(gender)).findFirst().orElseThrow();
    }

    private static double risk(CSVRecord coefficients, CSVRecord person, ToDoubleFunction<CSVRecord> blood) {
        boolean treated = yes(person, "bp_med");
        double sum = number(coefficients, "ln_age") * Math.log(number(person, "age"))
                + number(coefficients, treated ? "ln_treated_sbp" : "ln_untreated_sbp") * Math.log(number(person, "sbp"))
                + (yes(person, "smoker") ? number(coefficients, "smoker") : 0) + (yes(person, "diabetes") ? number(coefficients, "diabetes") : 0)
                + blood.applyAsDouble(person) - number(coefficients, "group_mean");
        return 100 * (1 - Math.pow(number(coefficients, "baseline_survival"), Math.exp(sum)));
    }

    private static double number(CSVRecord row, String column) {
        return Double.parseDouble(row.get(column));
    }

    private static boolean yes(CSVRecord row, String column) {
        return row.get(column).equals("1");
    }

    private static List<CSVRecord> people(String... needed) {
        return SharedData.rows("health-profile/cvrisk_sample_data.csv").stream()
                .filter(row -> List.of(needed).stream().noneMatch(column -> row.get(column).isEmpty())).toList();
    }

    @Test
    void theSampleHasItsSevenPeople() {
        List<CSVRecord> all = SharedData.rows("health-profile/cvrisk_sample_data.csv");
        assertThat(all).hasSize(7).allSatisfy(row -> assertThat(row.get("age")).isNotEmpty());
        assertThat(NUMBERS).allSatisfy(column -> assertThat(all).as(column).anyMatch(row -> !row.get(column).isEmpty()));
    }

    @Test
    void withoutLaboratoryItIsThePublishedEquation() {
        List<CSVRecord> coefficients = SharedData.rows("health-profile/frs_simple_coef.csv");
        List<CSVRecord> people = people("BMI", "sbp", "bp_med");
        assertThat(people).hasSize(3);
        for (CSVRecord person : people) {
            CSVRecord own = of(coefficients, person.get("gender"));
            double expected = risk(own, person, row -> number(own, "ln_bmi") * Math.log(number(row, "BMI")));
            assertThat(Framingham.simplePercent(person.get("gender").equals("male"), number(person, "age"), number(person, "BMI"), number(person, "sbp"),
                    yes(person, "bp_med"), yes(person, "smoker"), yes(person, "diabetes"))).as(person.toString()).isCloseTo(expected, within(1e-9));
        }
    }

    @Test
    void withLipidsItIsThePublishedEquation() {
        List<CSVRecord> coefficients = SharedData.rows("health-profile/frs_coef.csv");
        List<CSVRecord> people = people("totchol", "hdl", "sbp", "bp_med");
        assertThat(people).hasSize(5);
        for (CSVRecord person : people) {
            CSVRecord own = of(coefficients, person.get("gender"));
            double expected = risk(own, person, row -> number(own, "ln_totchol") * Math.log(number(row, "totchol"))
                    + number(own, "ln_hdl") * Math.log(number(row, "hdl")));
            assertThat(Framingham.percent(person.get("gender").equals("male"), number(person, "age"), number(person, "totchol"), number(person, "hdl"),
                    number(person, "sbp"), yes(person, "bp_med"), yes(person, "smoker"), yes(person, "diabetes"))).as(person.toString())
                    .isCloseTo(expected, within(1e-9));
        }
    }
}
