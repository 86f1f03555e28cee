package cn.jingshu.ledger.tariff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TariffTest {

    private static final Tariff HALF_A_FEN = new Tariff.PerUnit(UnitPrice.ofFen("0.5"));

    @Test
    void aYearlyBaseIsBorneEvenlyByItsMonths() {
        assertThat(new Tariff.BasePlusUsage(Tariff.Flat.ofYear(Money.ofYuan("12000")).perMonth(), HALF_A_FEN).amount(3))
                .isEqualTo(new Money(100_002)); // 1,000 yuan and 1.5 fen
        assertThatIllegalArgumentException().isThrownBy(() -> Tariff.Flat.ofYear(new Money(13)));
    }

    @Test
    void aMinimumIsDueWhateverIsUsed() {
        Tariff minimum = new Tariff.Minimum(new Money(100), HALF_A_FEN);
        assertThat(minimum.amount(0)).isEqualTo(new Money(100));
        assertThat(minimum.amount(200)).isEqualTo(new Money(100));
        assertThat(minimum.amount(203)).isEqualTo(new Money(102));
    }

    @Test
    void halfAMonthHasHalfOfWhatBelongsToAMonth() {
        Tariff tariff = new Tariff.BasePlusUsage(new Money(1000), new Tariff.Included(10, HALF_A_FEN));
        assertThat(tariff.exactFen(new BigFraction(25), new BigFraction(1, 2))).isEqualTo(new BigFraction(510));
        assertThatIllegalArgumentException().isThrownBy(() -> tariff.exactFen(BigFraction.ONE, BigFraction.ZERO));
    }

    @Test
    void aFixedAmountHidesNoUnitAboveTheCeiling() {
        Ceiling ceiling = Ceiling.ofUnit(UnitPrice.ofFen("1"));
        assertThat(ceiling.admits(HALF_A_FEN)).isTrue();
        assertThat(ceiling.admits(new Tariff.Flat(new Money(1)))).isFalse(); // due for no use at all
        assertThat(ceiling.admits(new Tariff.Packages(new Money(10), 1000))).isFalse(); // ten fen for one unit
        assertThat(new Ceiling(UnitPrice.ofFen("1"), new Money(10)).admits(new Tariff.Packages(new Money(10), 1000))).isTrue();
        assertThat(ceiling.findBreach(new Tariff.Graduated(
                        List.of(Tier.of(100L, UnitPrice.ofFen("0.5")), Tier.of(null, UnitPrice.ofFen("1.5"))))))
                .hasValueSatisfying(breach -> assertThat(breach).hasToString("201 units cost 201.5 fen, the ceiling allows 201 fen"));
    }

    @Test
    void cheapFirstUnitsDoNotPayForDearOnesBehindThem() {
        // On average within the ceiling for ever, for the last band is cheap again: the average is what is charged.
        Tariff hill = new Tariff.Graduated(List.of(Tier.of(100L, UnitPrice.ofFen("0.2")), Tier.of(150L, UnitPrice.ofFen("3")),
                Tier.of(null, UnitPrice.ofFen("0.1"))));
        assertThat(Ceiling.ofUnit(UnitPrice.ofFen("1")).findBreach(hill))
                .hasValueSatisfying(breach -> assertThat(breach).hasToString("150 units cost 170 fen, the ceiling allows 150 fen"));
        assertThat(hill.dearestUnit()).isEqualTo(UnitPrice.ofFen("1.133334"));
    }

    @Test
    void bandsAscendAndTheLastHasNoEnd() {
        Tier open = Tier.of(null, UnitPrice.ofFen("1"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tariff.Graduated(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tariff.Volume(List.of(Tier.of(5L, UnitPrice.ofFen("1")))));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tariff.Volume(List.of(open, open)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tariff.Graduated(
                List.of(Tier.of(5L, UnitPrice.ofFen("1")), Tier.of(5L, UnitPrice.ofFen("1")), open)));
        assertThatIllegalArgumentException().isThrownBy(() -> Tier.of(0L, UnitPrice.ofFen("1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "{}", "[]", "{\"kind\":\"GIFT\"}", "{\"kind\":\"FREE\",\"fenPerUnit\":\"1\"}", "{\"kind\":\"FREE\"} {}",
        "{\"kind\":\"PER_UNIT\",\"fenPerUnit\":1}", "{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"1.1234567\"}",
        "{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"-1\"}", "{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"1e999999999\"}",
        "{\"kind\":\"FLAT\",\"perMonthFen\":1.5}", "{\"kind\":\"FLAT\",\"perMonthFen\":-1}",
        "{\"kind\":\"FLAT\",\"perMonthFen\":9223372036854775808}", "{\"kind\":\"FLAT\",\"perMonthFen\":1,\"perMonthFen\":2}",
        "{\"kind\":\"GRADUATED\",\"tiers\":[]}", "{\"kind\":\"VOLUME\",\"tiers\":{}}",
        "{\"kind\":\"PACKAGES\",\"perPackageFen\":1,\"units\":0}", "{\"kind\":\"DISCOUNTED\",\"off\":\"3/2\",\"list\":{\"kind\":\"FREE\"}}",
        "{\"kind\":\"MINIMUM\",\"leastFen\":1}"
    })
    void whatIsNoTariffIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> TariffJson.read(text));
    }

    @Test
    void tariffsAreNotNestedWithoutEnd() {
        String text = "{\"kind\":\"FREE\"}";
        for (int i = 0; i < 8; i++) {
            text = "{\"kind\":\"MINIMUM\",\"leastFen\":0,\"usage\":" + text + "}";
        }
        String deep = text;
        assertThatIllegalArgumentException().isThrownBy(() -> TariffJson.read(deep)).withMessageContaining("more than 8");
    }
}
