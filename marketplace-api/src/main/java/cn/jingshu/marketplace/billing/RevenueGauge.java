package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.BookFacts;
import cn.jingshu.ledger.settlement.SettlementBook;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.pricing.PermittedRevenue;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.metering.event.BillingPeriod;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How much of the permitted revenue (最高准许收入) has been earned, what the year is heading for, and what the deviation test
 * of the year asks for. Revenue is what the books say, refunds and entries by hand with it, as the settlement and the auditor's check reckon it; of a
 * month that is not booked yet, what its bills would be if it were closed now is added. Nothing here is stored.
 *
 * @see "发改价格〔2025〕65号: 偏离10%以内调整具体收费标准, 超过10%调整上限收费标准; 超收部分在核定下一周期时扣减"
 */
@Singleton
public final class RevenueGauge {
    /** Percentages of the permitted revenue at which the gauge warns. */
    public static final List<Integer> WARNINGS = List.of(80, 90, 100);

    private static final int MONTHS_OF_FORECAST = 3;

    /** First price, or ceiling, that was decided after a year was over for a product which that year billed to industry. */
    private static final String PRICE_AFTER = """
            SELECT min(published_at) AS decided FROM market.tariff WHERE published_at >= ? AND product_code = ANY (CAST(? AS text[])) AND purpose = 'INDUSTRY'
            HAVING min(published_at) IS NOT NULL
            """;
    private static final String CEILING_AFTER = """
            SELECT min(set_at) AS decided FROM market.price_ceiling WHERE set_at >= ? AND product_code = ANY (CAST(? AS text[]))
            HAVING min(set_at) IS NOT NULL
            """;

    /** What granted refunds gave back in a month, by product. */
    private static final String REFUNDS = """
            SELECT charge.product_code, CAST(sum(line.amount_fen) AS bigint) AS amount_fen, CAST(sum(line.vat_fen) AS bigint) AS vat_fen
              FROM market.credit_note note
              JOIN market.credit_note_line line ON line.note_id = note.id
              JOIN market.charge charge ON charge.id = line.corrects
             WHERE note.kind = 'REFUND' AND note.issued_on >= ? AND note.issued_on <= ?
             GROUP BY charge.product_code
            """;

    private final MonthClose months;
    private final SettlementBook books;
    private final Journal journal;
    private final PermittedRevenues permitted;
    private final PolicyParameters policy;
    private final Database database;
    private final Clock clock;

    RevenueGauge(MonthClose months, SettlementBook books, Journal journal, PermittedRevenues permitted, PolicyParameters policy, Database database,
            Clock clock) {
        this.months = months;
        this.books = books;
        this.journal = journal;
        this.permitted = permitted;
        this.policy = policy;
        this.database = database;
        this.clock = clock;
    }

    /** What one product sold in the year. */
    public record ProductRevenue(String product, long quantity, Money revenue) {}

    /**
     * Revenue up to the end of a month.
     *
     * @param closed false: the month can still change
     */
    public record MonthRevenue(YearMonth month, Money revenue, Money yearToDate, boolean closed) {}

    /** A threshold, and the month in which revenue reached it; null: not yet. */
    public record Warning(int percent, @Nullable YearMonth reachedIn, boolean forecast) {}

    /** What the deviation test asks for. */
    public enum Consequence {
        /** Within the tolerance: the data authority guides the operator to adjust prices. */
        ADJUST_PRICES,
        /** Beyond it: the data authority adjusts the ceilings. */
        ADJUST_CEILINGS
    }

    /**
     * The yearly deviation test, {@code (revenue − permitted) / permitted}, in both directions.
     *
     * @param binding false: the year is not over and every month of it closed, so the figure is provisional
     * @param doneAt when the first price or ceiling of a product that the year billed to industry was decided after the year; null: the consequence is open, or not due yet
     */
    public record Deviation(BigDecimal portion, BigDecimal tolerance, Consequence consequence, boolean binding,
            @Nullable Instant doneAt) {}

    /**
     * One year.
     *
     * @param permitted null: nothing is signed for it, trial prices apply
     * @param withVat whether revenue counts its VAT, as the permitted revenue was fixed
     * @param forecast what the year ends with if the rest of it goes on like its last months
     * @param deviation null: there is nothing to compare with
     */
    public record Year(int year, @Nullable PermittedRevenue permitted, boolean withVat, Money revenue, Money forecast,
            List<MonthRevenue> months, List<ProductRevenue> products, List<Warning> warnings, @Nullable Deviation deviation) {
        /** What may still be earned; below zero: earned too much. Null: no permitted revenue. */
        public @Nullable Money left() {
            return permitted == null ? null : permitted.highest().minus(revenue);
        }
    }

    /**
     * One review cycle and what it earned too much.
     *
     * @param permitted of its years up to the running one
     * @param revenue the same
     * @param over revenue above it once the cycle's last year has begun, before that nothing: later years may make up for it; at least zero
     * @param expected the same with the forecast of its last year, while that runs; at least {@code over}
     * @param forecast whether its last year runs, so that {@code expected} is a forecast
     * @param carried what years of later cycles deduct for it; at most {@code expected}
     */
    public record Cycle(int first, int last, Money permitted, Money revenue, Money over, Money expected, boolean forecast, Money carried) {}

