package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a line is reckoned by, and the lines that come of it; figures by hand. */
class BasisTest {
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final UUID CEILING = new UUID(2, 1);
    private static final UUID FINDING = new UUID(2, 2);
    private static final Tariff BANDS = new Tariff.Graduated(List.of(
            new Tier(100L, UnitPrice.ofFen("1"), new Money(10)), Tier.of(null, UnitPrice.ofFen("0.5"))));

    private static Basis basis(Tariff tariff, @Nullable Ceiling ceiling) {
        return new Basis(tariff, BigFraction.ONE, ceiling == null ? null : CEILING, ceiling);
    }

    private static Ceiling ceiling(String fen, long perMonth) {
        return new Ceiling(UnitPrice.ofFen(fen), new Money(perMonth));
    }

    private static ChargeKey key(String operation, @Nullable UUID tariff) {
        return new ChargeKey(NOVEMBER, new UUID(1, 1), new UUID(1, 2), "library", operation, "INDUSTRY", "ROW", tariff);
    }

    @Test
    void aTotalCostsWhatTheTariffSaysAndNeverMoreThanTheCeiling() {
        assertThat(basis(BANDS, null).exactFen(120)).isEqualTo(new BigFraction(120));
        assertThat(basis(BANDS, ceiling("2", 10)).exactFen(120)).isEqualTo(new BigFraction(120));
        assertThat(basis(BANDS, ceiling("0.25", 40)).exactFen(120)).isEqualTo(new BigFraction(70));
        assertThat(basis(BANDS, ceiling("0.25", 90)).exactFen(120)).isEqualTo(new BigFraction(120));
        assertThat(basis(new Tariff.PerUnit(UnitPrice.ofFen("3")), ceiling("2", 0)).amount(5)).isEqualTo(new Money(10));
        assertThat(basis(new Tariff.PerUnit(UnitPrice.ofFen("3")), ceiling("3", 0)).amount(5)).isEqualTo(new Money(15));
        assertThat(basis(new Tariff.PerUnit(UnitPrice.ofFen("0.3")), null).amount(5)).isEqualTo(new Money(2)); // 1.5
        assertThat(new Basis(new Tariff.Flat(new Money(100)), new BigFraction(1, 4), CEILING, ceiling("0", 80)).exactFen(0))
                .as("a month's amounts shrink with the month").isEqualTo(new BigFraction(20));
    }

    @Test
    void aUnitOfATotalCostsItsPriceOrTheMeanOfAll() {
        assertThat(basis(new Tariff.PerUnit(UnitPrice.ofFen("0.37")), null).unitPrice(7)).isEqualTo(UnitPrice.ofFen("0.37"));
        assertThat(basis(new Tariff.PerUnit(UnitPrice.ofFen("0.37")), ceiling("0.37", 0)).unitPrice(0)).isEqualTo(UnitPrice.ofFen("0.37"));
        assertThat(basis(new Tariff.PerUnit(UnitPrice.ofFen("0.37")), ceiling("0.3", 1)).unitPrice(100)).isEqualTo(UnitPrice.ofFen("0.31"));
        assertThat(basis(BANDS, null).unitPrice(3)).isEqualTo(UnitPrice.ofFen("4.333333"));
        assertThat(basis(BANDS, null).unitPrice(6)).isEqualTo(UnitPrice.ofFen("2.666667"));
        assertThat(basis(BANDS, null).unitPrice(0)).isEqualTo(UnitPrice.ofFen("0"));
    }

    @Test
    void aFindingLowersACeilingAndNeverRaisesIt() {
        Basis price = basis(new Tariff.PerUnit(UnitPrice.ofFen("3")), ceiling("3", 10));
        assertThat(price.heldTo(FINDING, ceiling("2", 10))).isEqualTo(new Basis(price.tariff(), BigFraction.ONE, FINDING, ceiling("2", 10)));
        assertThat(price.heldTo(FINDING, ceiling("3", 9)).ceilingId()).isEqualTo(FINDING);
        assertThat(price.heldTo(FINDING, ceiling("3", 10))).isSameAs(price);
        assertThat(price.heldTo(FINDING, ceiling("4", 11))).isSameAs(price);
        assertThat(basis(price.tariff(), null).heldTo(FINDING, ceiling("9", 99)).ceilingId()).as("without one it is held to the finding").isEqualTo(FINDING);
    }

