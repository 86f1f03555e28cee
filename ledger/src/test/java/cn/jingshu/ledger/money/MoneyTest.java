package cn.jingshu.ledger.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTest {

    @ParameterizedTest
    @CsvSource({"0,0,0.00", "1,100,1.00", "-0.01,-1,-0.01", "1234.50,123450,1234.50", "1e3,100000,1000.00"})
    void yuanAreReadAndWrittenWithoutLoss(String yuan, long fen, String written) {
        assertThat(Money.ofYuan(yuan)).isEqualTo(new Money(fen));
        assertThat(new Money(fen).toYuan()).isEqualTo(written);
    }

    @Test
    void readingNeverRounds() {
        assertThatThrownBy(() -> Money.ofYuan("0.001")).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Money.ofYuan("92233720368547758.08")).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void whatIsEnteredHasABound() {
        assertThat(Money.entered("10000000000.00")).isEqualTo(Money.MOST_ENTERED);
        assertThat(Money.entered("-10000000000")).isEqualTo(Money.MOST_ENTERED.negated());
        for (String tooMuch : List.of("10000000000.01", "-10000000000.01", "99999999999999", "9e16", "1e999999999", "1.0000000000000000000")) {
            assertThatThrownBy(() -> Money.entered(tooMuch)).as(tooMuch).isInstanceOf(ArithmeticException.class);
        }
        assertThatThrownBy(() -> Money.entered("ten")).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void arithmeticNeverWrapsAround() {
        Money most = new Money(Long.MAX_VALUE);
        assertThatThrownBy(() -> most.plus(new Money(1))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Money(Long.MIN_VALUE).negated()).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Money.sum(List.of(most, most))).isInstanceOf(ArithmeticException.class);
        assertThat(new Money(5).minus(new Money(7))).isEqualTo(new Money(-2));
        assertThat(new Money(5).negated()).isEqualTo(new Money(-5));
        assertThat(new Money(-2).orZeroIfNegative()).isEqualTo(Money.ZERO);
    }

    @ParameterizedTest
    @CsvSource({"-1,true,false,false,0", "0,false,true,false,0", "1,false,false,true,1"})
    void anAmountIsBelowZeroZeroOrAboveZero(long fen, boolean negative, boolean zero, boolean positive, long atLeastZero) {
        Money money = Money.ofFen(fen);
        assertThat(money).isEqualTo(new Money(fen));
        assertThat(money.isNegative()).isEqualTo(negative);
        assertThat(money.isZero()).isEqualTo(zero);
        assertThat(money.isPositive()).isEqualTo(positive);
        assertThat(money.orZeroIfNegative()).isEqualTo(new Money(atLeastZero));
    }

    @Test
    void amountsAreOrderedByTheirFenAndToldInFen() {
        assertThat(new Money(-1)).isLessThan(Money.ZERO).isGreaterThan(new Money(-2)).isEqualByComparingTo(new Money(-1));
        assertThat(new Money(-1)).hasToString("-1 fen");
        assertThat(Portion.of(6, 20)).hasToString("3/10");
        assertThat(Portion.parse(Portion.of(6, 20).toString())).isEqualTo(Portion.of(3, 10));
    }

    @Test
    void aPortionIsFromNothingToTheWhole() {
        assertThat(Portion.of(0, 7)).isEqualTo(Portion.NONE);
        assertThat(Portion.of(7, 7)).isEqualTo(Portion.WHOLE);
        assertThat(Portion.WHOLE.rest()).isEqualTo(Portion.NONE);
        assertThatThrownBy(() -> Portion.of(0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Portion.ofWeights(List.of(new BigDecimal("2"), new BigDecimal("-1"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Portion.ofWeights(List.of(BigDecimal.ZERO, new BigDecimal("1e2"), new BigDecimal("300"))))
                .containsExactly(Portion.NONE, Portion.of(1, 4), Portion.of(3, 4));
    }

    @ParameterizedTest
    @CsvSource({"0.35,1,0", "0.35,2,1", "0.5,1,1", "0.5,-1,-1", "0.499999,1,0", "35,10000,350000", "0.000001,500000,1"})
    void aUnitPriceIsRoundedOnceForTheWholeQuantity(String fenPerUnit, long quantity, long fen) {
        assertThat(UnitPrice.ofFen(fenPerUnit).times(quantity)).isEqualTo(new Money(fen));
    }

    @Test
    void aUnitPriceIsExactToSixDecimalsAndNeverBelowZero() {
        assertThat(UnitPrice.ofFen("0.35")).isEqualTo(new UnitPrice(new BigDecimal("0.350")));
        assertThat(UnitPrice.ofYuan("0.0035")).isEqualTo(UnitPrice.ofFen("0.35"));
        assertThat(UnitPrice.ofFen("0").times(7)).isEqualTo(Money.ZERO);
        assertThatThrownBy(() -> UnitPrice.ofFen("0.0000001")).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> UnitPrice.ofFen("-1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UnitPrice.ofFen("2").times(Long.MAX_VALUE)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void portionsAreFractionsInLowestTerms() {
        assertThat(Portion.percent(30)).isEqualTo(Portion.of(3, 10)).isEqualTo(Portion.parse("30/100"));
        assertThat(Portion.of(3, 10).rest().times(Portion.of(1, 2))).isEqualTo(Portion.of(7, 20));
        assertThat(Portion.of(1, 3).toPercentText()).isEqualTo("33.33 %");
        assertThat(Portion.ofWeights(List.of(new BigDecimal("0.33"), new BigDecimal("0.66"))))
                .containsExactly(Portion.of(1, 3), Portion.of(2, 3));
        assertThat(Portion.of(1, 2).of(new Money(-1))).isEqualTo(new Money(-1));
    }

    @Test
    void whatIsNoPortionCannotBeBuilt() {
        assertThatThrownBy(() -> Portion.of(11, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Portion.of(-1, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Portion.of(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Portion.parse("0.3")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Portion.ofWeights(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Portion.ofWeights(List.of(BigDecimal.ZERO)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"1060000000,1000000000,60000000", "106,100,6", "100,94,6", "1,1,0", "9,8,1", "-100,-94,-6", "0,0,0"})
    void vatIsTakenOutOfTheGrossAmount(long gross, long net, long tax) {
        Vat vat = Vat.inside(new Money(gross), Portion.percent(6));
        assertThat(vat).isEqualTo(new Vat(new Money(net), new Money(tax)));
        assertThat(vat.gross()).isEqualTo(new Money(gross));
    }
}
