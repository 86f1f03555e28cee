package cn.jingshu.products.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.claims.training.ProviderTraining;
import cn.jingshu.products.statistics.RankingQuality;
import cn.jingshu.products.statistics.StoredModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProviderRankingTest {
    @Test
    void theRankingReachesItsFloorByTheStatedFolds() throws Exception {
        ProviderTraining training = ProviderTraining.read(SharedData.file("claims/provider_fraud_features_a.csv"));
        double[] heldOut = training.heldOut();
        assertThat(heldOut).hasSize(2_705);
        assertThat(RankingQuality.auc(heldOut, training.flagged())).isGreaterThanOrEqualTo(0.94).isCloseTo(0.9422, within(0.0005));
        assertThat(RankingQuality.recallAtTop(heldOut, training.flagged(), 0.1)).isGreaterThanOrEqualTo(0.628).isCloseTo(0.652, within(0.005));
        StoredModel trained = training.model("2026-11-30");
        StoredModel stored = StoredModel.load("claims", "provider-1");
        assertThat(stored.provenance()).isEqualTo(trained.provenance());
        for (int j = 0; j < trained.coefficients().size(); j++) {
            assertThat(stored.coefficients().get(j)).isCloseTo(trained.coefficients().get(j), within(1e-6 * (1 + Math.abs(trained.coefficients().get(j)))));
        }
    }

    @Test
    void theStoredModelPutsTheFlaggedFirst() throws Exception {
        ProviderTraining training = ProviderTraining.read(SharedData.file("claims/provider_fraud_features_a.csv"));
        ProviderRanking.Result result = ProviderRanking.load().rank(training.providers());
        Map<String, Boolean> flagged = new HashMap<>();
        for (int i = 0; i < training.providers().size(); i++) {
            flagged.put(training.providers().get(i).provider(), training.flagged()[i]);
        }
        assertThat(result.ranked().stream().limit(100).filter(r -> flagged.getOrDefault(r.provider(), false)).count()).isGreaterThan(70);
        assertThat(result.ranked().stream().limit(100)).allSatisfy(r -> assertThat(r.reasons()).isNotEmpty());
        assertThat(result.drift()).as("the training providers, less the small ones").hasSize(ProviderSummary.names().size());
        assertThat(result.drift().get("log_patient_age_mean")).isLessThan(0.25);
    }

    private static ProviderSummary provider(String name, double people, double revenue) {
        Map<String, Double> numbers = new HashMap<>();
        ProviderSummary.NUMBERS.forEach(n -> numbers.put(n, 1.0));
        numbers.put("patients", people);
        numbers.put("claims", people * 1.2);
        numbers.put("revenue", revenue);
        return new ProviderSummary(name, numbers);
    }

    @Test
    void providersOfFewPeopleAreNotRanked() {
        ProviderRanking.Result result = ProviderRanking.load().rank(List.of(provider("small", 9, 9e9), provider("a", 10, 1_000), provider("b", 50, 2_000_000)));
        assertThat(result.suppressed()).isEqualTo(1);
        assertThat(result.ranked()).extracting(ProviderRanking.Ranked::provider).containsExactly("b", "a", "small");
        assertThat(result.ranked().getLast()).isEqualTo(new ProviderRanking.Ranked("small", 0, 0, List.of()));
        assertThat(result.ranked().getFirst().reasons()).contains(ProviderRanking.Reason.REVENUE);
        assertThat(result.drift()).as("too few to speak of drift").isEmpty();
    }

    @Test
    void theOrderHandedInDoesNotMatter() {
        List<ProviderSummary> providers = new ArrayList<>(List.of(provider("a", 20, 5_000), provider("b", 50, 90_000), provider("c", 30, 90_000)));
        ProviderRanking.Result before = ProviderRanking.load().rank(providers);
        assertThat(ProviderRanking.load().rank(providers.reversed())).isEqualTo(before);
        assertThat(ProviderRanking.load().rank(List.of()).ranked()).isEmpty();
    }

    @Test
    void aSummaryIsCompleteOrCannotBeBuilt() {
        ProviderSummary sound = provider("a", 20, 5_000);
        Map<String, Double> without = new HashMap<>(sound.numbers());
        without.remove("revenue");
        assertThatThrownBy(() -> new ProviderSummary("a", without)).isInstanceOf(IllegalArgumentException.class);
        Map<String, Double> broken = new HashMap<>(sound.numbers());
        broken.put("revenue", Double.NaN);
        assertThatThrownBy(() -> new ProviderSummary("a", broken)).isInstanceOf(IllegalArgumentException.class);
        assertThat(sound.vector()).hasSize(StoredModel.load("claims", "provider-1").features().size());
    }

    @Test
    void everyFeatureHasAReason() {
        for (String feature : ProviderSummary.names()) {
            assertThat(ProviderRanking.Reason.of(feature)).as(feature).isNotNull();
        }
        assertThat(ProviderRanking.Reason.of("serves_inpatients")).isEqualTo(ProviderRanking.Reason.KIND_OF_CARE);
        assertThat(ProviderRanking.Reason.of("log_patients")).isEqualTo(ProviderRanking.Reason.VOLUME);
        assertThat(ProviderRanking.Reason.of("repeated_inpatient_many_regions")).isEqualTo(ProviderRanking.Reason.SPREAD);
    }
}