    @Test
    void onlyPricesOfAUnitAreRatedOperationByOperation() {
        Tariff perUnit = new Tariff.PerUnit(UnitPrice.ofFen("3"));
        for (Tariff tariff : List.of(new Tariff.Free(), perUnit, new Tariff.Discounted(Portion.of(1, 2), perUnit))) {
            assertThat(tariff.isByUnitAlone()).as("%s", tariff).isTrue();
        }
        for (Tariff tariff : List.of(new Tariff.Flat(Money.ZERO), BANDS, new Tariff.Volume(List.of(Tier.of(null, UnitPrice.ofFen("1")))),
                new Tariff.Packages(Money.ZERO, 1), new Tariff.BasePlusUsage(Money.ZERO, perUnit), new Tariff.Minimum(Money.ZERO, perUnit),
                new Tariff.Included(1, perUnit), new Tariff.Discounted(Portion.of(1, 2), BANDS))) {
            assertThat(tariff.isByUnitAlone()).as("%s", tariff).isFalse();
        }
        assertThat(Basis.perUnit(UnitPrice.ofFen("0"), null)).isEqualTo(new Basis(new Tariff.Free(), BigFraction.ONE, null, null));
        assertThat(Basis.perUnit(UnitPrice.ofFen("3"), UnitPrice.ofFen("4")))
                .isEqualTo(new Basis(perUnit, BigFraction.ONE, null, Ceiling.ofUnit(UnitPrice.ofFen("4"))));
    }