    /** The year as it stands now. */
    public Year of(int year) {
        Instant now = clock.instant();
        YearMonth current = BillingPeriod.of(now).month();
        Optional<PermittedRevenue> signed = permitted.findSigned(year);
        boolean withVat = signed.map(PermittedRevenue::vatInTaxes).orElse(false);
        List<MonthRevenue> line = new ArrayList<>();
        Map<String, ProductRevenue> products = new TreeMap<>();
        Money total = Money.ZERO;
        for (YearMonth month = YearMonth.of(year, 1); month.getYear() == year && !month.isAfter(current); month = month.plusMonths(1)) {
            List<Charge> lines = months.preview(month);
            Money earned = booked(month, withVat);
            Set<UUID> booked = inTheBooks(month, lines); // read last: what is booked meanwhile is in neither, and none is counted twice
            for (Charge charge : lines) {
                Money revenue = revenue(charge.amount(), charge.vat(), withVat);
                earned = booked.contains(charge.id()) ? earned : earned.plus(revenue);
                if (!charge.key().purpose().equals("PUBLIC_INTEREST")) {
                    products.merge(charge.key().product(),
                            new ProductRevenue(charge.key().product(), charge.quantity(), revenue),
                            (one, other) -> new ProductRevenue(one.product(), one.quantity() + other.quantity(),
                                    one.revenue().plus(other.revenue())));
                }
            }
            givenBack(month, withVat).forEach((product, back) -> products.merge(product, new ProductRevenue(product, 0, back.negated()),
                    (one, other) -> new ProductRevenue(product, one.quantity(), one.revenue().plus(other.revenue()))));
            total = total.plus(earned);
            boolean closed = months.findState(month).filter(state -> state.status() == MonthClose.Status.CLOSED).isPresent();
            line.add(new MonthRevenue(month, earned, total, closed));
        }
        Money forecast = forecast(line, current, now);
        @Nullable PermittedRevenue highest = signed.orElse(null);
        return new Year(year, highest, withVat, total, forecast, line, List.copyOf(products.values()),
                highest == null ? List.of() : warnings(highest.highest(), line, forecast),
                highest == null ? null : deviation(highest, total, line, products.keySet()));
    }

    private static Money revenue(Money amount, Money vat, boolean withVat) {
        return withVat ? amount : amount.minus(vat);
    }

    private Money booked(YearMonth month, boolean withVat) {
        BookFacts facts = books.facts(SettlementPeriod.month(month), Dimensions.AUTHORISED_OPERATION);
        return revenue(facts.gross(), facts.outputVat(), withVat);
    }

    /** Which lines of a month the books have: a close books them in groups, and one that stopped on the way leaves the others to its repetition. */
    private Set<UUID> inTheBooks(YearMonth month, List<Charge> lines) {
        Set<UUID> ids = lines.stream().map(Charge::id).collect(Collectors.toUnmodifiableSet());
        return switch (months.findState(month).map(MonthClose.State::status).orElse(null)) {
            case null -> Set.of();
            case RATED -> journal.findBooked(ids);
            case POSTED, SETTLED, CLOSED -> ids;
        };
    }

    private Map<String, Money> givenBack(YearMonth month, boolean withVat) {
        Map<String, Money> back = new TreeMap<>();
        database.inTransaction(t -> t.list(REFUNDS, row -> Map.entry(row.text("product_code"),
                revenue(Money.ofFen(row.number("amount_fen")), Money.ofFen(row.number("vat_fen")), withVat)), month.atDay(1), month.atEndOfMonth()))
                .forEach(each -> back.put(each.getKey(), each.getValue()));
        return back;
    }

    /** The year so far, its current month stretched to its end, and for the rest the mean of the last three months. */
    static Money forecast(List<MonthRevenue> line, YearMonth current, Instant now) {
        if (line.isEmpty()) {
            return Money.ZERO;
        }
        List<BigDecimal> whole = new ArrayList<>();
        BigDecimal sum = BigDecimal.ZERO;
        for (MonthRevenue each : line) {
            BigDecimal fen = BigDecimal.valueOf(each.revenue().fen());
            if (each.month().equals(current)) {
                BillingPeriod period = new BillingPeriod(current);
                long gone = Math.max(3600, Duration.between(period.start(), now).toSeconds());
                long all = Duration.between(period.start(), period.end()).toSeconds();
                fen = fen.multiply(BigDecimal.valueOf(all)).divide(BigDecimal.valueOf(gone), 0, RoundingMode.HALF_UP);
            }
            whole.add(fen);
            sum = sum.add(fen);
        }
        List<BigDecimal> last = whole.subList(Math.max(0, whole.size() - MONTHS_OF_FORECAST), whole.size());
        BigDecimal mean = last.stream().reduce(BigDecimal.ZERO, BigDecimal::add)
                .divide(BigDecimal.valueOf(last.size()), 10, RoundingMode.HALF_UP);
        return new Money(sum.add(mean.multiply(BigDecimal.valueOf(12 - line.size())))
                .setScale(0, RoundingMode.HALF_UP).longValueExact());
    }

