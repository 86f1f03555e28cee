package cn.jingshu.marketplace.management;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.OverRecoveries;
import cn.jingshu.marketplace.billing.RevenueGauge;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.PermittedRevenue;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import cn.jingshu.marketplace.pricing.RevenueFault;
import cn.jingshu.marketplace.visitor.Visitor;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The permitted revenue (最高准许收入) and how much of it has been earned. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class RevenueController {
    private final PermittedRevenues permitted;
    private final RevenueGauge gauge;
    private final OverRecoveries overRecoveries;
    private final Versions versions;
    private final Clock clock;

    RevenueController(PermittedRevenues permitted, RevenueGauge gauge, OverRecoveries overRecoveries, Versions versions, Clock clock) {
        this.permitted = permitted;
        this.gauge = gauge;
        this.overRecoveries = overRecoveries;
        this.versions = versions;
        this.clock = clock;
    }

    /**
     * A permitted revenue; amounts in yuan as text, rates as decimals such as {@code 0.082}.
     *
     * @param carriedYuan over-recovery of earlier cycles deducted in this year; null: none
     * @param smoothing why not all of it is deducted at once; null: all is
     */
    @Serdeable
    record RevenueRequest(@Nullable Integer year, @Nullable Integer cycleFirst, @Nullable Integer cycleLast,
            @Nullable String platformYuan, @Nullable String processingYuan, @Nullable String staffYuan,
            @Nullable String acquisitionYuan, @Nullable String periodYuan, @Nullable String subsidiesYuan,
            @Nullable Integer surveyYear, @Nullable Integer bondYear, @Nullable String bondYield, @Nullable String rate,
            @Nullable String taxesYuan, @Nullable Boolean vatInTaxes, @Nullable String carriedYuan,
            @Nullable String smoothing, @Nullable String highestYuan, @Nullable String citation) {
        PermittedRevenue fromApi(UUID id) {
            return new PermittedRevenue(id, Facts.need("year", year), Facts.need("cycleFirst", cycleFirst),
                    Facts.need("cycleLast", cycleLast), yuan("platformYuan", platformYuan),
                    yuan("processingYuan", processingYuan), yuan("staffYuan", staffYuan),
                    yuan("acquisitionYuan", acquisitionYuan), yuan("periodYuan", periodYuan),
                    yuan("subsidiesYuan", subsidiesYuan), Facts.need("surveyYear", surveyYear),
                    Facts.need("bondYear", bondYear), rate("bondYield", bondYield), rate("rate", rate),
                    yuan("taxesYuan", taxesYuan), Facts.need("vatInTaxes", vatInTaxes),
                    carriedYuan == null ? Money.ZERO : yuan("carriedYuan", carriedYuan),
                    smoothing == null || smoothing.isBlank() ? null : smoothing, yuan("highestYuan", highestYuan),
                    Facts.need("citation", citation));
        }

        private static Money yuan(String name, @Nullable String text) {
            String given = Facts.need(name, text);
            try {
                if (given.length() <= 20) {
                    return Money.ofYuan(given);
                }
            } catch (ArithmeticException | NumberFormatException unfit) {
                throw bad(name, "元,至多两位小数", "yuan with at most two decimals");
            }
            throw bad(name, "元,至多两位小数", "yuan with at most two decimals");
        }

        private static BigDecimal rate(String name, @Nullable String text) {
            String given = Facts.need(name, text);
            try {
                if (given.length() <= 12) {
                    BigDecimal rate = new BigDecimal(given).setScale(8, RoundingMode.UNNECESSARY);
                    if (rate.signum() >= 0 && rate.compareTo(BigDecimal.TEN) < 0) {
                        return rate;
                    }
                }
            } catch (ArithmeticException | NumberFormatException unfit) {
                throw bad(name, "0 至 10 的小数,至多八位", "a decimal from 0 to 10 with at most eight places");
            }
            throw bad(name, "0 至 10 的小数,至多八位", "a decimal from 0 to 10 with at most eight places");
        }

        private static ManagementProblem bad(String name, String zh, String en) {
            return new ManagementProblem(Refusal.INVALID_REQUEST, name + " 须为" + zh + "。", name + " must be " + en + ".");
        }
    }

    /** A permitted revenue with what it is reckoned from and who stands behind it. */
    @Serdeable
    record RevenueView(UUID id, int year, int cycleFirst, int cycleLast, String platformYuan, String processingYuan,
            String staffYuan, String acquisitionYuan, String periodYuan, String subsidiesYuan, String costYuan,
            int surveyYear, int bondYear, String bondYield, String rate, String profitYuan, String taxesYuan,
            boolean vatInTaxes, String carriedYuan, @Nullable String smoothing, String highestYuan, String citation,
            UUID proposedBy, Instant proposedAt, String status, @Nullable UUID decidedBy, @Nullable Instant decidedAt,
            @Nullable String ground) {
        static RevenueView of(PermittedRevenue.Kept kept) {
            PermittedRevenue r = kept.revenue();
            return new RevenueView(r.id(), r.year(), r.cycleFirst(), r.cycleLast(), r.platform().toYuan(),
                    r.processing().toYuan(), r.staff().toYuan(), r.acquisition().toYuan(), r.period().toYuan(),
                    r.subsidies().toYuan(), r.cost().toYuan(), r.surveyYear(), r.bondYear(), plain(r.bondYield()),
                    plain(r.rate()), r.profit().toYuan(), r.taxes().toYuan(), r.vatInTaxes(), r.carried().toYuan(),
                    r.smoothing(), r.highest().toYuan(), r.citation(), kept.proposedBy(), kept.proposedAt(),
                    kept.status().name(), kept.decidedBy(), kept.decidedAt(), kept.ground());
        }
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    @Serdeable
    record RevenueList(List<RevenueView> permittedRevenues, List<CycleView> cycles) {}

    /**
     * @param overYuan what the books say was earned too much; of a cycle that goes on beyond this year nothing is said
     * @param expectedOverYuan the same with the forecast of the year that runs, if it is the cycle's last
     * @param forecast whether {@code expectedOverYuan} and {@code leftYuan} are a forecast
     * @param leftYuan over-recovery, expected or booked, no year deducts yet
     */
    @Serdeable
    record CycleView(int first, int last, String permittedYuan, String revenueYuan, String overYuan, String expectedOverYuan,
            boolean forecast, String carriedYuan, String leftYuan) {
        static CycleView of(RevenueGauge.Cycle c) {
            return new CycleView(c.first(), c.last(), c.permitted().toYuan(), c.revenue().toYuan(), c.over().toYuan(), c.expected().toYuan(),
                    c.forecast(), c.carried().toYuan(), c.expected().minus(c.carried()).toYuan());
        }
    }

    /** Every permitted revenue and every review cycle, for readers of the books. */
    @Get("/permitted-revenues")
    RevenueList list(Visitor visitor) {
        Rights.requireBooks(visitor);
        return new RevenueList(permitted.list().stream().map(RevenueView::of).toList(),
                gauge.listCycles().stream().map(CycleView::of).toList());
    }

    /** One permitted revenue (最高准许收入). */
    @Get("/permitted-revenues/{id}")
    HttpResponse<RevenueView> one(Visitor visitor, UUID id) {
        Rights.requireBooks(visitor);
        return versions.answer(Versions.Fact.PERMITTED_REVENUE, id, () -> view(id));
    }

    private Optional<RevenueView> view(UUID id) {
        return permitted.find(id).map(RevenueView::of);
    }

    /** Writes one down, by the price authority or the data authority, for the other to sign. */
    @Put("/permitted-revenues/{id}")
    HttpResponse<RevenueView> propose(Visitor visitor, UUID id, @Body RevenueRequest request) {
        Person proposer = Rights.require(visitor, Role.PRICE_OFFICER, Role.REGULATOR);
        return versions.entered(Versions.Fact.PERMITTED_REVENUE, id,
                change(permitted.propose(request.fromApi(id), proposer.id(), overRecoveries)), () -> view(id));
    }

    /** Signs what was read: a person of the other authority. */
    @Post("/permitted-revenues/{id}/signature")
    HttpResponse<RevenueView> sign(Visitor visitor, UUID id, @Body Facts.Approval approval) {
        Person signer = Rights.require(visitor, Role.PRICE_OFFICER, Role.REGULATOR);
        return versions.stepped(Versions.Fact.PERMITTED_REVENUE, id,
                change(permitted.sign(id, signer.id(), approval.given(), overRecoveries)), () -> view(id));
    }

    /** Refuses a permitted revenue that was proposed. */
    @Post("/permitted-revenues/{id}/refusal")
    HttpResponse<RevenueView> refuse(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        Person signer = Rights.require(visitor, Role.PRICE_OFFICER, Role.REGULATOR);
        return versions.stepped(Versions.Fact.PERMITTED_REVENUE, id,
                change(permitted.refuse(id, signer.id(), ground.given())), () -> view(id));
    }

    private static Change change(PermittedRevenues.Outcome outcome) {
        return switch (outcome) {
            case PermittedRevenues.Outcome.Done(var already) -> new Change.Done(already);
            case PermittedRevenues.Outcome.Refused(var fault) -> new Change.Refused(fault);
            case PermittedRevenues.Outcome.Unlawful(var fault, var detail) -> throw broken(fault, detail);
        };
    }

    private static ManagementProblem broken(RevenueFault fault, String detail) {
        Refusal refusal = switch (fault) {
            case NOT_AN_AUTHORITY, NOT_SIGNED_BY_BOTH -> Refusal.FORBIDDEN;
            case YEAR_TAKEN -> Refusal.CONFLICT;
            case FORMULA_BROKEN, COST_BELOW_ZERO, RATE_TOO_HIGH, WRONG_BOND_YEAR, CYCLE_TOO_LONG, YEAR_IS_OVER,
                    CYCLES_OVERLAP, NOT_CARRIED -> Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(refusal, fault.zh() + "(" + detail + ";" + fault.legalBasis() + ")",
                fault.en() + " (" + detail + "; " + fault.legalBasis() + ")");
    }

    /** @param closed false: the month can still change */
    @Serdeable
    record MonthView(String month, String revenueYuan, String yearToDateYuan, boolean closed) {}

    @Serdeable
    record ProductView(String product, long quantity, String revenueYuan) {}

    /**
     * @param reachedIn null: not reached
     * @param forecast whether the year is heading for it
     */
    @Serdeable
    record WarningView(int percent, @Nullable String reachedIn, boolean forecast) {}

    /**
     * @param deviation such as {@code 0.0432}; below zero: less was earned than permitted
     * @param binding false: provisional, for the year is not over and closed
     * @param doneAt null: the consequence is open, or not due yet
     */
    @Serdeable
    record DeviationView(String deviation, String tolerance, String consequence, String zh, String en, boolean binding,
            @Nullable Instant doneAt) {}

    /** @param permittedYuan null: nothing is signed for the year, trial prices apply */
    @Serdeable
    record GaugeView(Instant asOf, int year, @Nullable String permittedYuan, boolean withVat, String revenueYuan,
            @Nullable String leftYuan, String forecastYuan, List<MonthView> months, List<ProductView> products,
            List<WarningView> warnings, @Nullable DeviationView deviationTest) {}

    /** The year's revenue against what is permitted; {@code year} null: this year. */
    @Get("/revenue-gauge")
    GaugeView gauge(Visitor visitor, @Nullable @QueryValue Integer year) {
        Rights.requireBooks(visitor);
        Instant now = clock.instant();
        int asked = year == null ? YearMonth.from(now.atZone(ZoneId.of("Asia/Shanghai"))).getYear() : year;
        if (asked < 2020 || asked >= 2120) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "year 须为 2020 至 2119。", "year is from 2020 to 2119.");
        }
        RevenueGauge.Year y = gauge.of(asked);
        return new GaugeView(now, y.year(), y.permitted() == null ? null : y.permitted().highest().toYuan(), y.withVat(),
                y.revenue().toYuan(), y.left() == null ? null : y.left().toYuan(), y.forecast().toYuan(),
                y.months().stream().map(m -> new MonthView(m.month().toString(), m.revenue().toYuan(),
                        m.yearToDate().toYuan(), m.closed())).toList(),
                y.products().stream().map(p -> new ProductView(p.product(), p.quantity(), p.revenue().toYuan())).toList(),
                y.warnings().stream().map(w -> new WarningView(w.percent(),
                        w.reachedIn() == null ? null : w.reachedIn().toString(), w.forecast())).toList(),
                y.deviation() == null ? null : toApi(y.deviation()));
    }

    private static DeviationView toApi(RevenueGauge.Deviation d) {
        boolean prices = d.consequence() == RevenueGauge.Consequence.ADJUST_PRICES;
        return new DeviationView(d.portion().toPlainString(), plain(d.tolerance()), d.consequence().name(),
                prices ? "授权主体指导运营机构调整具体收费标准" : "授权主体调整上限收费标准",
                prices ? "the data authority guides the operator to adjust prices" : "the data authority adjusts the ceilings",
                d.binding(), d.doneAt());
    }
}
