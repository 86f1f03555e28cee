package cn.jingshu.products.efficacy.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The 17,189 pairs of the FDA's CAERS reports against what openEBGM 0.9.1 says of them. */
class CaersReferenceTest {
    /** The hyperparameters of openEBGM's vignette. */
    private static final GammaPoisson VIGNETTE = new GammaPoisson(3.25379356, 0.39988854, 2.02612692, 1.9080797, 0.06534557);

    private static List<PairCount> pairs() {
        PairTable table = new PairTable();
        for (CSVRecord row : SharedData.rows("efficacy-safety/caers_20156.csv")) {
            table.add(new Report(row.get("id"), row.get("var1"), row.get("var2"), ""));
        }
        return table.pairs();
    }

    @Test
    void everyPairEqualsTheReference() {
        Map<List<String>, PairCount> pairs = new HashMap<>();
        pairs().forEach(pair -> pairs.put(List.of(pair.product(), pair.event()), pair));
        List<CSVRecord> expected = SharedData.rows("efficacy-safety/caers_expected_openEBGM_17189.csv");
        assertThat(expected).hasSize(17_189);
        assertThat(pairs).hasSize(17_189);
        List<String> differences = new ArrayList<>();
        int signals = 0;
        for (CSVRecord row : expected) {
            PairCount pair = Objects.requireNonNull(pairs.get(List.of(row.get("var1"), row.get("var2"))));
            GammaPoisson.Score score = VIGNETTE.score(pair);
            assertThat(pair.observed()).isEqualTo(Long.parseLong(row.get("N")));
            assertThat(pair.expected()).isCloseTo(Double.parseDouble(row.get("E")), within(1e-12 * pair.total()));
            compare(differences, row, "RR", Disproportionality.relativeRate(pair));
            compare(differences, row, "PRR", Disproportionality.proportionalReportingRatio(pair).estimate());
            compare(differences, row, "EBGM", score.ebgm());
            compare(differences, row, "QUANT_05", score.eb05());
            compare(differences, row, "QUANT_95", score.eb95());
            GammaMixture posterior = VIGNETTE.posterior(pair.observed(), pair.expected());
            // how far the reference's search stops from the root it looks for
            assertThat(score.eb05()).isCloseTo(posterior.quantile(0.05), within(0.003));
            assertThat(score.eb95()).isCloseTo(posterior.quantile(0.95), within(0.003));
            signals += rounded(score.eb05()) >= 2 ? 1 : 0;
        }
        assertThat(differences).isEmpty();
        assertThat(signals).isEqualTo(131);
    }

    @Test
    void theStrongestSignalIsTheVignettes() {
        PairCount top = pairs().stream().max(Comparator.comparingDouble(pair -> VIGNETTE.score(pair).eb05())).orElseThrow();
        assertThat(top.product()).isEqualTo("REUMOFAN PLUS");
        assertThat(top.event()).isEqualTo("WEIGHT INCREASED");
        assertThat(top.observed()).isEqualTo(16);
        assertThat(top.expected()).isCloseTo(0.40643623, within(1e-8));
    }

    @Test
    void theLearntPriorIsTheLikeliestAndItsSignalsAreAmongThePublishedOnes() {
        List<PairCount> pairs = pairs();
        GammaPoisson.Fit fit = GammaPoisson.fit(pairs);
        assertThat(fit.logLikelihood()).isGreaterThanOrEqualTo(VIGNETTE.logLikelihood(pairs));
        assertThat(GammaPoisson.fit(pairs)).isEqualTo(fit);
        // what an independent simplex search (scipy 1.17.1, Nelder-Mead on the same likelihood) found
        assertThat(fit.logLikelihood()).isCloseTo(-536.19608, within(1e-4));
        assertThat(fit.prior().alpha1()).isCloseTo(45.1348, within(0.01));
        assertThat(fit.prior().weight()).isCloseTo(0.0072002, within(1e-5));
        List<PairCount> signals = pairs.stream().filter(pair -> fit.prior().score(pair).eb05() >= 2).toList();
        assertThat(signals).hasSize(80).allMatch(pair -> VIGNETTE.score(pair).eb05() >= 2);
    }

    private static void compare(List<String> differences, CSVRecord row, String column, double value) {
        double expected = row.get(column).equals("Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(row.get(column));
        if (Double.compare(rounded(value), expected) != 0) {
            differences.add(row.get("var1") + " / " + row.get("var2") + " " + column + " " + value + " for " + expected);
        }
    }

    /** To two digits as R 4 does: the nearer of the two neighbours, and of equally near ones the even. */
    private static double rounded(double value) {
        if (Double.isInfinite(value)) {
            return value;
        }
        double below = Math.floor(value * 100);
        double above = Math.ceil(value * 100);
        int nearer = Double.compare(value - below / 100, above / 100 - value);
        return (nearer < 0 || (nearer == 0 && below % 2 == 0) ? below : above) / 100;
    }
}
