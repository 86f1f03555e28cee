package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.money.Vat;
import cn.jingshu.ledger.settlement.BookFacts;
import cn.jingshu.ledger.settlement.DatedRate;
import cn.jingshu.ledger.settlement.MonthVat;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.Rule;
import cn.jingshu.ledger.settlement.SettlementInputs;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.ledger.settlement.SettlementRates;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.TariffJson;
import cn.jingshu.ledger.verify.TableReader.Row;
import cn.jingshu.ledger.verify.UsageSums.Use;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * The checks of prices and bills: a price within its ceiling, a line what its price makes of its units, free what has to be free, tax, the entry
 * that booked it, and all units of all lines together the usage that was counted.
 */
final class ChargeChecks {
    private static final String PUBLIC_INTEREST = "PUBLIC_INTEREST";

    /** The one rate that no settlement states with its day; the books begin with it, and later ones are enacted for months to come. */
    private static final DatedRate FIRST_VAT = new DatedRate(Rule.VAT, Portion.percent(6), LocalDate.of(2026, 1, 1),
            "中华人民共和国增值税法 Art. 9–11 (services and intangible assets, 6 %), in force 2026-01-01");

    /** Calls that were under way when a subscription or its plan ended belong to it; the share of a month that is stated for them is the same hour. */
    private static final Duration UNDER_WAY = Duration.ofHours(1);

    /** What was found to have been allowed in some months, for an operation or for every one. */
    private record Found(String product, String operation, YearMonth first, YearMonth last, Ceiling ceiling) {
        boolean covers(Key key) {
            return product.equals(key.product()) && (operation.equals(PriceLists.EVERY_OPERATION) || operation.equals(key.operation()))
                    && !key.usage().isBefore(first) && !key.usage().isAfter(last);
        }
    }

    /** What all lines of one key have in common. */
    private record Key(
            YearMonth usage, String subscription, String product, String operation, String purpose, String unit, @Nullable String tariff) {}

    private record Billed(long quantity, Money amount) {}

    /**
     * Of a key whose lines take back less than the computation: the difference, which refunds have to have given back.
     *
     * @param earlier of {@code all}, what lines of months before the bundle's last one take back too little
     * @param place of the last of these lines
     */
    private record Lacking(String place, String consumer, Money all, Money earlier) {}

    /** A refund that the bundle states, of a line. */
    private record Refund(String place, UUID id, LocalDate on, Money amount, Money vat) {}

    /** A stretch of time in which a subscription of a plan could be used, {@code [from, until)}. */
    private record Spell(String product, String plan, Instant from, Instant until) {}

    /** Lines of one subscription that share one month between the prices it was under: they were rated together, from the same facts. */
    private record Shared(YearMonth period, YearMonth usage, String subscription, String product, String operation) {}

    private final BundleTables tables;
    private final Months months;
    private final BookChecks books;
    private final UsageSums sums;
    private final Report report;
    private final List<DatedRate> rates = new ArrayList<>();
    private final PriceLists prices = new PriceLists();
    private final Map<String, Found> findings = new HashMap<>();
    private final Map<Key, Billed> billed = new HashMap<>();
    private final Map<Use, Long> units = new HashMap<>();
    private final Map<Shared, Map<String, BigFraction>> shares = new HashMap<>();
    private final Set<UUID> lines = new HashSet<>();
    private final Set<Year> permittedYears = new HashSet<>();
    private final Map<Year, Money> aboveByYear = new TreeMap<>(); // revenue above the permitted one, or beneath it, of whole years
    private final Map<Year, Money> carriedByYear = new TreeMap<>();
    private final Map<Year, String> afterFirstYear = new HashMap<>(); // a line by a price that needs a permitted revenue, by the year that has its revenue
    private final Map<Key, Lacking> refundedBefore = new HashMap<>();
    private final Map<UUID, List<Refund>> refunds = new HashMap<>(); // by line
    private final Map<Key, Money> refunded = new HashMap<>();
    private final Map<String, List<Spell>> spells = new HashMap<>(); // by subscription
    private String lastSpell = "";

    /** @param sums of all batches of the log */
    ChargeChecks(BundleTables tables, Months months, BookChecks books, UsageSums sums, Report report) {
        this.tables = tables;
        this.months = months;
        this.books = books;
        this.sums = sums;
        this.report = report;
    }

