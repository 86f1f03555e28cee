package cn.jingshu.products.efficacy.survival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The lung and veteran studies against R's survival 3.5. */
class SurvivalReferenceTest {
    private static JsonNode expected(String study) throws IOException {
        return new ObjectMapper().readTree(SharedData.file("efficacy-safety/expected.json").toFile()).path("survival").path(study);
    }

    private static List<CSVRecord> lung() {
        return SharedData.rows("efficacy-safety/survival_lung_228.csv");
    }

    private static List<CSVRecord> veteran() {
        return SharedData.rows("efficacy-safety/survival_veteran_137.csv");
    }

    private static FollowUp lungFollowUp(CSVRecord row) {
        return new FollowUp(Double.parseDouble(row.get("time")), row.get("status").equals("2"));
    }

    private static FollowUp veteranFollowUp(CSVRecord row) {
        return new FollowUp(Double.parseDouble(row.get("time")), row.get("status").equals("1"));
    }

    private static List<FollowUp> with(String column, String value) {
        return lung().stream().filter(row -> row.get(column).equals(value)).map(SurvivalReferenceTest::lungFollowUp).toList();
    }

    private static double number(CSVRecord row, String column) {
        return Double.parseDouble(row.get(column));
    }

    @Test
    void kaplanMeierOfLung() throws IOException {
        JsonNode expected = expected("lung");
        KaplanMeier curve = KaplanMeier.of(lung().stream().map(SurvivalReferenceTest::lungFollowUp).toList());
        assertThat(curve.cases()).isEqualTo(expected.path("n").asInt());
        assertThat(curve.events()).isEqualTo(expected.path("events").asInt());
        assertMedian(curve, expected.path("km_median"), expected.path("km_median_95"));
        for (String time : List.of("100", "300", "500", "700")) {
            assertThat(curve.survivalAt(Double.parseDouble(time))).isCloseTo(expected.path("km_at").path(time).asDouble(), within(5e-4));
        }
        for (String sex : List.of("1", "2")) {
            JsonNode one = expected.path("by_sex").path(sex);
            KaplanMeier own = KaplanMeier.of(with("sex", sex));
            assertThat(own.cases()).isEqualTo(one.path("n").asInt());
            assertThat(own.events()).isEqualTo(one.path("events").asInt());
            assertMedian(own, one.path("median"), one.path("ci"));
        }
    }

    private static void assertMedian(KaplanMeier curve, JsonNode median, JsonNode interval) {
        assertThat(curve.median().estimate()).isEqualTo(OptionalDouble.of(median.asDouble()));
        assertThat(curve.median().lower()).isEqualTo(OptionalDouble.of(interval.get(0).asDouble()));
        assertThat(curve.median().upper()).isEqualTo(OptionalDouble.of(interval.get(1).asDouble()));
    }

    @Test
    void logRankOfLungAndVeteran() throws IOException {
        LogRank lung = LogRank.of(List.of(with("sex", "1"), with("sex", "2")));
        JsonNode expected = expected("lung").path("logrank_sex");
        assertThat(lung.chiSquare()).isCloseTo(expected.path("chisq").asDouble(), within(0.05));
        assertThat(lung.degrees()).isEqualTo(1);
        assertThat(lung.p()).isCloseTo(expected.path("p").asDouble(), within(5e-4));
        LogRank veteran = LogRank.of(List.of("1", "2").stream()
                .map(arm -> veteran().stream().filter(row -> row.get("trt").equals(arm)).map(SurvivalReferenceTest::veteranFollowUp).toList())
                .toList());
        JsonNode other = expected("veteran").path("logrank_trt");
        assertThat(veteran.chiSquare()).isCloseTo(other.path("chisq").asDouble(), within(5e-6));
        assertThat(veteran.p()).isCloseTo(other.path("p").asDouble(), within(5e-4));
    }

