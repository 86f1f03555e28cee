package cn.jingshu.ledger.tariff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each kind of tariff at the ends of its bands, and each kind of breach at its first unit; reckoned by hand. */
class TariffTableTest {
    private static final List<Tier> TIERS = List.of(new Tier(10L, price("1"), new Money(100)),
            new Tier(30L, price("0.5"), new Money(50)), new Tier(null, price("0.25"), Money.ZERO));

    private static UnitPrice price(String fen) {
        return UnitPrice.ofFen(fen);
    }

    private static Tariff perUnit(String fen) {
        return new Tariff.PerUnit(price(fen));
    }

    private static Tariff tariff(String name) {
        return switch (name) {
            case "free" -> new Tariff.Free();
            case "flat" -> new Tariff.Flat(new Money(100));
            case "half" -> perUnit("0.5");
            case "graduated" -> new Tariff.Graduated(TIERS);
            case "volume" -> new Tariff.Volume(TIERS);
            case "packages" -> new Tariff.Packages(new Money(200), 10);
            case "base" -> new Tariff.BasePlusUsage(new Money(7), perUnit("2"));
            case "minimum" -> new Tariff.Minimum(new Money(7), perUnit("2"));
            case "included" -> new Tariff.Included(10, perUnit("2"));
            case "discounted" -> new Tariff.Discounted(Portion.of(1, 4), perUnit("2"));
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @CsvSource({"free,1000,0", "flat,0,100", "flat,1000,100", "half,3,3/2", "half,0,0",
        "graduated,0,100", "graduated,1,101", "graduated,10,110", "graduated,11,321/2", "graduated,30,170", "graduated,31,681/4",
        "volume,0,100", "volume,10,110", "volume,11,111/2", "volume,30,65", "volume,31,31/4",
        "packages,0,0", "packages,1,200", "packages,10,200", "packages,11,400",
        "base,0,7", "base,3,13", "minimum,0,7", "minimum,3,7", "minimum,4,8", "included,10,0", "included,11,2", "discounted,3,9/2"})
    void whatATotalCosts(String name, int units, String fen) {
        String[] parts = fen.split("/", -1);
        assertThat(tariff(name).exactFen(new BigFraction(units)))
                .isEqualTo(new BigFraction(Integer.parseInt(parts[0]), parts.length == 1 ? 1 : Integer.parseInt(parts[1])));
    }

    @Test
    void halfAFenIsRoundedUpOnce() {
        assertThat(tariff("half").amount(1)).isEqualTo(new Money(1));
        assertThat(tariff("half").amount(2)).isEqualTo(new Money(1));
        assertThat(tariff("half").amount(3, BigFraction.ONE)).isEqualTo(new Money(2));
        assertThat(tariff("flat").amount(0, new BigFraction(1, 3))).isEqualTo(new Money(33));
        assertThat(Tariff.round(new BigFraction(-1, 2))).isEqualTo(new Money(-1));
    }

    @Test
    void aPartOfAMonthIsFromNothingToTheWhole() {
        assertThat(tariff("flat").exactFen(BigFraction.ZERO, BigFraction.ZERO)).isEqualTo(BigFraction.ZERO);
        assertThat(tariff("packages").exactFen(new BigFraction(6), new BigFraction(1, 2))).isEqualTo(new BigFraction(200)); // 12 in a whole month
        assertThat(tariff("graduated").exactFen(new BigFraction(5), new BigFraction(1, 2))).isEqualTo(new BigFraction(55));
        for (BigFraction share : List.of(new BigFraction(-1, 31), new BigFraction(32, 31))) {
            assertThatIllegalArgumentException().isThrownBy(() -> tariff("free").exactFen(BigFraction.ZERO, share));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> tariff("free").exactFen(new BigFraction(-1)));
    }

    @ParameterizedTest
    @CsvSource({"free,0", "flat,100", "half,0.5", "graduated,101", "volume,101", "packages,200", "base,9", "minimum,7", "included,2", "discounted,1.5"})
    void theDearestUnit(String name, String fen) {
        assertThat(tariff(name).dearestUnit()).isEqualTo(price(fen));
    }

    @Test
    void theDearestUnitIsFoundAtTheEndOfABandAndRoundedUp() {
        assertThat(new Tariff.Volume(List.of(Tier.of(10L, price("1")), Tier.of(null, price("2")))).dearestUnit()).isEqualTo(price("2"));
        assertThat(new Tariff.Graduated(List.of(Tier.of(2L, price("0")), Tier.of(3L, price("1")), Tier.of(null, price("0")))).dearestUnit())
                .isEqualTo(price("0.333334"));
    }

    @Test
    void whatCostsNothingNeverCosts() {
        for (Tariff nothing : List.of(tariff("free"), perUnit("0"), new Tariff.Flat(Money.ZERO),
                new Tariff.Discounted(Portion.WHOLE, tariff("graduated")), new Tariff.Included(5, perUnit("0")))) {
            assertThat(nothing.costsNothing()).as("%s", nothing).isTrue();
        }
        for (Tariff something : List.of(tariff("flat"), tariff("half"), tariff("included"), tariff("volume"),
                new Tariff.Graduated(List.of(Tier.of(9L, price("0")), Tier.of(null, price("1")))))) {
            assertThat(something.costsNothing()).as("%s", something).isFalse();
        }
    }

    /** Each at the first total where it shows. */
    @Test
    void aBreachIsNamedByItsFirstUnits() {
        breach(new Ceiling(price("1"), new Money(99)), tariff("flat"), "0 units cost 100 fen, the ceiling allows 99 fen");
        breach(new Ceiling(price("1"), new Money(10)), perUnit("2"), "11 units cost 22 fen, the ceiling allows 21 fen");
        breach(new Ceiling(price("1"), new Money(5)), new Tariff.Graduated(List.of(Tier.of(10L, price("3")), Tier.of(null, price("0")))),
                "10 units cost 30 fen, the ceiling allows 15 fen");
        breach(new Ceiling(price("1"), new Money(5)),
                new Tariff.Volume(List.of(Tier.of(10L, price("1")), new Tier(null, price("1"), new Money(20)))),
                "10 units cost 30 fen, the ceiling allows 15 fen");
        breach(Ceiling.ofUnit(price("1")), new Tariff.Included(10, perUnit("3")), "16 units cost 18 fen, the ceiling allows 16 fen");
        breach(Ceiling.ofUnit(price("1")), tariff("base"), "0 units cost 7 fen, the ceiling allows 0 fen");
        breach(Ceiling.ofUnit(price("1")), tariff("minimum"), "0 units cost 7 fen, the ceiling allows 0 fen");
        breach(Ceiling.ofUnit(price("1")), tariff("discounted"), "1 units cost 1.5 fen, the ceiling allows 1 fen");
        breach(new Ceiling(price("0.009999"), new Money(10)), new Tariff.Packages(new Money(10), 1000),
                "1 units cost 10.01 fen, the ceiling allows 10.009999 fen");
    }

    private static void breach(Ceiling ceiling, Tariff tariff, String text) {
        assertThat(ceiling.admits(tariff)).isFalse();
        assertThat(ceiling.findBreach(tariff)).hasValueSatisfying(breach -> assertThat(breach).hasToString(text));
    }

    @Test
    void whatIsExactlyAtTheCeilingIsWithinIt() {
        for (Tariff within : List.of(tariff("free"), perUnit("1"), new Tariff.Flat(new Money(10)), new Tariff.Packages(new Money(10), 10),
                new Tariff.BasePlusUsage(new Money(10), perUnit("1")), new Tariff.Minimum(new Money(10), perUnit("1")),
                new Tariff.Included(10, perUnit("1")), new Tariff.Discounted(Portion.of(1, 2), perUnit("2")),
                new Tariff.Graduated(List.of(Tier.of(10L, price("2")), Tier.of(null, price("1")))))) {
            assertThat(new Ceiling(price("1"), new Money(10)).admits(within)).as("%s", within).isTrue();
        }
        assertThat(new Ceiling(price("1"), new Money(10)).exactFen(new BigFraction(4), new BigFraction(1, 2))).isEqualTo(new BigFraction(9));
        assertThatIllegalArgumentException().isThrownBy(() -> new Ceiling(price("1"), new Money(-1)));
    }

    @Test
    void amountsAndUnitsOfATariffMakeSense() {
        assertThat(new Tariff.Flat(Money.ZERO).perMonth()).isEqualTo(Money.ZERO);
        assertThat(new Tariff.Packages(Money.ZERO, 1).units()).isEqualTo(1);
        assertThat(new Tariff.Included(1, new Tariff.Free()).units()).isEqualTo(1);
        assertThat(Tariff.Flat.ofYear(new Money(24))).isEqualTo(new Tariff.Flat(new Money(2)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tariff.Flat(new Money(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tariff.Packages(new Money(-1), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tariff.Packages(new Money(1), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tariff.BasePlusUsage(new Money(-1), new Tariff.Free()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tariff.Minimum(new Money(-1), new Tariff.Free()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tariff.Included(0, new Tariff.Free()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tier(5L, price("1"), new Money(-1)));
        assertThat(new Tier(1L, price("1"), Money.ZERO)).isEqualTo(Tier.of(1L, price("1")));
        assertThatIllegalArgumentException().isThrownBy(
                () -> new Tariff.Volume(List.of(Tier.of(5L, price("1")), Tier.of(4L, price("1")), Tier.of(null, price("1")))));
    }

    @Test
    void eachKindIsWrittenInItsOwnForm() {
        written("{\"kind\":\"FREE\"}", tariff("free"));
        written("{\"kind\":\"FLAT\",\"perMonthFen\":100}", tariff("flat"));
        written("{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"0.5\"}", tariff("half"));
        written("{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"0\"}", perUnit("0"));
        written("{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"100\"}", perUnit("100"));
        String tiers = "[{\"upTo\":10,\"fenPerUnit\":\"1\",\"flatFen\":100},{\"upTo\":30,\"fenPerUnit\":\"0.5\",\"flatFen\":50},"
                + "{\"upTo\":null,\"fenPerUnit\":\"0.25\",\"flatFen\":0}]";
        written("{\"kind\":\"GRADUATED\",\"tiers\":" + tiers + "}", tariff("graduated"));
        written("{\"kind\":\"VOLUME\",\"tiers\":" + tiers + "}", tariff("volume"));
        written("{\"kind\":\"PACKAGES\",\"perPackageFen\":200,\"units\":10}", tariff("packages"));
        written("{\"kind\":\"BASE_PLUS_USAGE\",\"baseFen\":7,\"usage\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"2\"}}", tariff("base"));
        written("{\"kind\":\"MINIMUM\",\"leastFen\":7,\"usage\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"2\"}}", tariff("minimum"));
        written("{\"kind\":\"INCLUDED\",\"units\":10,\"beyond\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"2\"}}", tariff("included"));
        written("{\"kind\":\"DISCOUNTED\",\"off\":\"1/4\",\"list\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"2\"}}", tariff("discounted"));
    }

    private static void written(String text, Tariff tariff) {
        assertThat(TariffJson.write(tariff)).isEqualTo(text);
        assertThat(TariffJson.read(text)).isEqualTo(tariff);
        assertThat(text).startsWith("{\"kind\":\"" + TariffJson.kindOf(tariff) + "\"");
    }

    @Test
    void whatIsReadHasItsBounds() {
        String deepest = "{\"kind\":\"FREE\"}";
        for (int i = 1; i < 8; i++) {
            deepest = "{\"kind\":\"INCLUDED\",\"units\":1,\"beyond\":" + deepest + "}";
        }
        assertThat(TariffJson.read(deepest).costsNothing()).isTrue();
        for (String kind : List.of("{\"kind\":\"INCLUDED\",\"units\":1,\"beyond\":", "{\"kind\":\"DISCOUNTED\",\"off\":\"1/2\",\"list\":",
                "{\"kind\":\"BASE_PLUS_USAGE\",\"baseFen\":1,\"usage\":", "{\"kind\":\"MINIMUM\",\"leastFen\":1,\"usage\":")) {
            String deeper = kind + deepest + "}";
            assertThatIllegalArgumentException().as(kind).isThrownBy(() -> TariffJson.read(deeper)).withMessageContaining("more than 8");
        }
        assertThat(TariffJson.read(bands(100)).costsNothing()).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> TariffJson.read(bands(101))).withMessageContaining("at most 100");
        String thirty = "{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"1." + "0".repeat(28) + "\"}";
        assertThat(TariffJson.read(thirty)).isEqualTo(perUnit("1"));
        assertThatIllegalArgumentException().isThrownBy(() -> TariffJson.read(thirty.replace("1.0", "1.00"))).withMessageContaining("fenPerUnit");
        assertThatIllegalArgumentException().isThrownBy(() -> TariffJson.read(bands(1).replace("\"flatFen\":0}", "\"flatFen\":0,\"x\":1}")))
                .withMessageContaining("other fields");
        assertThatIllegalArgumentException().isThrownBy(() -> TariffJson.read("{\"kind\":5}")).withMessageContaining("kind is not text");
        assertThatIllegalArgumentException().isThrownBy(() -> TariffJson.read("{\"kind\":\"FLAT\",\"perMonthFen\":\"1\"}"))
                .withMessageContaining("perMonthFen is not a whole number");
    }

    private static String bands(int count) {
        List<String> bands = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            bands.add("{\"upTo\":" + i + ",\"fenPerUnit\":\"1\",\"flatFen\":0}");
        }
        bands.add("{\"upTo\":null,\"fenPerUnit\":\"1\",\"flatFen\":0}");
        return "{\"kind\":\"VOLUME\",\"tiers\":[" + String.join(",", bands) + "]}";
    }

    @Test
    void daysOfAMonthAreCountedByTheCalendarOrFixed() {
        LocalDate first = LocalDate.of(2026, 2, 1);
        LocalDate next = LocalDate.of(2026, 3, 1);
        assertThat(new DayCount.Actual().share(LocalDate.of(2026, 2, 8), LocalDate.of(2026, 2, 15), first, next)).isEqualTo(new BigFraction(1, 4));
        assertThat(new DayCount.Actual().share(first, first, first, next)).isEqualTo(BigFraction.ZERO);
        assertThat(new DayCount.Fixed(30).share(LocalDate.of(2026, 2, 8), LocalDate.of(2026, 2, 23), first, next)).isEqualTo(new BigFraction(1, 2));
        assertThat(new DayCount.Fixed(28).between(LocalDate.of(2025, 12, 31), LocalDate.of(2026, 2, 1))).isEqualTo(2 * 28 + 1 - 28);
        assertThat(new DayCount.Fixed(31).days()).isEqualTo(31);
        assertThatIllegalArgumentException().isThrownBy(() -> new DayCount.Fixed(27));
        assertThatIllegalArgumentException().isThrownBy(() -> new DayCount.Fixed(32));
        assertThatIllegalArgumentException().isThrownBy(() -> new DayCount.Actual().share(next, first, first, next));
        assertThatIllegalArgumentException().isThrownBy(() -> new DayCount.Actual().share(first, next, first, first));
    }

    @Test
    void cyclesGoForwardAndBack() {
        LocalDate day = LocalDate.of(2026, 1, 31);
        assertThat(BillingCycle.MONTHLY.plus(day, 1)).isEqualTo(LocalDate.of(2026, 2, 28));
        assertThat(BillingCycle.THIRTY_DAYS.plus(day, -2)).isEqualTo(day.minusDays(60));
        assertThat(BillingCycle.WEEKLY.plus(day, 3)).isEqualTo(day.plusDays(21));
    }

    @Test
    void exactNumbersAreComparedAndRounded() {
        BigFraction third = new BigFraction(1, 3);
        assertThat(Collections.max(List.of(third, BigFraction.ONE))).isEqualTo(Fractions.max(third, BigFraction.ONE)).isEqualTo(Fractions.max(BigFraction.ONE, third));
        assertThat(Fractions.min(third, BigFraction.ONE)).isEqualTo(third).isEqualTo(Fractions.min(BigFraction.ONE, third));
        assertThat(Fractions.wholeUp(new BigFraction(4, 2))).isEqualTo(BigInteger.TWO);
        assertThat(Fractions.wholeUp(new BigFraction(5, 2))).isEqualTo(BigInteger.valueOf(3));
    }
}