    void run() {
        tables.forEach(Table.RATES, Check.PRICES, List.of("rule", "effective_from"), this::rate);
        heldToTheLaw();
        tables.forEach(Table.CEILINGS, Check.PRICES, List.of(), this::ceiling);
        tables.forEach(Table.FINDINGS, Check.PRICES, List.of(), this::finding);
        tables.forEach(Table.TARIFFS, Check.PRICES, List.of(), this::tariff);
        tables.forEach(Table.PERMITTED_REVENUE, Check.PERMITTED_REVENUE, List.of(), this::permittedRevenue);
        tables.forEach(Table.REFUNDS, Check.STATEMENTS, List.of("refund"), this::refund);
        tables.forEach(Table.SPELLS, Check.STATEMENTS, List.of(), this::spell);
        tables.forEach(Table.CHARGES, Check.STATEMENTS, List.of("period", "consumer", "usage_period", "charge"), this::line);
        overRecovery();
        withoutPermittedRevenue();
        tables.forEach(Table.USAGE, Check.USAGE, List.of("period", "subscription", "product", "purpose", "unit"), this::usage);
        sums.heldToUsage();
        units.forEach((use, count) -> {
            if (months.contains(use.month())) {
                report.wrong(Check.USAGE, "usage.csv", use + ":账单有 " + count + " 个单位而无用量", use + ": " + count + " units are billed and no usage is counted");
            }
        });
        refunds.values().forEach(each -> each.forEach(refund ->
                report.wrong(Check.STATEMENTS, refund.place(), "所退明细不在包内", "the line it gives back is not in the bundle")));
        heldToRefunds();
        shares.forEach((month, byPrice) -> {
            BigFraction together = byPrice.values().stream().reduce(BigFraction.ZERO, BigFraction::add);
            if (together.compareTo(BigFraction.ONE) > 0) {
                report.wrong(Check.STATEMENTS, "charges.csv", month.subscription() + " 在 " + month.usage() + " 的月份比例合计超过整月",
                        month.subscription() + ": its shares of " + month.usage() + " for " + month.product() + "/" + month.operation()
                                + " are more than the month together: " + together.getNumerator() + "/" + together.getDenominator());
            }
        });
        if (tables.has(Table.CHARGES)) {
            books.figures().bookedCharges().forEach((id, entry) -> {
                if (entry.ofLine() && !lines.contains(id)) {
                    report.wrong(Check.STATEMENTS, "charges.csv", "凭证 " + id + " 记了费用而没有账单明细", "entry " + id + " books a charge that no line has");
                }
            });
        }
        books.figures().bookedCharges().forEach((id, entry) -> {
            if (entry.ofLine() && books.figures().isTakenBack(id)) {
                report.wrong(Check.STATEMENTS, Table.ENTRIES.file() + " (" + id + ")", "账单明细的凭证被冲销:数据使用方仍须付款,账上却没有这笔收入",
                        "the entry of a line of a bill is reversed: the consumer owes it still, and the books have no such revenue");
            }
        });
    }

    /** The rates the bundle states; whole once {@link #run} has ended. */
    PolicyRates rates() {
        return new PolicyRates(rates);
    }

    /** Each settlement used the rates of its last day, and a year's surcharges those of its months; what a citation says may have been put better since. */
    void settled(Iterable<BookChecks.Settled> settlements) {
        for (BookChecks.Settled settled : settlements) {
            SettlementInputs inputs = settled.inputs();
            SettlementRates used = inputs.rates();
            for (DatedRate rate : List.of(used.urbanMaintenance(), used.education(), used.localEducation(), used.incomeTax(), used.statutoryReserve(),
                    used.treasury())) {
                settled(settled.place(), inputs.period().toString(), inputs.period().lastDay(), rate);
            }
            for (MonthVat month : inputs.detail() == null ? List.<MonthVat>of() : inputs.detail().vatByMonth()) {
                for (DatedRate rate : List.of(month.urbanMaintenance(), month.education(), month.localEducation())) {
                    settled(settled.place(), inputs.period() + " (" + month.month() + ")", month.month().atEndOfMonth(), rate);
                }
            }
        }
    }

    private void settled(String place, String period, LocalDate on, DatedRate rate) {
        String listed = rates.stream()
                .filter(each -> each.rule() == rate.rule() && !each.from().isAfter(on))
                .max(Comparator.comparing(DatedRate::from))
                .map(each -> each.rate() + " from " + each.from())
                .orElse("none");
        if (!listed.equals(rate.rate() + " from " + rate.from())) {
            report.wrong(Check.SETTLEMENT, place, period + " 的 " + rate.rule() + " 与政策比率表不同",
                    period + ": " + rate.rule() + " " + rate.rate() + " from " + rate.from() + ", the table of rates says " + listed);
        }
    }

    private void rate(Row row) {
        rates.add(new DatedRate(Rule.valueOf(row.required("rule")), Portion.parse(row.required("rate")),
                LocalDate.parse(row.required("effective_from")), row.required("citation")));
    }

    private void heldToTheLaw() {
        if (!tables.has(Table.RATES)) {
            return; // named by the check of the digests
        }
        @Nullable DatedRate first = rates.stream().filter(each -> each.rule() == Rule.VAT).min(Comparator.comparing(DatedRate::from)).orElse(null);
        if (first == null || !first.from().equals(FIRST_VAT.from()) || !first.rate().equals(FIRST_VAT.rate())) {
            String stated = first == null ? "none" : first.rate() + " from " + first.from();
            String law = FIRST_VAT.rate() + " from " + FIRST_VAT.from();
            report.wrong(Check.PRICES, Table.RATES.file(), "最早的增值税率为 " + stated + ",法律规定为 " + law,
                    "the first rate of VAT is " + stated + ", the law's is " + law + " (" + FIRST_VAT.citation() + ")");
        }
    }

