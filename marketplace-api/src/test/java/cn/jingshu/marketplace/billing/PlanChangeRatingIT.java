package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import cn.jingshu.marketplace.demo.DemoMarket;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.plan.Plans;
import cn.jingshu.marketplace.pricing.CeilingFindings;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.MarketBeans;
import cn.jingshu.marketplace.store.MarketDatabase;
import cn.jingshu.marketplace.subscription.PlanChanges;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.usage.LiveUsage;
import cn.jingshu.metering.usage.Usage;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.echo.EchoProduct;
import cn.jingshu.products.kind.DeclarationReader;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A month shared between the plans a subscription was on, held against a reckoning of its own. */
class PlanChangeRatingIT {
    private static final YearMonth DECEMBER = YearMonth.of(2026, 12);
    private static final Instant BEGINS = new BillingPeriod(DECEMBER).start();
    private static final Instant ENDS = new BillingPeriod(DECEMBER).end();
    private static final UUID SUBSCRIPTION = DemoMarket.subscription("BANK", "echo-paid");

    /** What each plan of the test costs; the one the bank begins with costs what everyone pays for a call. */
    private static final Map<String, Tariff> FEES = Map.of(
            "small", new Tariff.BasePlusUsage(Money.ofYuan("19.99"), new Tariff.Included(20, new Tariff.PerUnit(UnitPrice.ofFen("7")))),
            "large", new Tariff.Flat(Money.ofYuan("333.33")),
            "bands", new Tariff.Graduated(List.of(new Tier(30L, UnitPrice.ofFen("9"), Money.ofYuan("1.01")),
                    new Tier(null, UnitPrice.ofFen("3"), Money.ZERO))));

    private final DemoMarket market = new DemoMarket();
    private long sequence;

    private record Used(Instant at, long units) {}

    private static final class Wall implements AutoCloseable {
        final MarketBeans beans;
        final Contracts contracts = Contracts.of(List.of(new EchoProduct()));
        final PriceBook prices;
        final MonthUsage months;

        Wall(DemoMarket market) {
            beans = market.beans();
            prices = new PriceBook(market.database, market.clock, () -> contracts);
            months = new MonthUsage(new Usage(market.dataSource), new LiveUsage(market.dataSource), prices,
                    beans.get(Subscriptions.class), beans.get(Subscribers.class),
                    beans.get(CeilingFindings.class));
        }

        @Override
        public void close() {
            beans.close();
        }
    }

    private void sell(Wall wall) {
        MeteringSchema.migrate(market.dataSource);
        market.letPlansChangeAtOnce();
        MarketDatabase.execute(market.dataSource, "SELECT metering.ensure_usage_partition(date '2026-11-01')");
        MarketDatabase.execute(market.dataSource, "SELECT metering.ensure_usage_partition(date '2026-12-01')");
        PriceBook book = wall.prices;
        assertThat(book.setCeiling(new PriceCeiling(UUID.randomUUID(), "echo", PriceBook.EVERY_OPERATION,
                new Ceiling(UnitPrice.ofFen("10"), Money.ofYuan("400")), BEGINS, "test"), DemoMarket.person("AUTHORITY")))
                .isInstanceOf(PriceBook.Outcome.Saved.class);
        FEES.forEach((code, tariff) -> {
            Instant now = market.clock.instant();
            wall.beans.get(Plans.class).offer(new Plan(DemoMarket.id("plan", code), code, "echo", 1, Purpose.INDUSTRY, code, code, 1_000,
                    new RateLimit(100, Duration.ofSeconds(1)), now, now, null), null);
            assertThat(book.save(new PriceBook.Proposal(DemoMarket.id("tariff", code), "echo", PriceBook.EVERY_OPERATION, Purpose.INDUSTRY,
                    tariff, code, false, BEGINS, now, DemoMarket.person("OPERATOR"), DemoMarket.person("AUTHORITY"))))
                    .isInstanceOf(PriceBook.Outcome.Saved.class);
        });
    }

    private void moveTo(Instant moment) {
        market.turnClockBy(Duration.between(market.clock.instant(), moment));
    }

    private void change(Wall wall, String code, Instant at) {
        moveTo(at);
        assertThat(wall.beans.get(PlanChanges.class).ask(new PlanChanges.Request(UUID.randomUUID(), SUBSCRIPTION,
                DemoMarket.id("plan", code), "", DemoMarket.person("BANK")))).as(code + " at " + at)
                .isInstanceOf(PlanChanges.Outcome.Done.class);
    }

    private void use(List<Used> events) {
        if (!events.isEmpty()) {
            MarketDatabase.execute(market.dataSource, """
                    INSERT INTO metering.usage_event (event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
                           purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol)
                    VALUES\s""" + events.stream().map(each -> "(gen_random_uuid(), '%s', 'node-a', %d, '%s', gen_random_uuid(), 'echo', 'Echo', 'INDUSTRY', 'ANSWERED', 'CALL', %d, 200, 5, 6, 'r', false, 'REST')"
                            .formatted(each.at(), ++sequence, SUBSCRIPTION, each.units())).collect(Collectors.joining(",\n")));
        }
    }

