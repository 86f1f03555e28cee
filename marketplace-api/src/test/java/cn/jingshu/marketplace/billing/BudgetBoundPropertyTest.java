package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import cn.jingshu.marketplace.pricing.PriceList;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;

/** However much is used next, it costs no more than the steepest price for each unit and the leap: what budgets are kept by. */
final class BudgetBoundPropertyTest {
    private static final long SEED = 20_261_130;

    @Test
    void whatFollowsCostsNoMoreThanTheSteepestPriceAndTheLeap() {
        Random random = new Random(SEED);
        int leaping = 0;
        int reached = 0;
        for (int i = 0; i < 3_000; i++) {
            Basis basis = basis(random);
            Tariff tariff = basis.tariff();
            long quantity = random.nextInt(60);
            BigFraction steepest = tariff.steepest();
            List<Basis.Leap> leaps = basis.leaps(quantity);
            BigFraction leap = greatest(leaps, Long.MAX_VALUE);
            leaping += leap.compareTo(BigFraction.ZERO) > 0 ? 1 : 0;
            for (long more = 1; more <= 90; more++) {
                BigFraction bound = basis.exactFen(quantity).add(greatest(leaps, more)).add(steepest.multiply(more));
                BigFraction cost = basis.exactFen(quantity + more);
                assertThat(cost).as("seed %d, run %d: %d and %d more of %s", SEED, i, quantity, more, basis).isLessThanOrEqualTo(bound);
                reached += cost.equals(bound) ? 1 : 0;
                if (basis.isWholeFen()) {
                    assertThat(cost.getDenominator()).as("whole fen: %s", basis).isEqualTo(BigInteger.ONE);
                }
            }
        }
        assertThat(leaping).as("tariffs that leap were among them").isGreaterThan(500);
        assertThat(reached).as("the bound is no looser than need be: it is reached").isGreaterThan(10_000);
    }

    private static BigFraction greatest(List<Basis.Leap> leaps, long units) {
        return leaps.stream().filter(each -> each.units() <= units).map(Basis.Leap::fen).reduce(BigFraction.ZERO, (a, b) -> a.compareTo(b) < 0 ? b : a);
    }

    /** However what may be taken is shared by two lines, all of it together fits the limit; and nearly all that fits may be taken. */
    @Test
    void whatMayBeTakenFitsTheLimitHoweverItIsUsed() {
        Random random = new Random(SEED);
        int more = 0;
        for (int i = 0; i < 1_000; i++) {
            List<Basis> lines = List.of(basis(random), basis(random));
            long[] used = {random.nextInt(60), random.nextInt(60)};
            BudgetReckoning.Cost cost = new BudgetReckoning.Cost();
            cost.add(lines.get(0), used[0]);
            cost.add(lines.get(1), used[1]);
            long limit = Math.max(0, cost.atMost() + 100_000 - random.nextInt(400_000)); // about where a leap begins to fit
            long most = cost.mostWithin(limit);
            assertThat(most).isGreaterThanOrEqualTo(limit - cost.atMost());
            more += most > limit - cost.atMost() && most >= 0 ? 1 : 0;
            long first = PriceList.Dearest.of(lines.get(0).tariff()).perUnit();
            long second = PriceList.Dearest.of(lines.get(1).tariff()).perUnit();
            for (int a = 0; a <= 60 && most >= 0 && a * first <= most; a++) {
                for (int b = 0; b <= 60 && a * first + b * second <= most; b++) {
                    assertThat(milliFen(lines.get(0), used[0] + a) + milliFen(lines.get(1), used[1] + b))
                            .as("seed %d, run %d: %d and %d more of %s", SEED, i, a, b, lines).isLessThanOrEqualTo(limit);
                }
            }
        }
        assertThat(more).as("more is granted than with every leap there is").isGreaterThan(80);
    }

    private static long milliFen(Basis basis, long quantity) {
        return Tariff.milliFenUp(basis.exactFen(quantity)) + (basis.isWholeFen() ? 0 : PriceList.ROUNDED_UP);
    }

