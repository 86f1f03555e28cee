package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
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
            Tariff tariff = tariff(random, 3);
            BigFraction share = tariff.isByUnitAlone() || random.nextBoolean() ? BigFraction.ONE : new BigFraction(random.nextInt(1, 30), 30);
            boolean held = random.nextInt(4) == 0;
            Basis basis = new Basis(tariff, share, held ? new UUID(1, 1) : null,
                    held ? new Ceiling(price(random), new Money(random.nextInt(3) * 100L)) : null);
            long quantity = random.nextInt(60);
            BigFraction steepest = tariff.steepest();
            BigFraction leap = basis.leap(quantity);
            leaping += leap.compareTo(BigFraction.ZERO) > 0 ? 1 : 0;
            for (long more = 1; more <= 90; more++) {
                BigFraction bound = basis.exactFen(quantity).add(leap).add(steepest.multiply(more));
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
