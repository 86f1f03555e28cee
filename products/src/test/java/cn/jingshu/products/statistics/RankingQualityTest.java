package cn.jingshu.products.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RankingQualityTest {
    @Test
    void aucIsTheShareOfPairsInOrder() {
        Random random = new Random(3);
        double[] scores = random.ints(200, 0, 20).asDoubleStream().toArray(); // many equal ones
        boolean[] events = new boolean[200];
        for (int i = 0; i < events.length; i++) {
            events[i] = random.nextInt(25) < scores[i];
        }
        double pairs = 0;
        double inOrder = 0;
        for (int i = 0; i < 200; i++) {
            for (int j = 0; j < 200; j++) {
                if (events[i] && !events[j]) {
                    pairs++;
                    inOrder += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }
        assertThat(RankingQuality.auc(scores, events)).isCloseTo(inOrder / pairs, within(1e-12));
    }

    @Test
    void recallCountsTheTopAlone() {
        double[] scores = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
        boolean[] events = {true, false, true, false, false, false, false, false, false, true};
        assertThat(RankingQuality.recallAtTop(scores, events, 0.3)).isCloseTo(2 / 3.0, within(1e-12));
    }

    @Test
    void oneKindOfCasesHasNoRanking() {
        assertThatThrownBy(() -> RankingQuality.auc(new double[] {1, 2}, new boolean[] {true, true}))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
