package cn.jingshu.products.health.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The scores against the reference answers kept beside the repository. */
class ReferenceScoresTest {
    private static List<CSVRecord> rows(String file) throws IOException {
        var format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
        try (var parser = format.parse(Files.newBufferedReader(SharedData.file("health-profile/" + file), StandardCharsets.UTF_8))) {
            return parser.getRecords();
        }
    }

    private static double number(CSVRecord row, String column) {
        return Double.parseDouble(row.get(column));
    }

    private static boolean yes(CSVRecord row, String column) {
        return row.get(column).equals("1");
    }

    private static double shown(double percent) {
        return Math.round(percent * 10) / 10.0;
    }

    @Test
    void qrisk3IsClinRisksProgramToOneDecimal() throws IOException {
        Map<String, Input> columns = Map.ofEntries(Map.entry("b_AF", Input.ATRIAL_FIBRILLATION), Map.entry("b_atypicalantipsy", Input.ATYPICAL_ANTIPSYCHOTICS),
                Map.entry("b_corticosteroids", Input.CORTICOSTEROIDS), Map.entry("b_impotence2", Input.ERECTILE_DYSFUNCTION), Map.entry("b_migraine", Input.MIGRAINE),
                Map.entry("b_ra", Input.RHEUMATOID_ARTHRITIS), Map.entry("b_renal", Input.CHRONIC_KIDNEY_DISEASE), Map.entry("b_semi", Input.SEVERE_MENTAL_ILLNESS),
                Map.entry("b_sle", Input.LUPUS), Map.entry("b_treatedhyp", Input.TREATED_HYPERTENSION), Map.entry("b_type1", Input.TYPE_1_DIABETES),
                Map.entry("b_type2", Input.TYPE_2_DIABETES), Map.entry("fh_cvd", Input.FAMILY_EARLY_CORONARY), Map.entry("ethrisk", Input.ETHNICITY),
                Map.entry("smoke_cat", Input.SMOKING_CATEGORY), Map.entry("town", Input.TOWNSEND), Map.entry("sbps5", Input.SYSTOLIC_DEVIATION));
        List<CSVRecord> rows = rows("qrisk3_2017_test.csv");
        assertThat(rows).hasSize(48);
        for (CSVRecord row : rows) {
            double metres = number(row, "height") / 100;
            Inputs person = People.known(!yes(row, "gender"), number(row, "age"))
                    .with(Input.SYSTOLIC, Given.answer(number(row, "sbp")))
                    .with(Input.BMI, Given.answer(number(row, "weight") / (metres * metres)))
                    .with(Input.HDL, Given.answer(1))
                    .with(Input.TOTAL_CHOLESTEROL, Given.answer(number(row, "rati")));
            for (Map.Entry<String, Input> column : columns.entrySet()) {
                person = person.with(column.getValue(), Given.answer(number(row, column.getKey())));
            }
            assertThat(new Qrisk3().assess(person)).as("%s", row).isInstanceOfSatisfying(Outcome.Scored.class,
                    scored -> assertThat(shown(scored.value())).isEqualTo(number(row, "QRISK_C_algorithm_score")));
        }
    }

    @Test
    void score2AndItsFormForOlderPeopleAreAsPublished() throws IOException {
        List<String> regions = List.of("Low", "Moderate", "High", "Very high");
        List<CSVRecord> rows = rows("score2_expected.csv");
        assertThat(rows).hasSize(21);
        for (CSVRecord row : rows) {
            double age = number(row, "age");
            Inputs person = People.known(row.get("gender").equals("male"), age)
                    .with(Input.SMOKER, Given.answer(number(row, "is_cuurent_smoker")))
                    .with(Input.SYSTOLIC, Given.answer(number(row, "systolic_bp")))
                    .with(Input.DIABETES, Given.answer(number(row, "have_diabetes")))
                    .with(Input.TOTAL_CHOLESTEROL, Given.answer(number(row, "total_chol_mmol_L")))
                    .with(Input.HDL, Given.answer(number(row, "total_hdl_mmol_L")))
                    .with(Input.EUROPEAN_REGION, Given.answer(regions.indexOf(row.get("risk_region"))));
            assertThat(new Score2(age >= 70).assess(person)).as("%s", row).isInstanceOfSatisfying(Outcome.Scored.class, scored -> {
                assertThat(shown(scored.value())).isEqualTo(number(row, "expected_percent"));
                assertThat(scored.band().en()).startsWith(row.get("expected_class").toLowerCase(Locale.ROOT));
            });
        }
    }

