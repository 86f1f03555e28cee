package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import cn.jingshu.ledger.verify.Check;
import cn.jingshu.ledger.verify.Finding;
import cn.jingshu.ledger.verify.Verifier;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.ClosingThatDies;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.PlainBills;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.billing.Voids;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.UsageJournal;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories on a node: prices of every kind announced for any hour of a month, single calls (some of them late), voids in open and in closed
 * months, closes that die on the way. Every line of every month is that of {@link PlainBills}, to the fen.
 */
class RatedHistoriesIT {
    private static final ZoneId CITY = ZoneId.of("Asia/Shanghai");
    private static final YearMonth FIRST = YearMonth.of(2027, 2);
    private static final int MONTHS = 5;
    private static final int VAT_PERCENT = 6;

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static Market market;

    @BeforeAll
    static void openTheMarket() {
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of());
        market = new Market(node);
        market.sellLibrary("20", "1.37");
    }

    @AfterAll
    static void closeTheMarket() {
        node.close();
    }

    private final PlainBills plain = new PlainBills("library", "ListBooks", "ROW");
    private final List<PlainBills.Subscriber> subscribers = new ArrayList<>();
    private List<Instant> announced = List.of(); // for when, the last time
    private final List<UUID> called = new ArrayList<>();
    private final EventIds ids = new EventIds(java.time.Clock.systemUTC());

    private static UnitPrice price(Random random) {
        return new UnitPrice(BigDecimal.valueOf(random.nextInt(15_000_000), 6));
    }

    private static Tariff tariff(Random random, int depth) {
        Money amount = new Money(random.nextInt(900));
        return switch (random.nextInt(depth > 1 ? 5 : 8)) {
            case 0 -> new Tariff.Flat(amount);
            case 1 -> new Tariff.PerUnit(price(random));
            case 2 -> {
                long end = 1L + random.nextInt(60);
                yield new Tariff.Graduated(List.of(new Tier(end, price(random), amount),
                        new Tier(end + 1L + random.nextInt(90), price(random), new Money(random.nextInt(50))), Tier.of(null, price(random))));
            }
            case 3 -> new Tariff.Volume(List.of(Tier.of(1L + random.nextInt(120), price(random)), new Tier(null, price(random), amount)));
            case 4 -> new Tariff.Packages(new Money(random.nextInt(300)), 20L + random.nextInt(60));
            case 5 -> new Tariff.BasePlusUsage(amount, tariff(random, depth + 1));
            case 6 -> new Tariff.Minimum(amount, tariff(random, depth + 1));
            default -> new Tariff.Included(1 + random.nextInt(50), tariff(random, depth + 1));
        };
    }

    private static Instant start(YearMonth month) {
        return month.atDay(1).atStartOfDay(CITY).toInstant();
    }

    private static Instant within(YearMonth month, Random random) {
        return start(month).plusSeconds(random.nextLong(Duration.between(start(month), start(month.plusMonths(1))).toSeconds()));
    }

    private void subscribe(String consumer, Purpose purpose) {
        Subscription made = market.subscribe(consumer, "library", purpose, 1_000_000, Market.WIDE);
        PlainBills.Subscriber subscriber =
                new PlainBills.Subscriber(made.id(), market.person(consumer).organisationId(), purpose == Purpose.PUBLIC_INTEREST);
        subscribers.add(subscriber);
        plain.subscribed(subscriber);
    }

    @Test
    void bothRatersBillTheSameLinesOfDatedPricesAndSingleCalls() throws Exception {
        long seed = Long.getLong("jingshu.seed", System.nanoTime());
        System.out.println("RatedHistoriesIT, seed " + seed);
        Random random = new Random(seed);
        clock.moveTo(Instant.parse("2027-01-11T02:00:00Z")); // the first price holds by then
        PriceBook book = node.get(PriceBook.class);
        book.priceList("library").tariffs().forEach(each -> plain.published(each.id(), each.tariff(), each.effectiveFrom()));
        assertThat(book.setCeiling(new PriceCeiling(UUID.randomUUID(), "library", "ListBooks",
                new Ceiling(UnitPrice.ofFen("20"), Money.ofYuan("50")), clock.instant().plusSeconds(1), "test"), market.person("bureau").id()))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
        subscribe("bank", Purpose.INDUSTRY);
        subscribe("app-studio", Purpose.INDUSTRY);
        subscribe("institute", Purpose.PUBLIC_INTEREST);
        announce(FIRST, random);
        close(FIRST.minusMonths(1), random, "seed " + seed);
        int corrections = 0;
        int below = 0;
        for (YearMonth month = FIRST; month.isBefore(FIRST.plusMonths(MONTHS)); month = month.plusMonths(1)) {
            List<Instant> cuts = announced;
            announce(month.plusMonths(1), random);
            clock.moveTo(start(month.plusMonths(1)).plusSeconds(7_200));
            use(month, cuts, random);
            takeBack(random);
            for (Charge line : close(month, random, "seed " + seed)) {
                corrections += line.isCorrection() ? 1 : 0;
                below += line.quantity() < 0 ? 1 : 0;
            }
        }
        assertThat(corrections).as("seed %d: late usage and voids were among them", seed).isPositive();
        assertThat(below).as("seed %d: units taken back of closed months were among them", seed).isPositive();
        Path bundle = data.resolve("histories.zip");
        node.get(BundleExport.class).write(new Months(FIRST, FIRST.plusMonths(MONTHS - 1)), bundle, ExportProgress.SILENT);
        assertThat(new Verifier(List.of()).verify(bundle).findings()).as("seed %d", seed).extracting(Finding::check).isSubsetOf(Check.SIGNATURE);
    }

    /** In the month before: prices for any hours of this one, its first included. */
    private void announce(YearMonth month, Random random) {
        clock.moveTo(start(month).minus(Duration.ofDays(3)));
        announced = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            UUID id = UUID.randomUUID();
            Tariff tariff = tariff(random, 0);
            Instant from = start(month).plus(Duration.ofHours(random.nextInt(5) == 0 ? 0 : random.nextInt(month.lengthOfMonth() * 24)));
            if (node.get(PriceBook.class).save(new PriceBook.Proposal(id, "library", "ListBooks", Purpose.INDUSTRY, tariff, from, clock.instant(),
                    market.person("operator").id(), market.person("bureau").id())) instanceof PriceBook.Outcome.Saved) {
                plain.published(id, tariff, from); // one above the ceiling is none
                announced.add(from);
            }
        }
    }

    /** Calls of the month, at the very moments of its prices too, and of earlier months, which come late. */
    private void use(YearMonth month, List<Instant> cuts, Random random) throws Exception {
        UsageJournal journal = node.get(UsageJournal.class);
        for (int i = 20 + random.nextInt(20); i > 0; i--) {
            YearMonth of = random.nextInt(4) == 0 && month.isAfter(FIRST)
                    ? FIRST.plusMonths(random.nextInt((int) FIRST.until(month, ChronoUnit.MONTHS))) : month;
            Instant at = !cuts.isEmpty() && random.nextInt(5) == 0
                    ? cuts.get(random.nextInt(cuts.size())).minusSeconds(random.nextInt(2)) : within(of, random);
            if (at.isBefore(start(FIRST))) {
                at = start(FIRST);
            }
            PlainBills.Subscriber by = subscribers.get(random.nextInt(subscribers.size()));
            UUID id = ids.next();
            long units = random.nextInt(25);
            journal.append(new UsageEvent(id, at, journal.nodeId(), by.subscription(), new UUID(8, 8), "library", "ListBooks",
                    by.free() ? "PUBLIC_INTEREST" : "INDUSTRY", Outcome.ANSWERED, "ROW", units, 200, 1_234, 202, "r-" + id, false, "REST"))
                    .toCompletableFuture().join();
            plain.called(id, at, by, units);
            called.add(id);
        }
        Until.holds(Duration.ofSeconds(20), () -> journal.stats().unshippedEvents(), left -> left == 0);
    }

    private void takeBack(Random random) {
        Voids voids = node.get(Voids.class);
        for (int i = 5 + random.nextInt(10); i > 0 && !called.isEmpty(); i--) {
            UUID event = called.remove(random.nextInt(called.size()));
            UUID id = UUID.randomUUID();
            assertThat(voids.request(id, event, "counted twice", market.person("operator").id())).isInstanceOf(Voids.Outcome.Done.class);
            assertThat(voids.approve(id, market.person("bureau").id())).isInstanceOf(Voids.Outcome.Done.class);
            plain.voided(event);
        }
    }

    /** Closes the month, dying on the way now and then, and holds its lines against the plain ones. */
    private List<Charge> close(YearMonth month, Random random, String where) throws Exception {
        clock.moveTo(start(month.plusMonths(1)).plusSeconds(14_400));
        ClosingThatDies dying = new ClosingThatDies(node);
        List<String> steps = List.of("rating", "booking", "issuing", "settling", "closing");
        for (int i = random.nextInt(3); i > 0; i--) {
            try {
                if (random.nextInt(4) == 0) {
                    dying.beforeTheEnd(month);
                } else {
                    dying.beforeStep(month, steps.get(random.nextInt(steps.size())));
                }
            } catch (ClosingThatDies.Died _) {
                // closed again below, as by the next process
            }
        }
        MonthClose.Outcome closed = node.get(MonthClose.class).close(month, _ -> {});
        assertThat(closed).as("%s, %s", where, month).isInstanceOf(MonthClose.Outcome.Closed.class);
        List<Charge> lines = ((MonthClose.Outcome.Closed) closed).charges().stream().filter(each -> each.key().product().equals("library")).toList();
        assertThat(lines.stream().map(each -> new PlainBills.Line(each.key().usageMonth(), each.key().subscriptionId(), each.key().tariffId(),
                each.quantity(), each.amount().fen(), each.vat().fen())).sorted(Comparator.comparing(PlainBills.Line::toString)).toList())
                .as("%s, %s", where, month)
                .isEqualTo(plain.close(month, VAT_PERCENT).stream().sorted(Comparator.comparing(PlainBills.Line::toString)).toList());
        assertThat(node.get(Reconciliation.class).run(month)).as("%s, %s", where, month).allMatch(Reconciliation.Check::agrees);
        return lines;
    }
}