    private void ceiling(Row row) {
        report.looked(Check.PRICES, 1);
        if (!prices.add(new PriceLists.Limit(row.required("ceiling"), row.required("product"), row.required("operation"), new Ceiling(
                new UnitPrice(row.decimal("fen_per_unit")), row.yuan("month_yuan")),
                Instant.parse(row.required("effective_from")))) || row.text("citation") == null) {
            report.wrong(Check.PRICES, row.place(), "上限重复或没有依据", "a ceiling that occurs twice or has no citation");
        }
    }

    /** 价格法第四十一条: what was charged above what was allowed is paid back; two people stand behind the finding. */
    private void finding(Row row) {
        report.looked(Check.PRICES, 1);
        Found limit = new Found(row.required("product"), row.required("operation"), YearMonth.parse(row.required("first_month")),
                YearMonth.parse(row.required("last_month")), new Ceiling(new UnitPrice(row.decimal("fen_per_unit")), row.yuan("month_yuan")));
        if (findings.put(row.required("finding"), limit) != null || row.text("citation") == null
                || row.required("proposed_by").equals(row.required("signed_by"))) {
            report.wrong(Check.PRICES, row.place(), "价格认定重复、没有依据或未经两人签署",
                    "a finding that occurs twice, has no citation or is signed by one person");
        }
    }

    /** 发改价格〔2025〕65号: public governance and welfare are free; a price is published before it applies, and signed by two. */
    private void tariff(Row row) {
        report.looked(Check.PRICES, 1);
        Tariff tariff = TariffJson.read(row.required("terms"));
        Instant from = Instant.parse(row.required("effective_from"));
        boolean trial = row.flag("trial");
        @Nullable String proposedBy = row.text("proposed_by");
        @Nullable String signedBy = row.text("signed_by");
        PriceLists.Price price = new PriceLists.Price(row.required("tariff"), row.required("product"), row.required("operation"), row.required("purpose"),
                row.text("plan"), trial, tariff, row.required("terms"), from, signedBy == null);
        if (!prices.add(price)) {
            report.wrong(Check.PRICES, row.place(), "价格出现两次", "a price that occurs twice");
        }
        if (price.purpose().equals(PUBLIC_INTEREST) && !tariff.costsNothing()) {
            report.wrong(Check.PRICES, row.place(), "公共治理、公益事业用途不得收费", "use in the public interest is priced");
        }
        if (Instant.parse(row.required("published_at")).isAfter(from)) {
            report.wrong(Check.PRICES, row.place(), "生效后才公布", "published after it applied");
        }
        if (proposedBy == null || signedBy == null) { // what the product's contract says: that it is free, and no more
            if (proposedBy != null || signedBy != null || !(tariff instanceof Tariff.Free)) {
                report.wrong(Check.PRICES, row.place(), "收费的价格没有提出人或签署人", "a price that nobody proposed or nobody signed");
            }
        } else if (proposedBy.equals(signedBy)) {
            report.wrong(Check.PRICES, row.place(), "提出人与签署人为同一人", "proposed and signed by the same person");
        }
        if (tariff.hasDiscount() && row.text("plan") == null) {
            report.wrong(Check.PRICES, row.place(), "优惠没有客观条件(套餐)", "a reduction for everyone, without a plan as its condition");
        }
        withinItsCeiling(row, price, Instant.parse(row.required("published_at")));
    }

    /**
     * A price is published under the ceilings known that day. One set afterwards may begin before the price does, be lower, and keep it from ever holding;
     * lines under it are found by the check of lines. When a ceiling was set a bundle does not say.
     */
    private void withinItsCeiling(Row row, PriceLists.Price price, Instant publishedAt) {
        Tariff listed = price.tariff().listed(); // a reduction hides nothing
        if (listed.costsNothing()) {
            return;
        }
        PriceLists.@Nullable Limit limit = prices.limitAt(price.product(), price.operation(), price.from());
        if (limit == null) {
            if (!price.trial()) {
                report.wrong(Check.PRICES, row.place(), "没有上限收费标准", "there is no ceiling for it");
            }
        } else if (!limit.ceiling().admits(listed)) {
            if (prices.limitsIn(price.product(), price.operation(), publishedAt, price.from()).stream().anyMatch(each -> each.ceiling().admits(listed))) {
                report.notChecked(Check.PRICES, "价格 " + price.id() + " 高于生效时的上限,未高于公布后的某一上限:上限何时设定包内没有",
                        "price " + price.id() + " is above the ceiling in force when it begins and was within one when it was published or later:"
                                + " the bundle does not say when ceilings were set");
            } else {
                report.wrong(Check.PRICES, row.place(), "高于上限收费标准",
                        "above its ceiling: " + limit.ceiling().findBreach(listed).map(Object::toString).orElse(""));
            }
        }
    }

