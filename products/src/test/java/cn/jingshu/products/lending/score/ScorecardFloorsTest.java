package cn.jingshu.products.lending.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.lending.training.LendingTrainingMain;
import cn.jingshu.products.lending.training.LendingTrainingMain.Card;
import cn.jingshu.products.lending.training.TrainingTable;
import cn.jingshu.products.statistics.RankingQuality;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The floors on cases held out (fold = row mod 10), and that the stored scorecards are those the files give. */
class ScorecardFloorsTest {
    @Test
    void applicationsReachTheFloorWithEveryColumnAndWithoutProtectedOnes() throws IOException {
        Card card = LendingTrainingMain.INSTALMENT_CREDIT;
        TrainingTable table = card.reading().read(SharedData.file("loan/german_credit_1000.csv"));
        assertThat(table.cases()).hasSize(1_000);
        double all = RankingQuality.auc(card.trainer(table, true).heldOut(table, 10), table.events());
        double served = RankingQuality.auc(card.trainer(table, false).heldOut(table, 10), table.events());
        assertThat(all).isGreaterThanOrEqualTo(0.78);
        assertThat(served).isGreaterThanOrEqualTo(0.78);
        isWhatIsStored(card, table, served);
    }

    @Test
    void cardAccountsReachTheFloorWithoutProtectedColumns() throws IOException {
        Card card = LendingTrainingMain.CARD_BEHAVIOUR;
        TrainingTable table = card.reading().read(SharedData.file("loan/taiwan_credit_default_30000.csv"));
        assertThat(table.cases()).hasSize(30_000);
        double served = RankingQuality.auc(card.trainer(table, false).heldOut(table, 10), table.events());
        assertThat(served).isGreaterThanOrEqualTo(0.77);
        isWhatIsStored(card, table, served);
    }

    private static void isWhatIsStored(Card card, TrainingTable table, double auc) {
        Scorecard stored = Scorecard.load(card.name() + "-" + card.version());
        assertThat(Objects.requireNonNull(stored.metrics().get("auc"))).isCloseTo(auc, within(1e-9));
        assertThat(stored.provenance().sha256()).isEqualTo(table.sha256());
        assertThat(stored.provenance().rows()).isEqualTo(table.cases().size());
        var fitted = card.trainer(table, false).fit(table);
        for (int i = 0; i < table.cases().size(); i += 97) {
            double odds = fitted.logOdds(table.cases().get(i));
            assertThat(stored.score(table.cases().get(i)).probability()).isCloseTo(1 / (1 + Math.exp(-odds)), within(1e-9));
        }
        assertThat(LocalDate.parse(stored.provenance().trainedOn())).isNotNull();
    }
}
