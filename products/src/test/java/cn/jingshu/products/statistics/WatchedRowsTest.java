package cn.jingshu.products.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.spi.WatchedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WatchedRowsTest {
    private static WatchedRows rows() {
        return new WatchedRows("m-1", "a file", 10, List.of(
                new WatchedRows.Column(0, "age", List.of(40.0, 60.0), List.of(0.2, 0.5, 0.3)), new WatchedRows.Column(2, "mass", List.of(28.0), List.of())));
    }

    @Test
    void aRowIsCountedByTheBinsOfItsColumns() {
        WatchedRows rows = rows();
        rows.count(new double[] {39.9, 7, 28});
        rows.count(new double[] {40, 7, Double.NaN});
        rows.count(new double[] {60, 7, 27.9});
        assertThat(rows.model().inputs().getFirst().bins()).containsExactly("<40", "40–60", "≥60");
        assertThat(rows.model().take()).as("an edge belongs to the bin above it; what is not known is not counted").containsExactlyInAnyOrder(
                new WatchedModel.Count(0, 0, 1), new WatchedModel.Count(0, 1, 1), new WatchedModel.Count(0, 2, 1),
                new WatchedModel.Count(1, 1, 1), new WatchedModel.Count(1, 0, 1));
    }

    @Test
    void whatWasTakenAndGivenBackIsThereOnce() {
        WatchedRows rows = rows();
        rows.count(new double[] {50, 0, 30});
        List<WatchedModel.Count> taken = rows.model().take();
        rows.count(new double[] {50, 0, 30});
        taken.forEach(rows.model()::add);
        assertThat(rows.model().take()).containsExactlyInAnyOrder(new WatchedModel.Count(0, 1, 2), new WatchedModel.Count(1, 1, 2));
    }

    @Test
    void countsOfManyThreadsAreAllThere() throws InterruptedException {
        WatchedRows rows = rows();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 10_000; n++) {
                    rows.count(new double[] {50, 0, Double.NaN});
                }
            }));
        }
        long seen = 0;
        for (Thread thread : threads) {
            seen += rows.model().take().stream().mapToLong(WatchedModel.Count::cases).sum();
            thread.join();
        }
        seen += rows.model().take().stream().mapToLong(WatchedModel.Count::cases).sum();
        assertThat(seen).isEqualTo(40_000);
    }

    @Test
    void heldFeaturesAreLeftOutAndTheOthersKeepTheirPlace() {
        StoredModel model = StoredModel.load("underwriting", "cardiac-1");
        WatchedRows rows = WatchedRows.of(model, Set.of("male"));
        assertThat(rows.model().inputs()).extracting(WatchedModel.Input::name).containsExactly("age_decades_from_50", "resting_pressure_20_from_120",
                "cholesterol_40_from_200", "high_fasting_glucose");
        rows.count(new double[] {0, 1, -100, 0, 1});
        int pressure = 1;
        assertThat(rows.model().take()).contains(new WatchedModel.Count(pressure, 0, 1));
        assertThat(rows.model().trainedOn()).isEqualTo(297);
        assertThat(rows.model().source()).contains(model.provenance().sha256());
    }

    @Test
    void sharesOfOtherBinsAreRefused() {
        assertThatThrownBy(() -> new WatchedModel.Input("age", List.of("<40", "≥40"), List.of(1.0))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void binsAndInputsOfOneNameAreRefused() {
        assertThatThrownBy(() -> new WatchedModel.Input("age", List.of("<40", "40–40", "40–40", "≥40"), List.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("named alike");
        var age = new WatchedModel.Input("age", List.of("<40", "≥40"), List.of());
        assertThatThrownBy(() -> new WatchedModel("m", "", 0, List.of(age, age))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void equalEdgesAscendHoweverNarrowTheRange() {
        assertThat(WatchedRows.equalEdges(0, 10, 5)).containsExactly(2.0, 4.0, 6.0, 8.0);
        assertThat(WatchedRows.equalEdges(1, Math.nextUp(Math.nextUp(1)), 10)).doesNotHaveDuplicates().isSorted();
        assertThatThrownBy(() -> WatchedRows.equalEdges(-Double.MAX_VALUE, Double.MAX_VALUE, 10)).isInstanceOf(IllegalArgumentException.class);
    }
}
