package cn.jingshu.marketplace.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.marketplace.billing.account.Notifications;
import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.echo.EchoProduct;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.WatchedModel;
import cn.jingshu.products.statistics.PopulationStability;
import cn.jingshu.products.statistics.PopulationStability.Shift;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counts of what models are asked about, on PostgreSQL: by whom they are reckoned, what the index is, and who is told of it how often. */
class DriftWatchIT {
    /** Noon in Shanghai of a day that no other look of this database comes near. */
    private static final Instant NOON = Instant.parse("2031-03-10T04:00:00Z");

    private static SharedNode house;

    private WatchedModel model = new WatchedModel("unset", "", 0, List.of());

    @BeforeAll
    static void open() throws IOException {
        house = SharedNode.get();
    }

    @BeforeEach
    void nobodyHasLooked() {
        house.node.get(Database.class).inTransaction(t -> t.change("UPDATE market.drift_look SET looked_at = TIMESTAMPTZ '1970-01-01'"));
    }

    /** The demo city's echo, with a model that decides. */
    private static final class Deciding implements DataProduct {
        private final EchoProduct echo = new EchoProduct();
        private final List<WatchedModel> models;

        Deciding(List<WatchedModel> models) {
            this.models = models;
        }

        @Override
        public ServiceDescriptor contract() {
            return echo.contract();
        }

        @Override
        public List<Operation> operations() {
            return echo.operations();
        }

        @Override
        public List<WatchedModel> watchedModels() {
            return models;
        }
    }

    private void watched(List<Double> shares) {
        model = new WatchedModel("m-" + UUID.randomUUID(), shares.isEmpty() ? "" : "a file", shares.isEmpty() ? 0 : 1_000,
                List.of(new WatchedModel.Input("age", List.of("<40", "≥40"), shares)));
    }

    private DriftWatch watch(Instant now) {
        return watch(now, List.of(model));
    }

    private static DriftWatch watch(Instant now, List<WatchedModel> models) {
        return new DriftWatch(house.node.get(Database.class), house.node.get(DriftBook.class), Contracts.of(List.of(new Deciding(models))),
                house.node.get(Notifications.class), "node-" + UUID.randomUUID(), Clock.fixed(now, ZoneOffset.UTC), Duration.ofHours(1));
    }

    private void asked(long young, long old) {
        if (young > 0) {
            model.add(new WatchedModel.Count(0, 0, young));
        }
        if (old > 0) {
            model.add(new WatchedModel.Count(0, 1, old));
        }
    }

    private InputDrift found() {
        return house.node.get(DriftBook.class).listNewest(LocalDate.of(2031, 1, 1)).stream()
                .filter(each -> each.model().equals(model.id())).findFirst().orElseThrow();
    }

    private List<String> told() {
        return house.node.get(Database.class).inTransaction(t -> t.list("""
                SELECT o.name_en FROM market.notification n JOIN market.organisation o ON o.id = n.organisation_id
                 WHERE n.kind = 'MODEL_DRIFT' AND n.about = ? ORDER BY o.name_en
                """, row -> row.text("name_en"), "echo " + model.id()));
    }

    @Test
    void ofTwoNodesOneTakesTheHour() {
        watched(List.of(0.5, 0.5));
        synchronized (house.node.get(DriftWatch.class)) { // else the node itself might look in between, in its own year
            DriftWatch here = watch(NOON);
            DriftWatch there = watch(NOON.plusSeconds(3));
            assertThat(List.of(here.round(), there.round())).containsExactly(true, false);
            assertThat(watch(NOON.plus(Duration.ofMinutes(59))).round()).as("within the hour").isFalse();
            assertThat(watch(NOON.plus(Duration.ofMinutes(60))).round()).isTrue();
        }
    }

    @Test
    void aClockThatRanAheadHoldsNobodyUp() {
        watched(List.of(0.5, 0.5));
        synchronized (house.node.get(DriftWatch.class)) {
            assertThat(watch(NOON.plus(Duration.ofDays(300))).round()).isTrue();
            assertThat(watch(NOON).round()).isTrue();
            assertThat(watch(NOON.plusSeconds(3)).round()).as("within the hour").isFalse();
            assertThat(watch(NOON.minusSeconds(3)).round()).as("clocks that lie a little apart").isFalse();
        }
    }

    @Test
    void theIndexIsThatOfTheCountsOfAllNodes() {
        watched(List.of(0.5, 0.5));
        asked(100, 20);
        watch(NOON).store();
        asked(50, 30);
        watch(NOON).round();
        double expected = 0.25 * Math.log(0.75 / 0.5) - 0.25 * Math.log(0.25 / 0.5); // 150 and 50 of 200 against halves
        assertThat(found().index()).isCloseTo(expected, within(1e-12));
        assertThat(found().cases()).isEqualTo(200);
        assertThat(found().shift()).isEqualTo(Shift.LARGE);
        assertThat(found().origin()).isEqualTo(InputDrift.Origin.TRAINING);
        assertThat(found().reference()).isEqualTo(1_000);
        assertThat(model.take()).as("what was stored is not counted twice").isEmpty();
    }