    /** 发改价格〔2025〕65号: C + C × ρ + T less what earlier cycles earned too much; ρ at most the bond's yield and the points above it. */
    private void permittedRevenue(Row row) {
        report.looked(Check.PERMITTED_REVENUE, 1);
        Money cost = row.yuan("platform_yuan").plus(row.yuan("processing_yuan")).plus(row.yuan("staff_yuan"))
                .plus(row.yuan("acquisition_yuan")).plus(row.yuan("period_yuan")).minus(row.yuan("subsidies_yuan"));
        BigDecimal rate = row.decimal("rate");
        Money profit = new Money(BigDecimal.valueOf(cost.fen()).multiply(rate).setScale(0, RoundingMode.HALF_UP).longValueExact());
        Money highest = cost.plus(profit).plus(row.yuan("taxes_yuan")).minus(row.yuan("carried_yuan"));
        if (!row.yuan("highest_yuan").equals(highest)) {
            report.wrong(Check.PERMITTED_REVENUE, row.place(), "最高准许收入 " + row.cell("highest_yuan") + ",按公式为 " + highest.toYuan(),
                    "highest revenue " + row.cell("highest_yuan") + ", by the formula " + highest.toYuan());
        }
        if (rate.compareTo(row.decimal("bond_yield").add(row.decimal("margin_points"))) > 0) {
            report.wrong(Check.PERMITTED_REVENUE, row.place(), "准许利润率高于上限", "the rate of profit is above its limit");
        }
        if (row.required("proposed_by").equals(row.required("signed_by")) || row.text("citation") == null) {
            report.wrong(Check.PERMITTED_REVENUE, row.place(), "未经两人签署或没有依据", "signed by one person, or without citation");
        }
        Year year = Year.parse(row.required("year"));
        boolean before = year.equals(Year.of(months.from().getYear() - 1)) && closedInTheBundle().contains(year); // for the memo of over-recovery
        if ((!before && year.isBefore(Year.of(months.from().getYear()))) || year.isAfter(Year.of(months.through().getYear()))) {
            report.wrong(Check.PERMITTED_REVENUE, row.place(), year + " 不在包内", year + " is no year of the bundle");
        }
        if (!permittedYears.add(year)) {
            report.wrong(Check.PERMITTED_REVENUE, row.place(), year + " 有两项最高准许收入", year + " has two permitted revenues");
        }
        BookFacts facts = books.figures().facts(year.atMonth(1), year.atMonth(12), Dimensions.AUTHORISED_OPERATION);
        Money revenue = row.flag("vat_in_taxes") ? facts.gross() : facts.gross().minus(facts.outputVat());
        if (revenue.compareTo(highest) > 0) {
            report.wrong(Check.PERMITTED_REVENUE, row.place(), year + " 收入 " + revenue.toYuan() + " 超过最高准许收入 " + highest.toYuan(),
                    year + ": revenue " + revenue.toYuan() + " exceeds the permitted " + highest.toYuan());
        }
        carriedByYear.put(year, row.yuan("carried_yuan"));
        if (months.contains(year.atMonth(1)) && months.contains(year.atMonth(12))) {
            aboveByYear.put(year, revenue.minus(highest));
        }
        if (!before && (!months.contains(year.atMonth(1)) || !months.contains(year.atMonth(12)))) {
            report.notChecked(Check.PERMITTED_REVENUE, year + " 只有包内各月的收入参与比较", "of " + year + " the months of the bundle were compared");
        }
    }

    /**
     * The memo of what was earned too much: each year of a cycle is on it with what its revenue was above or beneath the permitted one, and what permitted revenues
     * deduct comes off it with the close of their year, as long as anything is left. Where a cycle begins no table says.
     */
    private void overRecovery() {
        if (!tables.has(Table.PERMITTED_REVENUE)) {
            return;
        }
        books.figures().memo(Chart.OVER_RECOVERY_FOUND).forEach((year, found) -> {
            @Nullable Money above = aboveByYear.get(year);
            if (above == null) {
                report.notChecked(Check.PERMITTED_REVENUE, year + " 的超额收入备查 " + found.toYuan() + ":该年不全在包内或没有最高准许收入,未作比较", "the memo says that " + year
                        + " earned " + found.toYuan() + " above what was permitted: the year is not whole in the bundle, or has no permitted revenue, and was not compared");
            } else if (!above.equals(found) && !found.isZero()) {
                report.wrong(Check.PERMITTED_REVENUE, Table.POSTINGS.file(), year + " 的超额收入备查为 " + found.toYuan() + ",收入减最高准许收入为 " + above.toYuan(),
                        "the memo says that " + year + " earned " + found.toYuan() + " above what was permitted, its revenue " + above.toYuan());
            }
        });
        Money left = books.overRecovery();
        if (left.isNegative()) {
            report.wrong(Check.PERMITTED_REVENUE, Table.BALANCES.file(), "超额收入的抵减比认定多 " + left.negated().toYuan(),
                    left.negated().toYuan() + " more of over-recovery was deducted than was found");
        }
        Money carried = Money.ZERO;
        Money deducted = Money.ZERO;
        Set<Year> closed = closedInTheBundle();
        for (Year year : closed) {
            if (left.isPositive() && !carriedByYear.containsKey(year)) {
                report.notChecked(Check.PERMITTED_REVENUE, year + " 的最高准许收入不在包内,其抵减未作比较",
                        "the permitted revenue of " + year + " is not in the bundle: what it deducts of over-recovery was not compared");
            }
        }
        closed.retainAll(carriedByYear.keySet()); // what the memo deducts of other years hides nothing
        for (Year year : closed) {
            carried = carried.plus(carriedByYear.getOrDefault(year, Money.ZERO));
            deducted = deducted.minus(books.figures().memo(Chart.OVER_RECOVERY_DEDUCTED).getOrDefault(year, Money.ZERO));
        }
        if (left.isPositive() && deducted.compareTo(carried) < 0) {
            report.wrong(Check.PERMITTED_REVENUE, Table.PERMITTED_REVENUE.file(), "最高准许收入已抵减 " + carried.toYuan() + ",备查只抵减 " + deducted.toYuan()
                    + ",尚余 " + left.toYuan(), "permitted revenues deduct " + carried.toYuan() + ", the memo of over-recovery " + deducted.toYuan() + ", and has "
                    + left.toYuan() + " left");
        }
    }

