package cn.jingshu.ledger.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;
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

    private static List<BigDecimal> decimals(String... values) {
        return Stream.of(values).map(BigDecimal::new).toList();
    }

    @Test
    void whoIsOwedMostByAllPeriodsGetsTheFenLeftOver() {
        List<Portion> thirds = List.of(Portion.of(1, 3), Portion.of(1, 3), Portion.of(1, 3));
        assertThat(Allotment.splitCarrying(new Money(100), thirds, decimals("0", "0", "0.5"))).isEqualTo(new Allotment.Carrying(
                List.of(new Money(33), new Money(33), new Money(34)), decimals("0.333333", "0.333333", "-0.166667")));
        assertThat(Allotment.splitCarrying(new Money(101), thirds, decimals("-1", "0", "0"))).isEqualTo(new Allotment.Carrying(
                List.of(new Money(33), new Money(34), new Money(34)), decimals("-0.333333", "-0.333333", "-0.333333")));
        assertThat(Allotment.splitCarrying(Money.ZERO, thirds, decimals("0.1", "0", "-0.1"))).isEqualTo(new Allotment.Carrying(
                List.of(Money.ZERO, Money.ZERO, Money.ZERO), decimals("0.100000", "0.000000", "-0.100000")));
    }

    @Test
    void aPartyWhosePartIsWholeGetsNoFenOfAnothersHoweverMuchItIsOwed() {
        List<Portion> portions = List.of(Portion.of(1, 2), Portion.of(1, 4), Portion.of(1, 4));
        assertThat(Allotment.splitCarrying(new Money(6), portions, decimals("9", "0", "0"))).isEqualTo(new Allotment.Carrying(
                List.of(new Money(3), new Money(2), new Money(1)), decimals("9.000000", "-0.500000", "0.500000")));
    }

    @Test
    void aSplitThatCarriesIsOfAnAmountAboveZeroAmongThoseItKnows() {
        List<Portion> halves = List.of(Portion.of(1, 2), Portion.of(1, 2));
        assertThatThrownBy(() -> Allotment.splitCarrying(new Money(-1), halves, decimals("0", "0"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Allotment.splitCarrying(new Money(1), halves, decimals("0"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Allotment.splitCarrying(new Money(1), List.of(Portion.of(1, 2), Portion.of(1, 3)), decimals("0", "0")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