    @Test
    void pooledCohortAndFraminghamAreAsPublishedAndRefuseWhatTheyWereNotMadeFor() throws IOException {
        List<CSVRecord> rows = rows("ascvd_framingham_cases.csv");
        assertThat(rows).hasSize(16);
        int refused = 0;
        for (CSVRecord row : rows) {
            double total = row.get("total_chol_mgdl").isEmpty() ? 5 : number(row, "total_chol_mgdl") / PooledCohort.MG_DL_PER_MMOL_L;
            if (!Input.TOTAL_CHOLESTEROL.possible(total)) {
                assertThat(row.get("expected_percent")).isEqualTo("NA"); // 9,999 mg/dL: no body has that
                refused++;
                continue;
            }
            Inputs person = People.known(row.get("sex").equals("male"), number(row, "age"))
                    .with(Input.POOLED_COHORT_BLACK, Given.answer(row.get("race").equals("black") ? 1 : 0))
                    .with(Input.TOTAL_CHOLESTEROL, Given.answer(total))
                    .with(Input.HDL, Given.answer(row.get("hdl_mgdl").isEmpty() ? 1.3 : number(row, "hdl_mgdl") / PooledCohort.MG_DL_PER_MMOL_L))
                    .with(Input.SYSTOLIC, Given.answer(number(row, "sbp")))
                    .with(Input.TREATED_HYPERTENSION, Given.answer(number(row, "bp_treated")))
                    .with(Input.SMOKER, Given.answer(number(row, "smoker")))
                    .with(Input.DIABETES, Given.answer(number(row, "diabetes")));
            if (!row.get("bmi").isEmpty()) {
                person = person.with(Input.BMI, Given.answer(number(row, "bmi")));
            }
            RiskScore score = switch (row.get("model")) {
                case "PCE2013" -> new PooledCohort();
                case "FRS2008" -> new Framingham(false);
                case "FRS2008-simple-BMI" -> new Framingham(true);
                default -> throw new IllegalStateException(row.get("model"));
            };
            Outcome outcome = score.assess(person);
            if (row.get("expected_percent").equals("NA")) {
                assertThat(outcome).as("%s", row).isInstanceOf(Outcome.OutOfRange.class);
                refused++;
            } else {
                String expected = row.get("expected_percent");
                int decimals = expected.length() - expected.indexOf('.') - 1;
                assertThat(outcome).as("%s", row).isInstanceOfSatisfying(Outcome.Scored.class, scored ->
                        assertThat(scored.value()).isCloseTo(Double.parseDouble(expected), within(0.5001 * Math.pow(10, -decimals))));
            }
        }
        assertThat(refused).isEqualTo(2);
    }

    @Test
    void coefficientsAreThePublishedOnes() throws IOException {
        // The published tables in the form of another implementation: that each of them is in ours shows in any person's risk.
        for (CSVRecord row : rows("ascvd_pooled_coef.csv")) {
            double a = Math.log(52);
            double sum = number(row, "ln_age") * a + number(row, "ln_age_squared") * a * a + (number(row, "ln_totchol") + number(row, "ln_age_totchol") * a) * Math.log(231)
                    + (number(row, "ln_hdl") + number(row, "ln_age_hdl") * a) * Math.log(41) + (number(row, "ln_treated_sbp") + number(row, "ln_age_treated_sbp") * a) * Math.log(151)
                    + number(row, "smoker") + number(row, "ln_age_smoker") * a + number(row, "diabetes");
            double percent = 100 * (1 - Math.pow(number(row, "baseline_survival"), Math.exp(sum - number(row, "group_mean"))));
            assertThat(PooledCohort.percent(row.get("gender").equals("male"), row.get("race").equals("aa"), 52, 231, 41, 151, true, true, true)).isCloseTo(percent, within(1e-9));
        }
        for (CSVRecord row : rows("frs_coef.csv")) {
            double sum = number(row, "ln_age") * Math.log(52) + number(row, "ln_totchol") * Math.log(231) + number(row, "ln_hdl") * Math.log(41)
                    + number(row, "ln_untreated_sbp") * Math.log(151) + number(row, "smoker") + number(row, "diabetes");
            double percent = 100 * (1 - Math.pow(number(row, "baseline_survival"), Math.exp(sum - number(row, "group_mean"))));
            assertThat(Framingham.percent(row.get("gender").equals("male"), 52, 231, 41, 151, false, true, true)).isCloseTo(percent, within(1e-9));
        }
    }

    @Test
    void diabetesPointsAreTheWorkedTotals() throws IOException {
        JsonNode cases = new ObjectMapper().readTree(SharedData.file("health-profile/diabetes_risk_score_tables.json").toFile())
                .path("china_diabetes_risk_score").path("worked_cases");
        assertThat(cases).hasSize(5);
        for (JsonNode one : cases) {
            assertThat(DiabetesScore.points(one.path("age").doubleValue(), one.path("sex").asText().equals("male"), one.path("bmi").doubleValue(),
                    one.path("waist").doubleValue(), one.path("sbp").doubleValue(), one.path("family").booleanValue())).as("%s", one).isEqualTo(one.path("total").intValue());
        }
    }
}
