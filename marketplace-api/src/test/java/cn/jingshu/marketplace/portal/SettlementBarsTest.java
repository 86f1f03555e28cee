package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SettlementBarsTest {
    @Test
    void barsStepDownFromTheWholeToNothing() {
        var settlement = SamplePages.settlement(0);
        List<OperatorView.Bar> bars = settlement.bars();
        assertThat(settlement.differenceFen()).isZero();
        assertThat(bars.getFirst().x() + bars.getFirst().width()).isEqualTo(1000);
        assertThat(bars.getLast().x()).isZero();
        for (int i = 1; i < bars.size(); i++) {
            assertThat(bars.get(i).x() + bars.get(i).width()).as("bar " + i).isEqualTo(bars.get(i - 1).x());
        }
    }

    @Test
    void aLossIsDrawnInsideTheChart() {
        var loss = new OperatorView.Settlement(false, 100, List.of(share(OperatorView.Part.COSTS, 150), share(OperatorView.Part.OPERATOR, -50)));
        assertThat(loss.differenceFen()).isZero();
        for (OperatorView.Bar bar : loss.bars()) {
            assertThat(bar.x()).isBetween(0, 1000);
            assertThat(bar.x() + bar.width()).isBetween(0, 1000);
        }
    }

    @Test
    void aMonthWithoutRevenueHasNoBars() {
        var none = new OperatorView.Settlement(false, 0, List.of(share(OperatorView.Part.VAT, 0)));
        assertThat(none.bars()).singleElement().satisfies(bar -> assertThat(bar.width()).isZero());
    }

    private static OperatorView.Share share(OperatorView.Part part, long fen) {
        return new OperatorView.Share(part, Bilingual.same("x"), fen);
    }
}
