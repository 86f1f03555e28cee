package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws of bills under tariffs of every kind, over seeded histories of usage that arrives late and is voided. */
class RatingPropertyTest {
    private static final YearMonth FIRST = YearMonth.of(2026, 1);
    private static final Portion VAT = Portion.percent(6);
    private static final int SUBSCRIPTIONS = 4;
    /** Some of the tariffs are above it: then it is what is owed. */
    private static final Ceiling CEILING = new Ceiling(UnitPrice.ofFen("20"), Money.ofYuan("40"));

    private static Tariff tariff(Random random, int depth) {
        UnitPrice price = new UnitPrice(BigDecimal.valueOf(random.nextInt(3_000_000), 6));
        Money amount = new Money(random.nextInt(5_000));
        return switch (random.nextInt(depth > 1 ? 6 : 10)) {
            case 0 -> new Tariff.Free();
            case 1 -> new Tariff.Flat(amount);
            case 2 -> new Tariff.PerUnit(price);
            case 3 -> new Tariff.Graduated(List.of(new Tier(100L, price, amount), Tier.of(null, UnitPrice.ofFen("0.1"))));
            case 4 -> new Tariff.Volume(List.of(Tier.of(200L, price), new Tier(null, UnitPrice.ofFen("0.2"), amount)));
            case 5 -> new Tariff.Packages(amount, 1 + random.nextInt(300));
            case 6 -> new Tariff.BasePlusUsage(amount, tariff(random, depth + 1));
            case 7 -> new Tariff.Minimum(amount, tariff(random, depth + 1));
            case 8 -> new Tariff.Included(1 + random.nextInt(200), tariff(random, depth + 1));
            default -> new Tariff.Discounted(Portion.percent(random.nextInt(101)), tariff(random, depth + 1));
        };
    }

    /** Usage of a subscription in one month, as it is known after a number of months. */
    private record History(ChargeKey key, Basis basis, List<Long> known) {
        PricedUsage after(int month) {
            return new PricedUsage(key, basis, known.get(month), BigFraction.ZERO);
        }
    }

    private static List<History> histories(Random random) {
        List<History> histories = new ArrayList<>();
        for (int subscription = 0; subscription < SUBSCRIPTIONS; subscription++) {
            Tariff tariff = tariff(random, 0);
            for (int month = 0; month < 4; month++) {
                ChargeKey key = new ChargeKey(FIRST.plusMonths(month), new UUID(1, subscription), new UUID(2, subscription % 2),
                        "library", "*", "INDUSTRY", "ROW", new UUID(3, subscription));
                BigFraction share = tariff.isByUnitAlone() ? BigFraction.ONE : new BigFraction(1 + random.nextInt(31), 31);
                List<Long> known = new ArrayList<>();
                for (int at = 0; at < 6; at++) { // stays, comes late or is voided
                    known.add(at > month && random.nextInt(3) == 0 ? known.get(at - 1) : Long.valueOf(random.nextInt(600)));
                }
                histories.add(new History(key, new Basis(tariff, share, new UUID(4, 4), CEILING), known));
            }
        }
        return histories;
    }

    private static List<PricedUsage> known(List<History> histories, int month) {
        return histories.stream()
                .filter(history -> !history.key().usageMonth().isAfter(FIRST.plusMonths(month)))
                .map(history -> history.after(month))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void linesOfAKeyAddUpToItsTariffRoundedOnceAfterEveryMonth(long block) {
        for (long seed = block * 100; seed < block * 100 + 100; seed++) {
            List<History> histories = histories(new Random(seed));
            Map<ChargeKey, Rating.Billed> billed = new HashMap<>();
            for (int month = 0; month < 6; month++) {
                List<Charge> lines = Rating.rate(FIRST.plusMonths(month), known(histories, month), billed, VAT);
                for (Charge line : lines) {
                    assertThat(line.corrects()).as("seed %d", seed).isEqualTo(
                            billed.containsKey(line.key()) ? billed.get(line.key()).first() : null);
                    billed.compute(line.key(), (_, before) -> before == null ? Rating.Billed.of(line) : before.plus(line));
                }
                for (History history : histories) {
                    Rating.Billed sum = billed.get(history.key());
                    if (!history.key().usageMonth().isAfter(FIRST.plusMonths(month)) && sum != null) {
                        assertThat(sum.quantity()).as("seed %d", seed).isEqualTo(history.known().get(month));
                        BigFraction used = new BigFraction(sum.quantity());
                        BigFraction says = history.basis().tariff().exactFen(used, history.basis().share());
                        BigFraction allowed = CEILING.exactFen(used, history.basis().share());
                        assertThat(sum.amount()).as("seed %d %s", seed, history)
                                .isEqualTo(Tariff.round(allowed.compareTo(says) < 0 ? allowed : says));
                    }
                }
                assertThat(Rating.rate(FIRST.plusMonths(month), known(histories, month), billed, VAT))
                        .as("seed %d: what was billed is billed once", seed).isEmpty();
            }
        }
    }

    /** A preview is the same function over the same facts; one consumer's is the part of it that concerns them, to the fen. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void theBillIsWhatWasPreviewedAlsoForOneConsumerAlone(long block) {
        for (long seed = block * 100; seed < block * 100 + 100; seed++) {
            List<History> histories = histories(new Random(seed));
            Map<ChargeKey, Rating.Billed> billed = new HashMap<>();
            for (int month = 0; month < 6; month++) {
                YearMonth now = FIRST.plusMonths(month);
                List<PricedUsage> usage = new ArrayList<>(known(histories, month));
                List<Charge> lines = Rating.rate(now, usage, billed, VAT);
                Collections.shuffle(usage, new Random(seed));
                assertThat(Rating.rate(now, usage, billed, VAT)).as("seed %d", seed).isEqualTo(lines);
                for (long consumer = 0; consumer < 2; consumer++) {
                    UUID organisation = new UUID(2, consumer);
                    Map<ChargeKey, Rating.Billed> own = new HashMap<>(billed);
                    own.keySet().removeIf(key -> !key.organisationId().equals(organisation));
                    assertThat(Rating.rate(now, usage.stream()
                                    .filter(each -> each.key().organisationId().equals(organisation)).toList(), own, VAT))
                            .as("seed %d", seed)
                            .isEqualTo(lines.stream().filter(line -> line.key().organisationId().equals(organisation)).toList());
                }
                lines.forEach(line -> billed.compute(line.key(),
                        (_, before) -> before == null ? Rating.Billed.of(line) : before.plus(line)));
            }
        }
    }
}