    /** Each threshold with the first month that reached it, or whether the forecast does. */
    static List<Warning> warnings(Money highest, List<MonthRevenue> line, Money forecast) {
        return WARNINGS.stream().map(percent -> {
            @Nullable YearMonth reached = line.stream()
                    .filter(each -> reaches(each.yearToDate(), percent, highest))
                    .map(MonthRevenue::month)
                    .findFirst()
                    .orElse(null);
            return new Warning(percent, reached, reached == null && reaches(forecast, percent, highest));
        }).toList();
    }

    private static boolean reaches(Money revenue, int percent, Money highest) {
        return revenue.isPositive() && BigDecimal.valueOf(revenue.fen()).multiply(BigDecimal.valueOf(100))
                .compareTo(BigDecimal.valueOf(highest.fen()).multiply(BigDecimal.valueOf(percent))) >= 0;
    }

    private @Nullable Deviation deviation(PermittedRevenue permitted, Money revenue, List<MonthRevenue> line,
            Set<String> concerned) {
        if (permitted.highest().isZero()) {
            return null;
        }
        Instant yearEnd = LocalDate.of(permitted.year() + 1, 1, 1).atStartOfDay(BillingPeriod.ZONE).toInstant();
        BigDecimal tolerance = policy.getAt("price.deviation", yearEnd.minusSeconds(1)).decimal();
        // Compared without rounding: |revenue − permitted| against tolerance × permitted.
        BigDecimal apart = BigDecimal.valueOf(Math.subtractExact(revenue.fen(), permitted.highest().fen()));
        BigDecimal highest = BigDecimal.valueOf(permitted.highest().fen());
        Consequence consequence = apart.abs().compareTo(tolerance.multiply(highest)) <= 0
                ? Consequence.ADJUST_PRICES : Consequence.ADJUST_CEILINGS;
        boolean binding = line.size() == 12 && line.stream().allMatch(MonthRevenue::closed);
        Optional<Instant> done = binding ? database.inTransaction(t -> t.find(
                consequence == Consequence.ADJUST_PRICES ? PRICE_AFTER : CEILING_AFTER, row -> row.instant("decided"), yearEnd, concerned))
                : Optional.empty();
        return new Deviation(apart.divide(highest, 6, RoundingMode.HALF_UP), tolerance, consequence, binding, done.orElse(null));
    }

    /** The review cycles, the oldest first. */
    public List<Cycle> listCycles() {
        return cycles(permitted.list(), BillingPeriod.of(clock.instant()).month().getYear(), this::of);
    }

    static List<Cycle> cycles(List<PermittedRevenue.Kept> revenues, int current, IntFunction<Year> year) {
        Map<Integer, List<PermittedRevenue>> cycles = new LinkedHashMap<>();
        for (PermittedRevenue.Kept kept : revenues) {
            if (kept.status() == PermittedRevenue.Status.SIGNED) {
                cycles.computeIfAbsent(kept.revenue().cycleFirst(), _ -> new ArrayList<>()).add(kept.revenue());
            }
        }
        List<Integer> firsts = List.copyOf(cycles.keySet());
        List<Cycle> listed = new ArrayList<>();
        Money toSpread = Money.sum(cycles.values().stream().flatMap(List::stream).map(PermittedRevenue::carried).toList());
        for (Integer first : firsts) {
            List<PermittedRevenue> years = Objects.requireNonNull(cycles.get(first));
            Money highest = Money.ZERO;
            Money earned = Money.ZERO;
            Money heading = Money.ZERO;
            int last = years.getFirst().cycleLast();
            for (PermittedRevenue each : years) {
                if (each.year() <= current) {
                    Year found = year.apply(each.year());
                    highest = highest.plus(each.highest());
                    earned = earned.plus(found.revenue());
                    heading = heading.plus(each.year() == current && found.forecast().compareTo(found.revenue()) > 0 ? found.forecast() : found.revenue());
                }
            }
            Money excess = last <= current ? earned.minus(highest).orZeroIfNegative() : Money.ZERO;
            Money expected = last <= current ? heading.minus(highest).orZeroIfNegative() : Money.ZERO;
            Money carried = expected.compareTo(toSpread) < 0 ? expected : toSpread; // the oldest is deducted first
            toSpread = toSpread.minus(carried);
            listed.add(new Cycle(first, last, highest, earned, excess, expected, last == current, carried));
        }
        return listed;
    }

    /** What cycles before {@code year} earned too much, or are heading for, and no year deducts yet. */
    public PermittedRevenues.Left leftToCarry(int year) {
        return left(listCycles(), year);
    }

    static PermittedRevenues.Left left(List<Cycle> cycles, int year) {
        List<Cycle> before = cycles.stream().filter(cycle -> cycle.last() < year).toList();
        return new PermittedRevenues.Left(Money.sum(before.stream().map(cycle -> cycle.over().minus(cycle.carried()).orZeroIfNegative()).toList()),
                Money.sum(before.stream().map(cycle -> cycle.expected().minus(cycle.carried())).toList()));
    }
}
