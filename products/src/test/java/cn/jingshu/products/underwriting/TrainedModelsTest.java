package cn.jingshu.products.underwriting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.statistics.Calibration;
import cn.jingshu.products.statistics.StoredModel;
import cn.jingshu.products.underwriting.training.ChargesTraining;
import cn.jingshu.products.underwriting.training.ClevelandTraining;
import cn.jingshu.products.underwriting.training.SyntheaTraining;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Trains each model anew from its data: the floors hold, and what is stored is what the program learns. */
class TrainedModelsTest {
    private static final String DAY = "2026-11-30";

    @Test
    void clevelandReachesItsFloorByTheStatedFolds() throws IOException {
        ClevelandTraining cleveland = ClevelandTraining.read(SharedData.file("underwriting/heart_cleveland_303.data"));
        assertThat(cleveland.rows()).isEqualTo(297);
        StoredModel model = cleveland.full(DAY);
        assertThat(model.metrics().get("auc")).isGreaterThanOrEqualTo(0.89).isCloseTo(0.902, within(0.002));
        assertThat(model.metrics().get("brier")).isLessThan(0.13);
        Calibration calibration = Objects.requireNonNull(model.calibration());
        assertThat(calibration.groups()).hasSize(10);
        assertThat(calibration.slope()).isCloseTo(1, within(0.25));
        assertThat(calibration.hosmerLemeshow().pValue()).isGreaterThan(0.05);
        same(model, StoredModel.load("underwriting", "cardiac-workup-1"));
        same(cleveland.records(DAY), StoredModel.load("underwriting", "cardiac-1"));
    }

    @Test
    void chargesReachTheirFloor() throws IOException {
        StoredModel model = ChargesTraining.read(SharedData.file("underwriting/insurance_charges_1338.csv")).model(DAY);
        assertThat(model.provenance().rows()).isEqualTo(1_338);
        assertThat(model.metrics().get("r_squared_of_the_fit")).isGreaterThanOrEqualTo(0.866).isCloseTo(0.8664, within(0.00005));
        assertThat(model.metrics().get("adjusted_r_squared_of_the_fit")).isCloseTo(0.8653, within(0.00005));
        assertThat(model.metrics().get("r_squared")).as("held out").isGreaterThan(0.86);
        same(model, StoredModel.load("underwriting", "expected-cost-1"));
    }

    @Test
    void theModelOfCareRanksPeopleItHasNotSeen() throws IOException {
        StoredModel model = SyntheaTraining.read(SharedData.file("health-profile/synthea_seed20251218")).model(DAY);
        assertThat(model.metrics().get("auc")).isGreaterThan(0.70);
        assertThat(model.metrics().get("people")).isEqualTo(344);
        assertThat(model.coefficients().subList(3, model.coefficients().size())).as("nobody is rated lower for more care")
                .allSatisfy(c -> assertThat(c).isGreaterThanOrEqualTo(0));
        same(model, StoredModel.load("underwriting", "care-1"));
    }

    private static void same(StoredModel trained, StoredModel stored) {
        assertThat(stored.provenance()).isEqualTo(trained.provenance());
        assertThat(stored.features().stream().map(StoredModel.Feature::name))
                .containsExactlyElementsOf(trained.features().stream().map(StoredModel.Feature::name).toList());
        for (int j = 0; j < trained.coefficients().size(); j++) {
            assertThat(stored.coefficients().get(j)).isCloseTo(trained.coefficients().get(j), within(1e-6 * (1 + Math.abs(trained.coefficients().get(j)))));
        }
        for (Map.Entry<String, Double> metric : trained.metrics().entrySet()) {
            assertThat(stored.metrics().get(metric.getKey())).as(metric.getKey()).isCloseTo(metric.getValue(), within(1e-6 * (1 + Math.abs(metric.getValue()))));
        }
    }
}
