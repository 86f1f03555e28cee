package cn.jingshu.products.efficacy.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** LaLonde's treated with Dehejia and Wahba's controls against R: MatchIt 4.5.1, lm and weighted means. */
class LalondeReferenceTest {
    private static final List<String> PLAIN = List.of("age", "educ", "married", "nodegree", "re74", "re75");

    private static double[] row(CSVRecord row) {
        double[] values = new double[8];
        for (int j = 0; j < PLAIN.size(); j++) {
            values[j] = Double.parseDouble(row.get(PLAIN.get(j)));
        }
        values[6] = row.get("race").equals("hispan") ? 1 : 0;
        values[7] = row.get("race").equals("white") ? 1 : 0;
        return values;
    }

    @Test
    void everyEstimateEqualsTheReference() throws IOException {
        JsonNode expected = new ObjectMapper().readTree(SharedData.file("efficacy-safety/expected.json").toFile()).path("lalonde_psid_614");
        List<CSVRecord> rows = SharedData.rows("efficacy-safety/lalonde_psid_614.csv");
        double[][] covariates = rows.stream().map(LalondeReferenceTest::row).toArray(double[][]::new);
        double[] outcome = rows.stream().mapToDouble(row -> Double.parseDouble(row.get("re78"))).toArray();
        boolean[] treated = new boolean[rows.size()];
        for (int i = 0; i < treated.length; i++) {
            treated[i] = rows.get(i).get("treat").equals("1");
        }

        assertThat(TreatmentEffect.unadjusted(outcome, treated).difference())
                .isCloseTo(expected.path("naive_difference").asDouble(), within(1e-5));
        TreatmentEffect.Estimate regression = TreatmentEffect.regression(outcome, treated, covariates);
        assertThat(regression.difference()).isCloseTo(expected.path("ols_treat").path("coef").asDouble(), within(1e-4));
        assertThat(regression.standardError()).isCloseTo(expected.path("ols_treat").path("se").asDouble(), within(1e-4));

        double[] propensity = TreatmentEffect.propensity(treated, covariates);
        List<NearestMatching.Pair> pairs = NearestMatching.match(propensity, treated, Double.POSITIVE_INFINITY);
        TreatmentEffect.Estimate matched = TreatmentEffect.matched(outcome, pairs);
        assertThat(matched.cases()).isEqualTo(expected.path("nn_1to1_ps_matchit_default").path("n").asInt());
        assertThat(matched.difference()).isCloseTo(
                expected.path("nn_1to1_ps_matchit_default").path("difference").asDouble(), within(1e-4));
        // The controls MatchIt 4.5.1 takes.
        double[] inPairs = new double[treated.length];
        pairs.forEach(pair -> {
            inPairs[pair.treated()] = 1;
            inPairs[pair.control()] = 1;
        });
        List<Double> means = List.of(25.2054054, 10.5837838, 0.2, 0.6486486, 2476.9474824, 1669.7418998, 0.2108108);
        for (int j = 0; j < means.size(); j++) {
            assertThat(Balance.of(covariates, j, treated, inPairs).controlMean()).isCloseTo(means.get(j), within(5e-5));
        }
        assertThat(TreatmentEffect.weighted(outcome, treated, propensity).difference())
                .isCloseTo(expected.path("iptw_att_hajek").asDouble(), within(1e-3));

        double[] ones = new double[treated.length];
        Arrays.fill(ones, 1);
        for (int j = 0; j < PLAIN.size(); j++) {
            assertThat(Balance.of(covariates, j, treated, ones).standardisedDifference()).as(PLAIN.get(j))
                    .isCloseTo(expected.path("smd_before").path(PLAIN.get(j)).asDouble(), within(1e-6));
        }
    }
}
