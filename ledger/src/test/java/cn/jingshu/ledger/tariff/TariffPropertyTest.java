package cn.jingshu.ledger.tariff;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/** Laws of tariffs and ceilings; jqwik prints the seed of every run. */
class TariffPropertyTest {

    @Property(tries = 2000)
    void aTariffIsReadAsItWasWritten(@ForAll("tariffs") Tariff tariff) {
        String written = TariffJson.write(tariff);
        assertThat(TariffJson.read(written)).isEqualTo(tariff);
        assertThat(TariffJson.write(TariffJson.read(written))).isEqualTo(written);
    }

    @Property(tries = 2000)
    void moreUseNeverCostsLessUnlessAllUnitsChangeTheirPrice(
            @ForAll("tariffs") Tariff tariff, @ForAll @LongRange(max = 400) long less, @ForAll @LongRange(max = 400) long more) {
        Assume.that(!TariffJson.write(tariff).contains("VOLUME"));
        assertThat(tariff.exactFen(new BigFraction(less + more)))
                .isGreaterThanOrEqualTo(tariff.exactFen(new BigFraction(less)));
    }

    @Property(tries = 1000)
    void partsBilledByDifferencesAddUpToTheTotalRoundedOnce(
            @ForAll("tariffs") Tariff tariff, @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 90) Integer> parts) {
        Money billed = Money.ZERO;
        long total = 0;
        for (int part : parts) {
            total += part;
            billed = billed.plus(tariff.amount(total).minus(billed));
            assertThat(billed).isEqualTo(Tariff.round(tariff.exactFen(new BigFraction(total))));
        }
    }

    @Property(tries = 1000)
    void noUnitIsDearerThanTheDearestUnitAndOneIsAsDear(@ForAll("tariffs") Tariff tariff) {
        BigDecimal dearest = tariff.dearestUnit().fenPerUnit();
        BigFraction said = new BigFraction(dearest.unscaledValue(), BigInteger.TEN.pow(6));
        BigFraction seen = BigFraction.ZERO;
        for (long units = 1; units <= 500; units++) {
            BigFraction average = tariff.exactFen(new BigFraction(units)).divide(new BigFraction(units));
            assertThat(average).as("%s units", units).isLessThanOrEqualTo(said);
            seen = seen.compareTo(average) < 0 ? average : seen;
        }
        // Far behind all bands only the slope of the last is left.
        BigFraction far = new BigFraction(1_000_000_000_000_007L);
        BigFraction atFar = tariff.exactFen(far).divide(far);
        seen = seen.compareTo(atFar) < 0 ? atFar : seen;
        assertThat(said.subtract(seen)).isLessThanOrEqualTo(new BigFraction(2, 1_000_000));
    }

    @Property(tries = 2000)
    void aTariffWithinItsCeilingNeverCostsMoreAndOneBeyondItDoesSomewhere(@ForAll("tariffs") Tariff tariff,
            @ForAll @IntRange(max = 400) int perUnit, @ForAll @IntRange(max = 3000) int perMonth,
            @ForAll @IntRange(min = 1, max = 31) int days) {
        Ceiling ceiling = new Ceiling(new UnitPrice(BigDecimal.valueOf(perUnit, 1)), new Money(perMonth));
        var breach = ceiling.findBreach(tariff);
        BigFraction share = new BigFraction(days, 31);
        for (long units = 0; units <= 300 && breach.isEmpty(); units++) {
            BigFraction used = new BigFraction(units);
            assertThat(tariff.exactFen(used, share)).isLessThanOrEqualTo(ceiling.exactFen(used, share));
        }
        breach.ifPresent(found -> {
            assertThat(found.costsFen()).isGreaterThan(found.allowedFen());
            // As near behind the total as one likes, the tariff costs that much (a package begins there, a band begins).
            BigFraction justMore = new BigFraction(found.total()).add(new BigFraction(1, 1_000_000_000));
            boolean dearer = LongStream.rangeClosed(0, 120)
                    .anyMatch(k -> above(tariff, ceiling, justMore.add(new BigFraction(k)))
                            || above(tariff, ceiling, new BigFraction(found.total()).add(new BigFraction(k))));
            assertThat(dearer).as("%s", found).isTrue();
        });
    }

    private static boolean above(Tariff tariff, Ceiling ceiling, BigFraction used) {
        return tariff.exactFen(used).compareTo(ceiling.exactFen(used, BigFraction.ONE)) > 0;
    }

    @Property(tries = 1000)
    void monthsCutInPartsCostWhatTheWholeCostsWhenUseIsEven(@ForAll("tariffs") Tariff tariff,
            @ForAll @IntRange(min = 1, max = 30) int days, @ForAll @LongRange(max = 100) long aDay) {
        BigFraction first = new BigFraction(days, 31);
        BigFraction cut = tariff.exactFen(new BigFraction(days * aDay), first)
                .add(tariff.exactFen(new BigFraction((31 - days) * aDay), BigFraction.ONE.subtract(first)));
        assertThat(cut).isEqualTo(tariff.exactFen(new BigFraction(31 * aDay)));
    }

    @Property(tries = 500)
    void aDiscountTakesItsPortionOff(@ForAll("tariffs") Tariff list, @ForAll @IntRange(max = 100) int percent,
            @ForAll @LongRange(max = 500) long units) {
        BigFraction used = new BigFraction(units);
        assertThat(new Tariff.Discounted(Portion.percent(percent), list).exactFen(used))
                .isEqualTo(list.exactFen(used).multiply(new BigFraction(100 - percent, 100)));
    }

    @Property(tries = 500)
    void beforeItsReductionsNoTotalIsCheaper(@ForAll("tariffs") Tariff tariff, @ForAll @LongRange(max = 500) long units) {
        Tariff listed = tariff.listed();
        assertThat(listed.hasDiscount()).isFalse();
        assertThat(listed.exactFen(new BigFraction(units))).isGreaterThanOrEqualTo(tariff.exactFen(new BigFraction(units)));
        assertThat(listed.equals(tariff)).isEqualTo(!tariff.hasDiscount());
    }

    @Provide
    Arbitrary<Tariff> tariffs() {
        Arbitrary<UnitPrice> prices = Arbitraries.integers().between(0, 40_000_000)
                .map(millionths -> new UnitPrice(BigDecimal.valueOf(millionths, 6)));
        Arbitrary<Money> amounts = Arbitraries.longs().between(0, 5_000).map(Money::new);
        Arbitrary<List<Tier>> tiers = Combinators.combine(
                        Arbitraries.integers().between(1, 60).list().ofMinSize(0).ofMaxSize(4),
                        prices.list().ofSize(5), amounts.list().ofSize(5))
                .as(TariffPropertyTest::tiers);
        Arbitrary<Tariff> simple = Arbitraries.oneOf(
                Arbitraries.just(new Tariff.Free()),
                amounts.map(Tariff.Flat::new),
                prices.map(Tariff.PerUnit::new),
                tiers.map(Tariff.Graduated::new),
                tiers.map(Tariff.Volume::new),
                Combinators.combine(amounts, Arbitraries.longs().between(1, 100)).as(Tariff.Packages::new));
        return Arbitraries.recursive(() -> simple, inner -> Arbitraries.oneOf(
                Combinators.combine(amounts, inner).as(Tariff.BasePlusUsage::new),
                Combinators.combine(amounts, inner).as(Tariff.Minimum::new),
                Combinators.combine(Arbitraries.longs().between(1, 60), inner).as(Tariff.Included::new),
                Combinators.combine(Arbitraries.integers().between(0, 100), inner)
                        .as((percent, list) -> new Tariff.Discounted(Portion.percent(percent), list))), 0, 3);
    }

    private static List<Tier> tiers(List<Integer> widths, List<UnitPrice> prices, List<Money> flats) {
        List<Tier> tiers = new ArrayList<>();
        long end = 0;
        for (int i = 0; i <= widths.size(); i++) {
            @Nullable Long upTo = null;
            if (i < widths.size()) {
                end += widths.get(i);
                upTo = end;
            }
            tiers.add(new Tier(upTo, prices.get(i), flats.get(i)));
        }
        return tiers;
    }
}