    /** What the test says of one price: how long it held, and how much was used meanwhile. */
    private record Part(long micros, long units) {
        Part plus(Part other) {
            return new Part(micros + other.micros, units + other.units);
        }

        BigFraction share() {
            return new BigFraction(BigInteger.valueOf(micros), BigInteger.valueOf(ChronoUnit.MICROS.between(BEGINS, ENDS)));
        }
    }

    /** From each moment on, in order, the plan of that code. */
    private record Step(Instant at, String code) {}

    private static Map<String, Part> reckon(List<Step> steps, List<Used> events) {
        Map<String, Part> parts = new HashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            Instant from = steps.get(i).at().isBefore(BEGINS) ? BEGINS : steps.get(i).at();
            Instant to = i + 1 < steps.size() ? steps.get(i + 1).at() : ENDS;
            if (from.isBefore(to)) {
                long units = events.stream().filter(each -> !each.at().isBefore(from) && each.at().isBefore(to)).mapToLong(Used::units).sum();
                parts.merge(steps.get(i).code(), new Part(ChronoUnit.MICROS.between(from, to), units), Part::plus);
            }
        }
        return parts;
    }

    private void agrees(Wall wall, List<Step> steps, List<Used> events) {
        List<PricedUsage> priced = wall.months.of(DECEMBER).stream().filter(each -> each.key().subscriptionId().equals(SUBSCRIPTION)).toList();
        List<PricedUsage> own = wall.months.of(DECEMBER, DemoMarket.organisation("BANK"));
        assertThat(own).as("one consumer's as all").containsExactlyInAnyOrderElementsOf(priced);
        Map<UUID, Charge> lines = Rating.rate(DECEMBER, priced, Map.of(), Portion.parse("6/100")).stream()
                .collect(Collectors.toMap(line -> Objects.requireNonNull(line.key().tariffId()), line -> line));
        assertThat(lines.values().stream().mapToLong(Charge::quantity).sum()).as("no call belongs to none, or to two")
                .isEqualTo(events.stream().mapToLong(Used::units).sum());
        Map<String, Part> expected = reckon(steps, events);
        BigFraction whole = BigFraction.ZERO;
        for (Map.Entry<String, Part> each : expected.entrySet()) {
            Part part = each.getValue();
            Tariff fee = FEES.get(each.getKey());
            whole = whole.add(part.share());
            if (fee == null) {
                assertThat(lines.values().stream().filter(line -> line.basis().tariff().isByUnitAlone()).mapToLong(Charge::quantity).sum())
                        .isEqualTo(part.units());
                continue;
            }
            Charge line = Objects.requireNonNull(lines.get(DemoMarket.id("tariff", each.getKey())), each.getKey());
            assertThat(line.basis().share()).as(each.getKey()).isEqualTo(part.share());
            assertThat(line.quantity()).as(each.getKey()).isEqualTo(part.units());
            assertThat(line.amount()).as(each.getKey())
                    .isEqualTo(Tariff.round(part.share().multiply(fee.exactFen(new BigFraction(part.units()).divide(part.share())))));
        }
        assertThat(whole).as("the whole month and no more").isEqualTo(BigFraction.ONE);
        assertThat(lines.keySet().stream().filter(id -> FEES.keySet().stream().anyMatch(code -> DemoMarket.id("tariff", code).equals(id))).count())
                .as("a line of each plan that held, and of no other")
                .isEqualTo(expected.keySet().stream().filter(FEES::containsKey).count());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void anyChangesShareTheMonthToTheMicrosecondAndEveryCallOnce(long seed) {
        Random random = new Random(seed);
        try (Wall wall = new Wall(market)) {
            sell(wall);
            List<String> codes = new ArrayList<>(FEES.keySet());
            codes.sort(null);
            codes.add("echo-paid");
            List<Step> steps = new ArrayList<>();
            steps.add(new Step(Instant.MIN, "echo-paid"));
            List<Instant> moments = new ArrayList<>();
            for (int i = random.nextInt(6) + 1; i > 0; i--) {
                moments.add(BEGINS.minusSeconds(86_400).plus(Math.floorMod(random.nextLong(), 32L * 86_400_000_000L), ChronoUnit.MICROS));
            }
            if (seed % 2 == 0) {
                moments.add(BEGINS); // at the month's first instant
                moments.add(moments.getFirst()); // two at one instant: the later one holds
            }
            moments.sort(null);
            for (Instant moment : moments) {
                String next = codes.get(random.nextInt(codes.size()));
                if (!next.equals(steps.getLast().code())) {
                    change(wall, next, moment);
                    steps.add(new Step(moment, next));
                }
            }
            moveTo(ENDS);
            List<Used> events = new ArrayList<>();
            for (int i = random.nextInt(60); i > 0; i--) {
                events.add(new Used(BEGINS.plus(Math.floorMod(random.nextLong(), ChronoUnit.MICROS.between(BEGINS, ENDS)), ChronoUnit.MICROS), random.nextInt(4) + 1));
            }
            steps.stream().map(Step::at).filter(at -> !at.isBefore(BEGINS) && at.isBefore(ENDS)).forEach(at -> {
                events.add(new Used(at, 1)); // just then, and just before
                if (at.isAfter(BEGINS)) {
                    events.add(new Used(at.minus(1, ChronoUnit.MICROS), 1));
                }
            });
            use(events);
            agrees(wall, steps, events);
        }
    }

    @Test
    void aChangeAtTheMonthsFirstInstantLeavesTheOldPlanNothing() {
        try (Wall wall = new Wall(market)) {
            sell(wall);
            change(wall, "small", BEGINS.minusSeconds(3_600));
            change(wall, "large", BEGINS);
            List<Used> events = List.of(new Used(BEGINS, 5));
            use(events);
            moveTo(ENDS);
            agrees(wall, List.of(new Step(Instant.MIN, "echo-paid"), new Step(BEGINS.minusSeconds(3_600), "small"), new Step(BEGINS, "large")), events);
            assertThat(wall.months.of(DECEMBER, DemoMarket.organisation("BANK"))).singleElement()
                    .satisfies(all -> assertThat(all.key().tariffId()).isEqualTo(DemoMarket.id("tariff", "large")));
        }
    }

    /** Its price keeps the unit it was published with: neither is a month stopped, nor are closed lines owed anew under another unit. */
    @Test
    void aVersionThatCountsInAnotherUnitChangesNoLineOfAPriceByTheMonth() {
        try (Wall wall = new Wall(market)) {
            sell(wall);
            Instant up = BEGINS.plus(Duration.ofDays(10));
            change(wall, "small", BEGINS.minusSeconds(1));
            change(wall, "large", up);
            use(List.of(new Used(BEGINS.plusSeconds(9), 25), new Used(up, 100)));
            moveTo(ENDS);
            List<PricedUsage> before = wall.months.of(DECEMBER);
            Faults faults = new Faults();
            wall.contracts.serve(List.of(), List.of(DescriptorSets.service(DeclaredContract.of(DeclarationReader.read("""
                    {"code": "echo", "version": 2, "kind": "sql", "nameZh": "回声", "nameEn": "Echo", "summaryZh": "回声。", "summaryEn": "Echo.",
                     "resources": ["A2.8.4"],
                     "operations": [{"name": "ListLots", "path": "list", "meter": "ROW", "summaryZh": "列出", "summaryEn": "Lists",
                       "columns": [{"name": "lot_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id", "resources": ["A2.8.4"]}],
                       "sql": {"query": "SELECT lot_id FROM parking_lot", "key": ["lot_id"]}}],
                     "sql": {"tables": {"parking_lot": ["lot_id"]}}}
                    """, faults), faults))));
            assertThat(faults.list()).isEmpty();
            assertThat(wall.contracts.listVersions("echo")).hasSize(2);
            assertThat(wall.months.of(DECEMBER)).isEqualTo(before).filteredOn(each -> each.key().subscriptionId().equals(SUBSCRIPTION)).hasSize(2)
                    .allSatisfy(each -> assertThat(each.key().unit()).isEqualTo("CALL"));
            assertThat(wall.prices.listMixed()).as("and it is told of").extracting(each -> each.id())
                    .containsExactlyInAnyOrderElementsOf(FEES.keySet().stream().map(code -> DemoMarket.id("tariff", code)).toList());
            assertThat(wall.prices.listForbidden()).as("it costs what it did").isEmpty();
        }
    }

    /** Up and down again within a month: the parts of a plan are one line, rounded once. */
    @Test
    void aPlanOneComesBackToIsOneLine() {
        try (Wall wall = new Wall(market)) {
            sell(wall);
            Instant up = BEGINS.plus(Duration.ofDays(10)).plusNanos(500_000);
            Instant down = BEGINS.plus(Duration.ofDays(20)).plusNanos(250_000);
            change(wall, "small", BEGINS.minusSeconds(1));
            change(wall, "large", up);
            change(wall, "small", down);
            List<Used> events = List.of(new Used(BEGINS.plusSeconds(9), 25), new Used(up, 100), new Used(down, 7));
            use(events);
            moveTo(ENDS);
            agrees(wall, List.of(new Step(Instant.MIN, "echo-paid"), new Step(BEGINS.minusSeconds(1), "small"), new Step(up, "large"), new Step(down, "small")),
                    events);
            assertThat(wall.months.of(DECEMBER, DemoMarket.organisation("BANK"))).hasSize(2);
        }
    }
}
