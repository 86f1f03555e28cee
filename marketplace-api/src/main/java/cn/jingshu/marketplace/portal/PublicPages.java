package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.Catalogue;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.usage.Usage;
import cn.jingshu.products.contract.ContractMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.Map;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages anyone may read: the first page, the catalogue, the fees and the list of refusals. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PublicPages {
    private static final Logger LOG = LoggerFactory.getLogger(PublicPages.class);
    private static final String HELLO = "echo";

    /** The figures of the first page are counted at most so often, however many visitors come. */
    private static final Duration FIGURES_FOR = Duration.ofSeconds(10);

    private final PageFrame frame;
    private final Pages pages;
    private final ProductFacts products;
    private final Catalogue catalogue;
    private final TransitDisplay transit;
    private final Usage usage;
    private final PermittedRevenues permitted;
    private final Clock clock;
    private volatile Reading.@Nullable Known<HomeView.Figures> lastFigures;

    PublicPages(
            PermittedRevenues permitted,
            PageFrame frame,
            Pages pages,
            ProductFacts products,
            Catalogue catalogue,
            TransitDisplay transit,
            Usage usage,
            Clock clock) {
        this.permitted = permitted;
        this.frame = frame;
        this.pages = pages;
        this.products = products;
        this.catalogue = catalogue;
        this.transit = transit;
        this.usage = usage;
        this.clock = clock;
    }

    @Get(Links.HOME)
    HttpResponse<String> home(HttpRequest<?> request) {
        List<ProductFacts.Offered> offered = products.listOffered();
        FirstCall first = offered.stream()
                .filter(each -> each.contract().code().equals(HELLO))
                .findFirst()
                .or(() -> offered.stream().findFirst())
                .map(each -> products.firstCall(request, each.contract(), FirstCall.PLACEHOLDER))
                .orElseGet(() -> frame.firstCall(request, "/v1/echo", "jingshu.echo.v1.EchoService/Echo",
                        FirstCall.PLACEHOLDER));
        HomeView view = new HomeView(figures(request, offered),
                Reading.known(offered.stream().map(products::card).toList(), clock.instant()), first);
        return frame.show(request, page -> pages.home(page, view));
    }

    private Reading<HomeView.Figures> figures(HttpRequest<?> request, List<ProductFacts.Offered> offered) {
        Reading.Known<HomeView.Figures> last = lastFigures;
        Instant now = clock.instant();
        if (last != null && now.isBefore(last.asOf().plus(FIGURES_FOR))) {
            return last;
        }
        try {
            LocalDate today = LocalDate.ofInstant(now, BillingPeriod.ZONE);
            long answered = usage.listHours(startOf(today.minusDays(1)), startOf(today)).stream()
                    .filter(total -> total.outcome() == Outcome.ANSWERED && !total.sandbox())
                    .mapToLong(total -> total.calls())
                    .sum();
            Reading.Known<HomeView.Figures> figures = new Reading.Known<>(new HomeView.Figures(offered.size(),
                    offered.stream().mapToLong(each -> each.contract().methods().size()).sum(),
                    catalogue.listResources().size(),
                    transit.vehicles().vehicles().stream().filter(vehicle -> !vehicle.stale()).count(), answered), now);
            lastFigures = figures;
            return figures;
        } catch (SQLException | DatabaseException away) {
            LOG.warn("the figures of the first page cannot be read: {}", away.toString());
            return PageFrame.unknown(request);
        }
    }

    private static Instant startOf(LocalDate day) {
        return day.atStartOfDay(BillingPeriod.ZONE).toInstant();
    }

    @Get(Links.CATALOGUE)
    HttpResponse<String> catalogue(HttpRequest<?> request, @Nullable @QueryValue String q, @Nullable @QueryValue String purpose) {
        String search = q == null ? "" : q.strip();
        CatalogueView.Purpose wanted = purposeOf(purpose);
        List<ProductCard> cards = products.listOffered().stream()
                .filter(offered -> matches(offered, search))
                .map(products::card)
                .filter(card -> switch (wanted) {
                    case ANY -> true;
                    case PUBLIC_INTEREST -> card.freeForPublicInterest();
                    case INDUSTRY -> card.lowestFenPerUnit() != null;
                })
                .toList();
        CatalogueView view = new CatalogueView(search, wanted, Reading.known(cards, clock.instant()));
        return frame.show(request, page -> pages.catalogue(page, view));
    }

    private static CatalogueView.Purpose purposeOf(@Nullable String name) {
        for (CatalogueView.Purpose purpose : CatalogueView.Purpose.values()) {
            if (purpose.name().equals(name)) {
                return purpose;
            }
        }
        return CatalogueView.Purpose.ANY;
    }

    private static boolean matches(ProductFacts.Offered offered, String search) {
        var contract = offered.contract();
        StringBuilder said = new StringBuilder(String.join(" ", contract.code(), contract.nameZh(), contract.nameEn(),
                contract.summaryZh(), contract.summaryEn(), contract.annexId()));
        for (ContractMethod method : contract.methods()) {
            said.append(' ').append(method.name()).append(' ').append(method.summaryZh()).append(' ')
                    .append(method.summaryEn());
        }
        offered.entry().resources().forEach(resource -> said.append(' ').append(resource.id()).append(' ')
                .append(resource.nameZh()).append(' ').append(resource.nameEn()).append(' ').append(resource.providerZh())
                .append(' ').append(resource.providerEn()));
        return said.toString().toLowerCase(Locale.ROOT).contains(search.toLowerCase(Locale.ROOT));
    }

    @Get(Links.FEES)
    HttpResponse<String> fees(HttpRequest<?> request) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), BillingPeriod.ZONE);
        List<FeesView.Fee> fees = listFees();
        FeesView view = new FeesView(today.getYear(), permittedFen(today),
                fees.stream().map(fee -> fee.price().effectiveFrom()).max(LocalDate::compareTo).orElse(today),
                Reading.known(fees, clock.instant()),
                products.listOffered().stream().flatMap(offered -> products.published(offered).stream()).toList());
        return frame.show(request, page -> pages.fees(page, view));
    }

    private @Nullable Long permittedFen(LocalDate today) {
        return permitted.findSigned(today.getYear()).map(each -> each.highest().fen()).orElse(null);
    }

    private List<FeesView.Fee> listFees() {
        return products.listOffered().stream()
                .flatMap(offered -> products.prices(offered).stream()
                        .map(price -> new FeesView.Fee(offered.contract().code(),
                                products.nameOf(offered.contract().code()), price)))
                .toList();
    }

    /**
     * The fees for programs.
     *
     * @param permittedRevenueYuan the year's permitted revenue; null: not fixed yet
     */
    @Serdeable
    record FeeList(Instant asOf, String currency, boolean vatIncluded, @Nullable String permittedRevenueYuan,
            List<FeeLine> fees, List<TariffLine> tariffs) {}

    /**
     * A published tariff, in force or to come, of any kind.
     *
     * @param operation the operation's name; {@code *}: every operation without a line of its own
     * @param plan whose subscribers alone it is for; null: everyone
     * @param tariff the whole tariff, exactly
     * @param dearestFenPerUnit the most one unit can cost on average under it
     * @param ceilingFenPerUnit the ceiling when it takes effect; null: on trial without one, or free
     * @param ceilingFenPerMonth what the ceiling allows a month besides
     */
    @Serdeable
    record TariffLine(UUID version, String product, String operation, String purpose, @Nullable String plan,
            Map<String, Object> tariff, String tariffZh, String tariffEn, String dearestFenPerUnit, boolean trial,
            Instant publishedAt, Instant effectiveFrom, @Nullable UUID ceilingVersion, @Nullable String ceilingFenPerUnit,
            @Nullable Long ceilingFenPerMonth, @Nullable String citation) {}

    /**
     * One plan's price.
     *
     * @param fenPerUnit exact decimal; null: free of charge
     * @param ceilingFenPerUnit exact decimal; null: none is needed because the use is free
     * @param citation the decision that set the ceiling; null: there is none
     */
    @Serdeable
    record FeeLine(String product, String productZh, String productEn, String plan, String purpose, String unit,
            @Nullable String fenPerUnit, @Nullable String ceilingFenPerUnit, @Nullable Long monthlyQuotaUnits,
            LocalDate effectiveFrom, @Nullable String citation) {}

    @Get(Links.FEES_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    HttpResponse<FeeList> feesJson() {
        List<FeeLine> lines = listFees().stream()
                .map(fee -> new FeeLine(fee.productCode(), fee.product().zh(), fee.product().en(), fee.price().plan(),
                        fee.price().purpose().name(), fee.price().unit().name(), plain(fee.price().fenPerUnit()),
                        plain(fee.price().ceilingFenPerUnit()), fee.price().quotaUnits(), fee.price().effectiveFrom(),
                        fee.price().basis() == null ? null : fee.price().basis().zh()))
                .toList();
        return HttpResponse.ok(new FeeList(clock.instant(), "CNY", true,
                        permitted.findSigned(LocalDate.ofInstant(clock.instant(), BillingPeriod.ZONE).getYear())
                                .map(each -> each.highest().toYuan()).orElse(null),
                        lines, products.listOffered().stream().flatMap(offered -> products.tariffs(offered).stream()).toList()))
                .contentType(MediaType.APPLICATION_JSON_TYPE)
                .header("Cache-Control", "public, max-age=60");
    }

    private static @Nullable String plain(@Nullable BigDecimal fen) {
        return fen == null ? null : fen.stripTrailingZeros().toPlainString();
    }

    @Get(Links.REFUSALS)
    HttpResponse<String> refusals(HttpRequest<?> request) {
        return frame.show(request, page -> pages.refusals(page, RefusalsView.ofAll()));
    }
}