    /** Years whose first close is booked in the bundle; it comes in the year after. */
    private Set<Year> closedInTheBundle() {
        return books.settled().stream().filter(each -> each.revision() == 1).map(BookChecks.Settled::inputs)
                .filter(inputs -> inputs.period().basis() == SettlementPeriod.Basis.ANNUAL_BINDING && months.contains(YearMonth.from(inputs.bookedOn())))
                .map(inputs -> Year.from(inputs.period().first())).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Revenue of a year that nothing was permitted for. Until a product's first full year of operation is over, ceilings may stand without a permitted revenue;
     * afterwards what is charged has to stay beneath one, so that it is not there is as wrong as too much.
     */
    private void withoutPermittedRevenue() {
        if (!tables.has(Table.PERMITTED_REVENUE) || !tables.has(Table.CHARGES)) {
            return;
        }
        for (Year year = Year.from(months.from()); !year.isAfter(Year.from(months.through())); year = year.plusYears(1)) {
            Money revenue = books.figures().facts(year.atMonth(1), year.atMonth(12), Dimensions.AUTHORISED_OPERATION).gross();
            if (permittedYears.contains(year) || revenue.isZero()) {
                continue;
            }
            @Nullable String line = afterFirstYear.get(year);
            if (line == null) {
                report.notChecked(Check.PERMITTED_REVENUE, year + " 没有最高准许收入,收入 " + revenue.toYuan() + " 未作比较(首个完整运营年度内或试行收费)",
                        year + " has no permitted revenue: its revenue of " + revenue.toYuan() + " was compared with nothing (first full year of operation, or prices on trial)");
            } else {
                report.wrong(Check.PERMITTED_REVENUE, Table.PERMITTED_REVENUE.file(),
                        year + " 有收入 " + revenue.toYuan() + " 而没有最高准许收入(首个完整运营年度后收费,如 " + line + ")", year + " has revenue of " + revenue.toYuan()
                                + " and no permitted revenue, though it was charged after the first full year of operation (" + line + ")");
            }
        }
    }

    private void line(Row row) {
        report.looked(Check.STATEMENTS, 1);
        YearMonth period = YearMonth.parse(row.required("period"));
        YearMonth usage = YearMonth.parse(row.required("usage_period"));
        UUID id = row.uuid("charge");
        if (!months.contains(period) || usage.isAfter(period) || !lines.add(id)) {
            wrong(row, "明细重复或期间不对", "a line that occurs twice or is of another month");
        }
        Key key = new Key(usage, row.required("subscription"), row.required("product"), row.required("operation"),
                row.required("purpose"), row.required("unit"), row.text("tariff"));
        Billed before = new Billed(row.whole("billed_quantity"), row.yuan("billed_yuan"));
        long quantity = row.whole("quantity");
        long total = row.whole("total_quantity");
        Money amount = row.yuan("amount_yuan");
        Billed known = billed.put(key, new Billed(total, before.amount().plus(amount)));
        if (known != null ? !known.equals(before) : months.contains(usage) && !before.equals(new Billed(0, Money.ZERO))) {
            wrong(row, "此前已计数量或金额与先前明细不符", "what was billed before is not what the lines before say");
        }
        if (before.quantity() + quantity != total) {
            wrong(row, "数量之和不是累计数量", "the quantities do not add up to the total");
        }
        if (quantity != 0) { // an amount of the month alone has no usage
            units.merge(new Use(usage, key.subscription(), key.product(), key.purpose(), key.unit()), quantity, Math::addExact);
        }

        Tariff tariff = TariffJson.read(row.required("terms"));
        BigFraction share = fraction(row.required("month_share"));
        if (tariff.isByUnitAlone() && !share.equals(BigFraction.ONE)) {
            wrong(row, "按单位计价的明细没有月份比例", "a line that is priced by the unit has no share of the month");
        }
        if (!tariff.isByUnitAlone() && !share.equals(hourOf(usage))) { // an hour is given to calls under way when a part had ended
            shares.computeIfAbsent(new Shared(period, usage, key.subscription(), key.product(), key.operation()), _ -> new HashMap<>())
                    .put(String.valueOf(key.tariff()), share);
        }
        Money owed = owed(row, tariff, total, share);
        // Of which every event was voided, what a month costs is owed still if the subscription was there, and nothing is if it was not.
        boolean unsaid = total == 0 && !tables.has(Table.SPELLS); // in a bundle of an earlier form: what takes back more than the month leaves is held to the second
        if (total == 0 && !unsaid && !stood(key)) {
            owed = Money.ZERO;
        }
        Money change = owed.minus(before.amount());
        boolean all = amount.equals(change) || (unsaid && amount.equals(before.amount().negated()));
        Money least = unsaid && amount.compareTo(change) < 0 ? before.amount().negated() : change;
        if (!all && least.isNegative() && !amount.isPositive() && amount.compareTo(least) > 0) {
            // 价格法第四十一条 gives back what was paid too much once: what a refund gave back no line takes back again.
            refundedBefore.put(key, lacking(row, amount.minus(least), period, refundedBefore.get(key)));
        } else if (all && change.compareTo(Money.ZERO) <= 0) {
            refundedBefore.remove(key);
        } else if (!all) {
            wrong(row, "金额 " + amount.toYuan() + ",按 " + total + " 个单位重算应为 " + owed.minus(before.amount()).toYuan(),
                    "amount " + amount.toYuan() + ", computed from " + total + " units " + owed.minus(before.amount()).toYuan());
        }
        Money vat = Vat.inside(amount, new PolicyRates(rates).rateAt(Rule.VAT, period.atEndOfMonth()).rate()).tax();
        if (!row.yuan("vat_yuan").equals(vat)) {
            wrong(row, "税额 " + row.cell("vat_yuan") + ",重算为 " + vat.toYuan(), "VAT " + row.cell("vat_yuan") + ", computed " + vat.toYuan());
        }
        if (key.purpose().equals(PUBLIC_INTEREST) && !amount.isZero()) {
            wrong(row, "公共治理、公益事业用途收了费", "use in the public interest was charged");
        }
        published(row, key, tariff);
        ofItsPlan(row, key, total);
        needsPermittedRevenue(row, key, period, amount);
        withinCeiling(row, key, tariff, total, share);
        booked(row, id, amount, vat);
        refundsOf(row, id, key, amount);
    }

    private void refund(Row row) {
        report.looked(Check.STATEMENTS, 1);
        refunds.computeIfAbsent(row.uuid("charge"), _ -> new ArrayList<>()).add(new Refund(row.place(),
                row.uuid("refund"), LocalDate.parse(row.required("granted_on")), row.yuan("amount_yuan"), row.yuan("vat_yuan")));
    }

    /** Ordered by subscription, then by time. */
    private void spell(Row row) {
        Spell spell = new Spell(row.required("product"), row.required("plan"), Instant.parse(row.required("from")), Instant.parse(row.required("until")));
        String subscription = row.required("subscription");
        if (subscription.compareTo(lastSpell) < 0) {
            report.wrong(Check.STATEMENTS, row.place(), "次序不对", "out of order");
        }
        lastSpell = subscription;
        List<Spell> before = spells.computeIfAbsent(subscription, _ -> new ArrayList<>());
        if (!spell.from().isBefore(spell.until()) || (!before.isEmpty() && before.getLast().until().isAfter(spell.from()))) {
            report.wrong(Check.STATEMENTS, row.place(), "订阅期间为空或相互重叠", "a spell of no length, or one that overlaps the one before");
        }
        before.add(spell);
    }

    /** Whether the subscription could be used at a time at which the price was owed for. */
    private boolean stood(Key key) {
        PriceLists.@Nullable Price price = key.tariff() == null ? null : prices.price(key.tariff());
        return price != null && stood(key, price, Duration.ZERO);
    }

    /** @param longer how long after a spell its price may still be owed */
    private boolean stood(Key key, PriceLists.Price price, Duration longer) {
        return spells.getOrDefault(key.subscription(), List.of()).stream().anyMatch(spell -> spell.product().equals(price.product())
                && prices.isOwedIn(price, key.operation(), key.usage(), spell.plan(), spell.from(), spell.until().plus(longer)));
    }

    /** Where prices go by the plan, the subscription was on the one whose price a line has; calls under way when it ended are owed too. */
    private void ofItsPlan(Row row, Key key, long total) {
        PriceLists.@Nullable Price price = key.tariff() == null ? null : prices.price(key.tariff());
        if (price == null || total == 0 || key.purpose().equals(PUBLIC_INTEREST) || !tables.has(Table.SPELLS) || !months.contains(key.usage())
                || !prices.goByPlan(price.product(), key.usage())) {
            return;
        }
        if (!stood(key, price, UNDER_WAY)) {
            wrong(row, "价格 " + price.id() + " 不是该订阅在 " + key.usage() + " 所用套餐的价格",
                    "price " + price.id() + " is not that of a plan the subscription was on in " + key.usage());
        }
    }

    /** A refund gives back of one line, no more than that charged, and its entry says the same. */
    private void refundsOf(Row line, UUID id, Key key, Money amount) {
        @Nullable List<Refund> own = refunds.remove(id);
        if (own == null) {
            return;
        }
        Money all = Money.sum(own.stream().map(Refund::amount).toList());
        if (all.compareTo(amount) > 0) {
            wrong(line, "退费 " + all.toYuan() + " 多于明细金额", "refunds of " + all.toYuan() + " are more than the line charged");
        }
        refunded.merge(key, all, Money::plus);
        BookFigures.Refunded about = new BookFigures.Refunded(line.required("consumer"), key.product(), key.purpose(), key.tariff());
        for (Refund refund : own) {
            BookFigures.@Nullable GivenBack entry = books.figures().givenBack().get(refund.id());
            if (entry == null && !months.contains(YearMonth.from(refund.on()))) {
                report.notChecked(Check.STATEMENTS, "退费 " + refund.id() + " 记在导出期间以外(" + refund.on() + ")",
                        "refund " + refund.id() + " is booked outside the months of the bundle (" + refund.on() + ")");
            } else if (!refund.amount().isPositive() || !new BookFigures.GivenBack(refund.on(), about, refund.amount(), refund.vat()).equals(entry)) {
                report.wrong(Check.STATEMENTS, refund.place(), "退费与其记账凭证不符", "the entry of the refund says something else, or is missing");
            }
        }
    }

    private Lacking lacking(Row row, Money all, YearMonth period, @Nullable Lacking before) {
        Money known = before == null ? Money.ZERO : before.earlier();
        Money earlier = period.isBefore(months.through()) || known.compareTo(all) > 0 ? all : known;
        return new Lacking(row.place() + " (" + row.text("charge") + ")", row.required("consumer"), all, earlier);
    }

    /**
     * Whatever lines take back less than they should, refunds gave back: of those lines, as the bundle's refunds say. Bundles of earlier forms do not, and entries do not say of which
     * line they are: there it is held to all refunds about the same price. A refund is booked on the day it is granted, and a month is rated
     * after its end, knowing of it: of lines of the bundle's last month the refund may stand in the month after.
     */
    private void heldToRefunds() {
        Map<BookFigures.Refunded, Lacking> said = new HashMap<>();
        refundedBefore.forEach((key, less) -> {
            if (tables.has(Table.REFUNDS) && months.contains(key.usage())) {
                heldToItsRefunds(less, refunded.getOrDefault(key, Money.ZERO));
            } else if (months.contains(key.usage())) { // of earlier usage it may be a refund of a month before the bundle
                said.merge(new BookFigures.Refunded(less.consumer(), key.product(), key.purpose(), key.tariff()), less, (one, other) ->
                        new Lacking(one.place(), one.consumer(), one.all().plus(other.all()), one.earlier().plus(other.earlier())));
            } else {
                report.notChecked(Check.STATEMENTS, key.usage() + " 的退费可能在包外各月", "refunds of " + key.usage() + " may stand in months before the bundle");
            }
        });
        said.forEach((about, less) -> {
            Money given = books.figures().refunds().getOrDefault(about, Money.ZERO);
            if (given.compareTo(less.earlier()) < 0) {
                report.wrong(Check.STATEMENTS, "charges.csv", about.consumer() + " 的更正少退 " + less.earlier().toYuan() + ",退费凭证只有 " + given.toYuan(),
                        "corrections of " + about.consumer() + " take back " + less.earlier().toYuan() + " too little, refunds gave back " + given.toYuan());
            } else if (given.compareTo(less.all()) < 0) {
                String open = less.all().minus(given).toYuan();
                report.notChecked(Check.STATEMENTS, months.through() + " 的更正少退 " + open + ",退费可能在包后一月",
                        open + " that corrections of " + months.through() + " take back too little may be refunded in the month after");
            }
        });
    }

    private void heldToItsRefunds(Lacking less, Money given) {
        if (given.compareTo(less.all()) < 0) {
            report.wrong(Check.STATEMENTS, less.place(), "更正少退 " + less.all().toYuan() + ",该价格各明细只退过 " + given.toYuan(),
                    "takes back " + less.all().toYuan() + " too little, refunds of its lines gave back " + given.toYuan());
        }
    }

    /** What the tariff says, and what a finding allows if that is less. */
    private Money owed(Row row, Tariff tariff, long total, BigFraction share) {
        @Nullable Found found = findings.get(row.text("ceiling"));
        Money says = tariff.amount(total, share);
        Money allowed = found == null ? says : Tariff.round(found.ceiling().exactFen(new BigFraction(total), share));
        return allowed.compareTo(says) < 0 ? allowed : says;
    }

    private void published(Row row, Key key, Tariff tariff) {
        String id = key.tariff();
        if (id == null) {
            if (!tariff.costsNothing()) {
                wrong(row, "收费而没有价格版本", "charged without a published price");
            }
            return;
        }
        PriceLists.@Nullable Price price = prices.price(id);
        if (price == null || !price.terms().equals(row.required("terms")) || !price.product().equals(key.product())
                || !price.purpose().equals(key.purpose())) {
            wrong(row, "价格 " + id + " 与公布的不同", "price " + id + " is not the published one");
        } else if (!prices.heldIn(price, key.operation(), key.usage()).moments()) {
            wrong(row, "价格 " + id + " 在 " + key.usage() + " 不适用:未生效、已被取代、高于当时的上限或试行期已满",
                    "price " + id + " did not hold in " + key.usage() + ": it began later, was replaced, was above the ceiling in force, or its trial was over");
        }
    }

    /** A price that is not on trial, of usage after its product's first full year of operation. */
    private void needsPermittedRevenue(Row row, Key key, YearMonth period, Money amount) {
        PriceLists.@Nullable Price price = key.tariff() == null ? null : prices.price(key.tariff());
        if (price != null && !price.trial() && !amount.isZero()
                && !prices.trialEnd(price.product()).isAfter(key.usage().atDay(1).atStartOfDay(PriceLists.CITY).toInstant())) {
            afterFirstYear.putIfAbsent(Year.from(period), row.place());
        }
    }

    /** The ceiling a line names was in force for its price in its month; it names none only where there was none. */
    private void withinCeiling(Row row, Key key, Tariff tariff, long total, BigFraction share) {
        String id = row.text("ceiling");
        PriceLists.@Nullable Price price = key.tariff() == null ? null : prices.price(key.tariff());
        PriceLists.@Nullable Held held = price == null ? null : prices.heldIn(price, key.operation(), key.usage());
        if (id == null) {
            if (held != null && held.moments() && !held.bare()) {
                wrong(row, "没有写明当时的上限", "the ceiling in force is not named");
            }
            return; // free, or on trial: the check of the prices knows
        }
        @Nullable Found found = findings.get(id);
        PriceLists.@Nullable Limit limit = prices.limit(id);
        Ceiling stated = new Ceiling(new UnitPrice(row.decimal("ceiling_fen")), row.yuan("ceiling_month_yuan"));
        boolean known = found != null ? found.covers(key) && found.ceiling().equals(stated)
                : limit != null && limit.product().equals(key.product()) && limit.ceiling().equals(stated);
        if (!known) {
            wrong(row, "上限 " + id + " 与公布的不同", "ceiling " + id + " is not the one that was set");
        } else if (found == null && held != null && held.moments() && !held.ceilings().contains(id)) {
            wrong(row, "上限 " + id + " 在 " + key.usage() + " 不适用于该价格", "ceiling " + id + " was not the one in force for its price in " + key.usage());
        }
        BigFraction quantity = new BigFraction(total);
        if (found == null && tariff.exactFen(quantity, share).compareTo(stated.exactFen(quantity, share)) > 0) {
            wrong(row, "高于上限收费标准", "above its ceiling");
        }
    }

    private void booked(Row row, UUID id, Money amount, Money vat) {
        BookFigures.@Nullable BookedCharge entry = books.figures().bookedCharges().get(id);
        YearMonth period = YearMonth.parse(row.required("period"));
        if (entry == null ? !amount.isZero() && books.isClosed(period)
                : !entry.gross().equals(amount) || !entry.vat().equals(vat) || !entry.month().equals(period)
                        || !row.required("consumer").equals(entry.consumer()) || !row.required("product").equals(entry.product())) {
            wrong(row, "与记账凭证不符", "its entry says something else, or is missing");
        }
    }

    private void usage(Row row) {
        report.looked(Check.USAGE, 1);
        YearMonth month = YearMonth.parse(row.required("period"));
        Use use = new Use(month, row.required("subscription"), row.required("product"), row.required("purpose"), row.required("unit"));
        sums.stated(row, use, row.whole("units"));
        Long inLines = units.remove(use);
        if (!books.isClosed(month)) {
            return; // nothing of an open month is billed yet
        }
        long lines = inLines == null ? 0 : inLines;
        long expected = row.whole("units") - row.whole("billed_in_other_months") - row.whole("not_billed_yet");
        if (lines != expected) {
            report.wrong(Check.USAGE, row.place(), month + " 用量应有 " + expected + " 个单位在明细中,实有 " + lines,
                    month + ": " + expected + " units should be in the lines, " + lines + " are");
        }
    }

    private void wrong(Row row, String zh, String en) {
        report.wrong(Check.STATEMENTS, row.place() + " (" + row.text("charge") + ")", zh, en);
    }

    /** An hour as a share of a month; all days of the city are as long as each other. */
    private static BigFraction hourOf(YearMonth month) {
        return new BigFraction(1, 24 * month.lengthOfMonth());
    }

    private static BigFraction fraction(String text) {
        Portion portion = Portion.parse(text);
        return new BigFraction(portion.numerator(), portion.denominator());
    }
}