    @Test
    void aShareOfAMonthIsWrittenAsAFractionAndReadBack() {
        assertThat(MonthShare.text(new BigFraction(10, 30))).isEqualTo("1/3");
        assertThat(MonthShare.parse("10/30")).isEqualTo(new BigFraction(1, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> MonthShare.parse("31/30"));
    }

    @Test
    void aFirstLineBillsAllOfItAndNamesNothingItCorrects() {
        ChargeKey key = key("ListBooks", new UUID(1, 3));
        Basis bands = basis(BANDS, ceiling("2", 10));
        Charge line = Rating.rate(NOVEMBER, List.of(new PricedUsage(key, bands, 120, BigFraction.ZERO)), Map.of(), Portion.percent(6)).getFirst();
        assertThat(line).isEqualTo(new Charge(line.id(), NOVEMBER, key, UnitPrice.ofFen("1"), UnitPrice.ofFen("2"), 120, new Money(120), new Money(7),
                bands, 120, null, Money.ZERO));
        assertThat(line.isCorrection()).isFalse();
        assertThat(line.ceilingPerMonth()).isEqualTo(new Money(10));
        assertThat(new Charge(line.id(), NOVEMBER.plusMonths(1), key, UnitPrice.ofFen("1"), null, 1, new Money(1), Money.ZERO).isCorrection()).isTrue();
        assertThat(new Charge(line.id(), NOVEMBER, key, UnitPrice.ofFen("1"), null, -3, new Money(-3), Money.ZERO))
                .satisfies(taken -> assertThat(taken.total()).isZero()).satisfies(taken -> assertThat(taken.ceilingPerMonth()).isEqualTo(Money.ZERO));
    }

    @Test
    void whatIsOwedForAMonthAloneIsALineAndNothingNewIsNone() {
        ChargeKey key = key("*", new UUID(1, 3));
        Basis flat = basis(new Tariff.Flat(new Money(500)), null);
        List<Charge> first = Rating.rate(NOVEMBER, List.of(new PricedUsage(key, flat, 0, BigFraction.ZERO)), Map.of(), Portion.percent(6));
        assertThat(first).singleElement().satisfies(line -> {
            assertThat(line.quantity()).isZero();
            assertThat(line.amount()).isEqualTo(new Money(500));
        });
        Map<ChargeKey, Rating.Billed> billed = Map.of(key, Rating.Billed.of(first.getFirst()));
        assertThat(Rating.rate(NOVEMBER.plusMonths(1), List.of(new PricedUsage(key, flat, 0, BigFraction.ZERO)), billed, Portion.percent(6))).isEmpty();
        assertThat(Rating.rate(NOVEMBER.plusMonths(1), List.of(new PricedUsage(key, flat, 9, BigFraction.ZERO)), billed, Portion.percent(6)))
                .singleElement().satisfies(line -> {
                    assertThat(line.quantity()).as("late usage under a fixed amount").isEqualTo(9);
                    assertThat(line.amount()).isEqualTo(Money.ZERO);
                    assertThat(line.corrects()).isEqualTo(first.getFirst().id());
                });
    }

    @Test
    void freeUseShowsWhatItWouldHaveCostAndLateUseTheRest() {
        ChargeKey key = key("ListBooks", null);
        Basis free = basis(new Tariff.Free(), null);
        Charge first = Rating.rate(NOVEMBER, List.of(new PricedUsage(key, free, 10, new BigFraction(7, 2))), Map.of(), Portion.percent(6)).getFirst();
        assertThat(first.shadow()).isEqualTo(new Money(4));
        assertThat(first.amount()).isEqualTo(Money.ZERO);
        Map<ChargeKey, Rating.Billed> billed = new HashMap<>(Map.of(key, Rating.Billed.of(first)));
        Charge late = Rating.rate(NOVEMBER.plusMonths(1), List.of(new PricedUsage(key, free, 12, new BigFraction(42, 10))), billed, Portion.percent(6)).getFirst();
        assertThat(late.shadow()).isEqualTo(Money.ZERO); // 4.2 are 4 again
        assertThat(late.quantity()).isEqualTo(2);
        assertThat(Rating.Billed.of(first).plus(late)).isEqualTo(new Rating.Billed(12, Money.ZERO, new Money(4), first.id(), free));
        billed.put(key, Rating.Billed.of(first).plus(late));
        assertThat(Rating.rate(NOVEMBER.plusMonths(2), List.of(), billed, Portion.percent(6))).singleElement()
                .satisfies(gone -> assertThat(gone.shadow()).isEqualTo(new Money(-4)));
    }

    @Test
    void aLineShowsTheMeanPriceOfItsTotalOrOfWhatWasBilledIfNothingIsLeft() {
        ChargeKey key = key("*", new UUID(1, 3));
        Map<ChargeKey, Rating.Billed> billed = Map.of(key, new Rating.Billed(120, new Money(120), Money.ZERO, FINDING, basis(BANDS, null)));
        assertThat(Rating.rate(NOVEMBER, List.of(new PricedUsage(key, basis(BANDS, null), 6, BigFraction.ZERO)), billed, Portion.percent(6)))
                .singleElement().satisfies(line -> assertThat(line.price()).isEqualTo(UnitPrice.ofFen("2.666667")));
        assertThat(Rating.rate(NOVEMBER, List.of(), billed, Portion.percent(6)))
                .singleElement().satisfies(line -> assertThat(line.price()).isEqualTo(UnitPrice.ofFen("1")));
    }

    @Test
    void linesComeInTheOrderOfTheirKeysUnderIdsOfMonthAndKey() {
        List<PricedUsage> usage = List.of(new PricedUsage(key("b", null), UnitPrice.ofFen("1"), null, 1),
                new PricedUsage(key("a", null), UnitPrice.ofFen("1"), null, 2));
        List<Charge> lines = Rating.rate(NOVEMBER, usage, Map.of(), Portion.percent(6));
        assertThat(lines).extracting(line -> line.key().operation()).containsExactly("a", "b");
        assertThat(lines).extracting(Charge::id).doesNotHaveDuplicates();
        assertThat(Rating.rate(NOVEMBER, usage.reversed(), Map.of(), Portion.percent(6))).isEqualTo(lines);
        assertThat(Rating.rate(NOVEMBER.plusMonths(1), usage, Map.of(), Portion.percent(6))).extracting(Charge::id)
                .doesNotContainAnyElementsOf(lines.stream().map(Charge::id).toList());
    }

    @Test
    void aStoredLineIsReadAsItWasRated() {
        assertThat(ChargeRow.basis("{\"kind\":\"FLAT\",\"perMonthFen\":5}", "1/2", CEILING, new BigDecimal("2"), 7))
                .isEqualTo(new Basis(new Tariff.Flat(new Money(5)), new BigFraction(1, 2), CEILING, ceiling("2", 7)));
        assertThat(ChargeRow.basis("{\"kind\":\"FREE\"}", "1/1", null, null, 0)).isEqualTo(new Basis(new Tariff.Free(), BigFraction.ONE, null, null));
    }
}