    @Test
    void operatorAndMerchantAreToldOnceForAModelAndMonth() {
        watched(List.of(0.5, 0.5));
        asked(150, 50);
        watch(NOON).round();
        List<String> once = told();
        assertThat(once).hasSizeBetween(1, 2);
        assertThat(once).contains(house.node.get(Database.class).inTransaction(t -> t.list("""
                SELECT DISTINCT o.name_en FROM market.registration g JOIN market.organisation o ON o.id = g.merchant_id WHERE g.product_code = 'echo'
                """, row -> row.text("name_en"))).toArray(String[]::new));
        assertThat(once).contains(house.node.get(Database.class).inTransaction(t -> t.list(
                "SELECT name_en FROM market.organisation WHERE kinds && ARRAY['OPERATOR']", row -> row.text("name_en"))).toArray(String[]::new));
        watch(NOON.plus(Duration.ofHours(2))).round();
        assertThat(told()).as("later in the month").isEqualTo(once);
        watch(NOON.plus(Duration.ofDays(22))).round(); // the first of April
        assertThat(told()).as("of the next month").hasSize(2 * once.size());
    }

    @Test
    void aSmallMoveIsShownAndNobodyIsTold() {
        watched(List.of(0.5, 0.5));
        asked(120, 80);
        watch(NOON).round();
        assertThat(found().shift()).isEqualTo(Shift.STABLE);
        assertThat(told()).isEmpty();
    }

    @Test
    void fewCasesAndThoseOfLongAgoShowNothing() {
        watched(List.of(0.5, 0.5));
        asked(99, 0);
        watch(NOON).round();
        assertThat(found().day()).as("99 cases").isNull();
        asked(1, 0);
        watch(NOON.plus(Duration.ofHours(1))).round();
        assertThat(found().day()).isEqualTo(LocalDate.of(2031, 3, 10));
        watch(NOON.plus(Duration.ofDays(30))).round();
        assertThat(found().day()).as("a window later nothing new was reckoned").isEqualTo(LocalDate.of(2031, 3, 10));
    }

    @Test
    void withoutTrainingDataTheFirstCasesAreWhatIsComparedWith() {
        watched(List.of());
        asked(200, 299);
        watch(NOON).round();
        asked(0, 1);
        watch(NOON.plus(Duration.ofHours(1))).round();
        assertThat(found().origin()).isEqualTo(InputDrift.Origin.FIRST_CASES);
        assertThat(found().reference()).isEqualTo(500);
        assertThat(found().day()).as("the first cases are not compared with themselves").isNull();
        asked(0, 150);
        watch(NOON.plus(Duration.ofDays(1))).round();
        assertThat(found().cases()).isEqualTo(150);
        assertThat(found().shift()).isEqualTo(Shift.LARGE);
        assertThat(told()).isNotEmpty();
    }

    @Test
    void aModelTrainedAnewIsComparedWithItsNewData() {
        watched(List.of(0.5, 0.5));
        asked(150, 50);
        watch(NOON).round();
        WatchedModel again = new WatchedModel(model.id(), "another file", 2_000,
                List.of(new WatchedModel.Input("age", List.of("<40", "≥40"), List.of(0.75, 0.25))));
        model = again;
        watch(NOON.plus(Duration.ofHours(1))).round();
        assertThat(found().index()).isCloseTo(0, within(1e-12));
        assertThat(found().reference()).isEqualTo(2_000);
    }

    @Test
    void whatIsOverAYearOldIsForgotten() {
        watched(List.of(0.5, 0.5));
        asked(60, 60);
        watch(NOON).round();
        watch(NOON.plus(Duration.ofDays(400))).round();
        List<String> kept = house.node.get(Database.class).inTransaction(t -> t.list("SELECT bin FROM market.model_input_count WHERE model = ?",
                row -> row.text("bin"), model.id()));
        assertThat(kept).isEmpty();
        assertThat(found().day()).isNull();
    }

    @Test
    void whatFailsForOneModelHoldsUpNoOther() {
        watched(List.of(0.5, 0.5));
        WatchedModel broken = new WatchedModel("m-" + UUID.randomUUID(), "", 0, List.of(new WatchedModel.Input("age\0", List.of("<40", "≥40"), List.of())));
        broken.add(new WatchedModel.Count(0, 0, 7));
        asked(150, 50);
        DriftWatch watch = watch(NOON, List.of(broken, model));
        assertThat(watch.round()).as("the hour is taken").isTrue();
        assertThat(found().cases()).isEqualTo(200);
        assertThat(told()).isNotEmpty();
        assertThat(broken.take()).as("what could not be stored is kept").containsExactly(new WatchedModel.Count(0, 0, 7));
    }

    @Test
    void closeEdgesAreStoredByTheirOwnBins() {
        List<String> bins = PopulationStability.labels(List.of(112.13, 112.16, 112.19));
        model = new WatchedModel("m-" + UUID.randomUUID(), "a file", 4,
                List.of(new WatchedModel.Input("longitude", bins, List.of(0.25, 0.25, 0.25, 0.25))));
        for (int bin = 0; bin < bins.size(); bin++) {
            model.add(new WatchedModel.Count(0, bin, 50));
        }
        watch(NOON).round();
        assertThat(found().cases()).isEqualTo(200);
        assertThat(found().index()).isCloseTo(0, within(1e-12));
    }

    @Test
    void itsMetricShowsTheModel() {
        watched(List.of(0.5, 0.5));
        asked(150, 50);
        watch(NOON).round();
        DriftWatch own = house.node.get(DriftWatch.class);
        own.round();
        String line = "jingshu_model_drift{model=\"" + model.id() + "\",product=\"echo\"";
        assertThat(house.node.get(PrometheusMeterRegistry.class).scrape()).contains(line);
    }
}