    @Test
    void mediansOfVeteran() throws IOException {
        for (String arm : List.of("1", "2")) {
            KaplanMeier curve = KaplanMeier.of(veteran().stream().filter(row -> row.get("trt").equals(arm))
                    .map(SurvivalReferenceTest::veteranFollowUp).toList());
            assertThat(curve.median().estimate())
                    .isEqualTo(OptionalDouble.of(expected("veteran").path("median").path("trt" + arm).asDouble()));
        }
    }

    @Test
    void coxOfLung() throws IOException {
        JsonNode expected = expected("lung").path("cox_sex");
        var fit = (CoxResult.Fitted) CoxRegression.fit(lung().stream().map(SurvivalReferenceTest::lungFollowUp).toList(),
                lung().stream().map(row -> new double[] {number(row, "sex")}).toArray(double[][]::new), CoxRegression.Ties.EFRON);
        assertThat(fit.coefficients().getFirst()).isCloseTo(expected.path("coef").asDouble(), within(1e-7));
        assertThat(fit.standardErrors().getFirst()).isCloseTo(expected.path("se").asDouble(), within(1e-7));
        assertThat(fit.concordance()).isCloseTo(expected.path("concordance").asDouble(), within(1e-6));

        List<CSVRecord> complete = lung().stream().filter(row -> !row.get("ph.ecog").isEmpty() && !row.get("ph.ecog").equals("NA")).toList();
        List<FollowUp> followUps = complete.stream().map(SurvivalReferenceTest::lungFollowUp).toList();
        double[][] columns = complete.stream()
                .map(row -> new double[] {number(row, "age"), number(row, "sex"), number(row, "ph.ecog")}).toArray(double[][]::new);
        JsonNode three = expected("lung").path("cox_age_sex_phecog_efron");
        var efron = (CoxResult.Fitted) CoxRegression.fit(followUps, columns, CoxRegression.Ties.EFRON);
        var breslow = (CoxResult.Fitted) CoxRegression.fit(followUps, columns, CoxRegression.Ties.BRESLOW);
        assertThat(efron.cases()).isEqualTo(three.path("n").asInt());
        assertThat(efron.likelihoodRatio()).isCloseTo(three.path("lrt").asDouble(), within(1e-5));
        assertThat(efron.concordance()).isCloseTo(three.path("concordance").asDouble(), within(1e-6));
        for (int j = 0; j < 3; j++) {
            assertThat(efron.coefficients().get(j)).isCloseTo(three.path("coef").get(j).asDouble(), within(1e-7));
            assertThat(efron.standardErrors().get(j)).isCloseTo(three.path("se").get(j).asDouble(), within(1e-7));
            assertThat(breslow.coefficients().get(j))
                    .isCloseTo(expected("lung").path("cox_breslow").path("coef").get(j).asDouble(), within(1e-7));
        }
    }

    @Test
    void coxOfVeteranIsKalbfleischAndPrenticesModel() throws IOException {
        JsonNode expected = expected("veteran").path("cox_kalbfleisch_prentice");
        List<CSVRecord> rows = veteran();
        double[][] columns = rows.stream().map(row -> new double[] {
            number(row, "trt"), is(row, "smallcell"), is(row, "adeno"), is(row, "large"), number(row, "karno"),
            number(row, "diagtime"), number(row, "age"), number(row, "prior")}).toArray(double[][]::new);
        var fit = (CoxResult.Fitted) CoxRegression.fit(
                rows.stream().map(SurvivalReferenceTest::veteranFollowUp).toList(), columns, CoxRegression.Ties.EFRON);
        List<String> names = List.of("trt", "smallcell", "adeno", "large", "karno", "diagtime", "age", "prior_per_unit");
        for (int j = 0; j < names.size(); j++) {
            assertThat(fit.coefficients().get(j)).as(names.get(j)).isCloseTo(expected.path(names.get(j)).asDouble(), within(1e-6));
        }
        assertThat(fit.likelihoodRatio()).isCloseTo(expected.path("lrt").asDouble(), within(1e-4));
    }

    private static double is(CSVRecord row, String cell) {
        return row.get("celltype").equals(cell) ? 1 : 0;
    }
}