    @Test
    void whatALaterBandOrPackageCostsIsKeptBackOnlyWhereItIsReached() {
        Basis bands = whole(new Tariff.Graduated(List.of(new Tier(1_000L, UnitPrice.ofFen("1"), Money.ZERO),
                new Tier(null, UnitPrice.ofFen("1"), Money.ofFen(50_000)))));
        BudgetReckoning.Cost none = new BudgetReckoning.Cost();
        none.add(bands, 0);
        assertThat(none.mostWithin(30_000_000)).as("1,000 units of a fen, and not one more").isEqualTo(1_000_999);
        assertThat(none.mostWithin(52_000_000)).as("the second band fits, with a thousand units of it").isEqualTo(2_000_000);
        BudgetReckoning.Cost entries = new BudgetReckoning.Cost();
        entries.add(whole(new Tariff.Graduated(List.of(new Tier(1_000L, UnitPrice.ofFen("0"), Money.ofFen(10_000)),
                new Tier(null, UnitPrice.ofFen("0"), Money.ofFen(50_000))))), 1_000);
        assertThat(entries.mostWithin(30_000_000)).as("the next unit would cost 500 yuan").isZero();
        BudgetReckoning.Cost begun = new BudgetReckoning.Cost();
        begun.add(whole(new Tariff.Packages(Money.ofFen(10_000), 1_000)), 501);
        assertThat(begun.mostWithin(15_000_000)).as("the 499 units that are paid for").isBetween(4_990_000L, 4_999_999L);
    }

    /** What no number can hold must not keep everybody's budget from being reckoned: a cheap band nobody reaches, and an entry nobody can pay. */
    @Test
    void aBandFarBeyondAnyBudgetIsReckonedLikeAnyOther() {
        long far = 100_000_000_000_000L;
        BudgetReckoning.Cost cheap = new BudgetReckoning.Cost();
        cheap.add(whole(new Tariff.Graduated(List.of(new Tier(far, UnitPrice.ofFen("1"), Money.ZERO),
                new Tier(null, UnitPrice.ofFen("100"), Money.ZERO)))), 7);
        assertThat(cheap.atMost()).as("seven units, and no leap").isEqualTo(7_000);
        BudgetReckoning.Cost dear = new BudgetReckoning.Cost();
        dear.add(whole(new Tariff.Graduated(List.of(new Tier(1_000L, UnitPrice.ofFen("1"), Money.ZERO),
                new Tier(null, UnitPrice.ofFen("1"), Money.ofFen(Long.MAX_VALUE / 10))))), 7);
        assertThat(dear.mostWithin(Money.MOST_ENTERED.fen() * 1_000)).as("the largest budget there is ends before that band").isLessThan(1_000_000);
    }

    private static Basis whole(Tariff tariff) {
        return new Basis(tariff, BigFraction.ONE, null, null);
    }

    private static Basis basis(Random random) {
        Tariff tariff = tariff(random, 3);
        BigFraction share = tariff.isByUnitAlone() || random.nextBoolean() ? BigFraction.ONE : new BigFraction(random.nextInt(1, 30), 30);
        boolean held = random.nextInt(4) == 0;
        return new Basis(tariff, share, held ? new UUID(1, 1) : null,
                held ? new Ceiling(price(random), new Money(random.nextInt(3) * 100L)) : null);
    }

    private static Tariff tariff(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 6 : 10)) {
            case 0 -> new Tariff.Free();
            case 1 -> new Tariff.Flat(money(random));
            case 2 -> new Tariff.PerUnit(price(random));
            case 3 -> new Tariff.Graduated(tiers(random));
            case 4 -> new Tariff.Volume(tiers(random));
            case 5 -> new Tariff.Packages(money(random), random.nextInt(1, 25));
            case 6 -> new Tariff.BasePlusUsage(money(random), tariff(random, depth - 1));
            case 7 -> new Tariff.Minimum(money(random), tariff(random, depth - 1));
            case 8 -> new Tariff.Included(random.nextInt(1, 40), tariff(random, depth - 1));
            default -> new Tariff.Discounted(Portion.percent(random.nextInt(1, 99)), tariff(random, depth - 1));
        };
    }

    private static List<Tier> tiers(Random random) {
        List<Tier> tiers = new ArrayList<>();
        long end = 0;
        for (int i = random.nextInt(3); i > 0; i--) {
            end += random.nextInt(1, 30);
            tiers.add(new Tier(end, price(random), random.nextBoolean() ? Money.ZERO : money(random)));
        }
        tiers.add(new Tier(null, price(random), random.nextBoolean() ? Money.ZERO : money(random)));
        return tiers;
    }

    private static Money money(Random random) {
        return new Money(random.nextInt(500));
    }

    private static UnitPrice price(Random random) {
        return new UnitPrice(BigDecimal.valueOf(random.nextInt(2_000), random.nextInt(3)));
    }
}
