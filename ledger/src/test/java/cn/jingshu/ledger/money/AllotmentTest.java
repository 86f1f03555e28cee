package cn.jingshu.ledger.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AllotmentTest {

    @Test
    void oddFenGoesToTheLargestRemainder() {
        var parts = Allotment.split(
                Money.ofYuan("100.01"), List.of(Portion.percent(30), Portion.percent(50), Portion.percent(20)));
        assertThat(parts).containsExactly(new Money(3000), new Money(5001), new Money(2000));
    }

    @Test
    void equalRemaindersGoToTheEarlierParty() {
        assertThat(Allotment.split(new Money(1), List.of(Portion.of(1, 2), Portion.of(1, 2))))
                .containsExactly(new Money(1), Money.ZERO);
    }

    @Test
    void aCorrectionIsTheMirrorOfTheBooking() {
        List<Portion> portions = List.of(Portion.of(7, 10), Portion.of(3, 10));
        assertThat(Allotment.split(new Money(5), portions)).containsExactly(new Money(4), new Money(1));
        assertThat(Allotment.split(new Money(-5), portions)).containsExactly(new Money(-4), new Money(-1));
    }

    @Test
    void theWholeRangeCanBeSplit() {
        assertThat(Allotment.split(new Money(Long.MIN_VALUE), List.of(Portion.WHOLE)))
                .containsExactly(new Money(Long.MIN_VALUE));
        assertThat(Money.sum(Allotment.split(
                        new Money(Long.MAX_VALUE), List.of(Portion.of(1, 3), Portion.of(1, 3), Portion.of(1, 3)))))
                .isEqualTo(new Money(Long.MAX_VALUE));
    }

    @Test
    void portionsThatDoNotAddUpToOneAreRefused() {
        assertThatThrownBy(() -> Allotment.split(new Money(5), List.of(Portion.percent(30), Portion.percent(69))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Allotment.split(new Money(5), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
