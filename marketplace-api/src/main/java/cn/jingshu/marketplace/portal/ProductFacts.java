package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.Catalogue;
import cn.jingshu.marketplace.catalogue.Catalogue.ProductEntry;
import cn.jingshu.marketplace.catalogue.DataResource;
import cn.jingshu.marketplace.plan.Plan;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.TariffJson;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.FieldFacts;
import cn.jingshu.products.contract.HttpBinding;
import cn.jingshu.products.contract.TryItForm;
import cn.jingshu.products.domain.JdbcDataDomain;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import cn.jingshu.products.spi.Retirement;
import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the portal says about products, put together from their contracts and the catalogue. */
@Singleton
final class ProductFacts {
    /** Fields this deep in one another are enough for a page; the contract file holds them all. */
    private static final int DEEPEST = 6;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PortalTexts ZH = PortalTexts.load(Lang.ZH_CN);
    private static final PortalTexts EN = PortalTexts.load(Lang.EN);

    private final Catalogue catalogue;
    private final Contracts contracts;
    private final JdbcDataDomain domain;
    private final PageFrame frame;
    private final Clock clock;

    ProductFacts(Catalogue catalogue, Contracts contracts, JdbcDataDomain domain, PageFrame frame, Clock clock) {
        this.catalogue = catalogue;
        this.contracts = contracts;
        this.domain = domain;
        this.frame = frame;
        this.clock = clock;
    }

    /** A product that is offered now: its contract and its entry in the catalogue. */
    record Offered(Contract contract, ProductEntry entry) {}

    /** The products offered now that this node can answer: those of the plan's list first, tools after them. */
    List<Offered> listOffered() {
        return catalogue.listProducts().stream()
                .flatMap(entry -> contracts.findByCode(entry.registration().product()).stream()
                        .map(contract -> new Offered(contract, entry)))
                .sorted(Comparator.comparing((Offered offered) -> offered.contract().annexId().isEmpty())
                        .thenComparing(offered -> offered.contract().code()))
                .toList();
    }

    Optional<Offered> findOffered(String code) {
        return listOffered().stream().filter(offered -> offered.contract().code().equals(code)).findFirst();
    }

    /** The product with this code; refused as "no such page" when it is not offered. */
    Offered getOffered(String code) {
        return findOffered(code).orElseThrow(PageRefused::noSuchPage);
    }

    /** What a product is called; its code when nobody offers it any more. */
    Bilingual nameOf(String product) {
        return contracts.findByCode(product)
                .map(contract -> new Bilingual(contract.nameZh(), contract.nameEn()))
                .orElse(Bilingual.same(product));
    }

    /** What the data behind a product lack now, a sentence each; empty: nothing is known to be lacking. */
    List<Bilingual> shortfalls(Contract contract) {
        List<Bilingual> shortfalls = new ArrayList<>();
        contracts.shortfalls(contract.code()).forEach(each -> shortfalls.add(new Bilingual(each.zh(), each.en())));
        domain.degradedTables(contract.code()).forEach(table -> shortfalls.add(new Bilingual("数据表 " + table + " 最近一次装载的质量评分低于阈值。",
                "The quality of the newest load of " + table + " is below its threshold.")));
        domain.staleTables(contract.code(), clock.instant()).forEach(table -> shortfalls.add(new Bilingual(
                "数据表 " + table + " 已超过更新周期及宽限:据此作出的回答注明过期,且按合约不计费。",
                "Table " + table + " is older than its update cycle and grace allow: answers from it say so, and by contract are not billed.")));
        return List.copyOf(shortfalls);
    }

    /** Versions of a product that are served and on their way out, the newest first. */
    List<ProductView.Outgoing> outgoing(String code) {
        List<ProductView.Outgoing> outgoing = new ArrayList<>();
        for (Contract contract : contracts.listVersions(code)) {
            Retirement retirement = contract.methods().getFirst().retirement();
            if (retirement != null) {
                outgoing.add(new ProductView.Outgoing(contract.version(), retirement.deprecatedAt(), retirement.sunsetAt()));
            }
        }
        return outgoing;
    }

    ProductCard card(Offered offered) {
        Contract contract = offered.contract();
        List<ProductView.Price> prices = prices(offered);
        return new ProductCard(contract.code(), new Bilingual(contract.nameZh(), contract.nameEn()),
                new Bilingual(contract.summaryZh(), contract.summaryEn()), provider(offered.entry()),
                ProductCard.State.PUBLISHED, contract.annexId(),
                contract.methods().stream().anyMatch(ContractMethod::personal),
                prices.stream().anyMatch(price -> price.purpose() == PurposeClass.PUBLIC_INTEREST),
                prices.stream()
                        .filter(price -> price.purpose() == PurposeClass.INDUSTRY)
                        .map(ProductFacts::paid)
                        .min(Comparator.naturalOrder())
                        .orElse(null),
                unitOf(contract.methods().getFirst()), protocols(contract), !shortfalls(contract).isEmpty());
    }

    private static BigDecimal paid(ProductView.Price price) {
        BigDecimal fen = price.fenPerUnit();
        return fen == null ? BigDecimal.ZERO : fen;
    }

    private static Bilingual provider(ProductEntry entry) {
        Set<String> zh = new TreeSet<>();
        Set<String> en = new TreeSet<>();
        for (DataResource resource : entry.resources()) {
            zh.add(resource.providerZh());
            en.add(resource.providerEn());
        }
        return zh.isEmpty()
                ? new Bilingual("不使用数据资源", "uses no data resource")
                : new Bilingual(String.join("、", zh), String.join(", ", en));
    }

    private static List<String> protocols(Contract contract) {
        List<String> protocols = new ArrayList<>(List.of("REST", "gRPC"));
        if (contract.methods().stream().anyMatch(ContractMethod::streaming)) {
            protocols.add("SSE");
        }
        if (contract.methods().stream().anyMatch(ContractMethod::answersBytes)) {
            protocols.add("GTFS-Realtime");
        }
        return protocols;
    }

    /** The plans on offer with the prices and ceilings in force now; a plan without a lawful price is left out. */
    List<ProductView.Price> prices(Offered offered) {
        Instant now = clock.instant();
        MeterUnit unit = unitOf(offered.contract().methods().getFirst());
        List<ProductView.Price> prices = new ArrayList<>();
        for (Plan plan : offered.entry().plans()) {
            offered.entry().prices().priceAt(PriceBook.EVERY_OPERATION, plan.purpose(), plan.code(), now).ifPresent(published -> {
                Tariff tariff = published.tariff();
                BigDecimal fen = tariff.costsNothing() ? null : tariff.dearestUnit().fenPerUnit();
                TariffWords words = wordsOf(unit);
                Optional<PriceCeiling> ceiling = plan.purpose() == Purpose.PUBLIC_INTEREST
                        ? Optional.empty()
                        : offered.entry().prices().ceilingAt(PriceBook.EVERY_OPERATION, now);
                long perMinute = plan.rate().capacity() * 60_000 / plan.rate().period().toMillis();
                prices.add(new ProductView.Price(plan.code(), new Bilingual(plan.nameZh(), plan.nameEn()),
                        purposeOf(plan.purpose()), fen, ceiling.map(each -> each.highest().fenPerUnit()).orElse(null),
                        unit, plan.monthlyQuotaUnits(), perMinute,
                        LocalDate.ofInstant(published.effectiveFrom(), BillingPeriod.ZONE),
                        ceiling.map(each -> Bilingual.same(each.citation())).orElse(null),
                        tariff instanceof Tariff.Free || tariff instanceof Tariff.PerUnit ? null : words.of(tariff),
                        ceiling.filter(each -> !each.limit().perMonth().isZero()).map(each -> words.of(each.limit())).orElse(null),
                        published.trial()));
            });
        }
        return prices;
    }

    /** Every published tariff of a product that is in force or to come, beside its ceiling. */
    List<PublicPages.TariffLine> tariffs(Offered offered) {
        return inForceOrToCome(offered).map(each -> {
            Optional<PriceCeiling> ceiling = ceilingOf(offered, each);
            Bilingual said = wordsOf(offered).of(each.tariff());
            return new PublicPages.TariffLine(each.id(), each.product(), each.operation(), each.purpose().name(),
                    each.plan(), json(each.tariff()), said.zh(), said.en(),
                    each.tariff().dearestUnit().fenPerUnit().stripTrailingZeros().toPlainString(), each.trial(),
                    each.publishedAt(), each.effectiveFrom(), ceiling.map(PriceCeiling::id).orElse(null),
                    ceiling.map(c -> c.highest().fenPerUnit().stripTrailingZeros().toPlainString()).orElse(null),
                    ceiling.map(c -> c.limit().perMonth().fen()).orElse(null),
                    ceiling.map(PriceCeiling::citation).orElse(null));
        }).toList();
    }

    /** The same for people. */
    List<FeesView.Published> published(Offered offered) {
        return inForceOrToCome(offered).map(each -> new FeesView.Published(nameOf(each.product()),
                each.operation().equals(PriceBook.EVERY_OPERATION) ? "" : each.operation(),
                each.plan() == null ? "" : each.plan(), purposeOf(each.purpose()), wordsOf(offered).of(each.tariff()),
                ceilingOf(offered, each).map(c -> wordsOf(offered).of(c.limit())).orElse(null), each.trial(),
                LocalDate.ofInstant(each.publishedAt(), BillingPeriod.ZONE),
                LocalDate.ofInstant(each.effectiveFrom(), BillingPeriod.ZONE))).toList();
    }

    private Stream<PublishedTariff> inForceOrToCome(Offered offered) {
        Instant now = clock.instant();
        PriceList list = offered.entry().prices();
        return list.tariffs().stream().filter(each -> inForce(list, each, each.effectiveFrom().isAfter(now) ? each.effectiveFrom() : now));
    }

    /** The ceiling that holds for a tariff now, or will when it begins. */
    private Optional<PriceCeiling> ceilingOf(Offered offered, PublishedTariff tariff) {
        Instant now = clock.instant();
        return tariff.tariff().costsNothing() ? Optional.empty() : offered.entry().prices().ceilingAt(
                tariff.operation(), tariff.effectiveFrom().isAfter(now) ? tariff.effectiveFrom() : now);
    }

    private static TariffWords wordsOf(Offered offered) {
        return wordsOf(unitOf(offered.contract().methods().getFirst()));
    }

    private static boolean inForce(PriceList list, PublishedTariff tariff, Instant moment) {
        return list.priceAt(tariff.operation(), tariff.purpose(), tariff.plan(), moment)
                .filter(each -> each.id().equals(tariff.id())).isPresent();
    }

    private static Map<String, Object> json(Tariff tariff) {
        try {
            return JSON.readValue(TariffJson.write(tariff), new TypeReference<>() {});
        } catch (JsonProcessingException ofOurOwn) {
            throw new IllegalStateException(ofOurOwn);
        }
    }

    private static TariffWords wordsOf(MeterUnit unit) {
        return new TariffWords(new Bilingual(ZH.get(unit.textKey()), EN.get(unit.textKey())));
    }

    static PurposeClass purposeOf(Purpose purpose) {
        return switch (purpose) {
            case PUBLIC_INTEREST -> PurposeClass.PUBLIC_INTEREST;
            case INDUSTRY -> PurposeClass.INDUSTRY;
        };
    }

    static MeterUnit unitOf(ContractMethod method) {
        return MeterUnit.valueOf(method.meterUnit().name());
    }

    /** The unit most of a product's operations count in. */
    MeterUnit unitOf(String product) {
        return contracts.findByCode(product)
                .map(contract -> unitOf(contract.methods().getFirst()))
                .orElse(MeterUnit.CALL);
    }

    List<ProductView.Resource> resources(ProductEntry entry) {
        return entry.resources().stream()
                .map(resource -> new ProductView.Resource(resource.id(),
                        new Bilingual(resource.nameZh(), resource.nameEn()),
                        new Bilingual(resource.providerZh(), resource.providerEn()),
                        switch (resource.updateCycle()) {
                            case PERIODIC -> ProductView.Update.PERIODIC;
                            case REAL_TIME -> ProductView.Update.REAL_TIME;
                        }, law(resource), resource.blockedBy() != null))
                .toList();
    }

    private static @Nullable Bilingual law(DataResource resource) {
        String blocked = resource.blockedBy();
        if (blocked != null) {
            return Bilingual.same(blocked);
        }
        String note = resource.note();
        return note == null ? null : new Bilingual(Objects.requireNonNullElse(resource.noteZh(), note), note);
    }

    static List<ProductView.OperationDoc> operations(Contract contract) {
        return contract.methods().stream().map(ProductFacts::operation).toList();
    }

    private static ProductView.OperationDoc operation(ContractMethod method) {
        HttpBinding main = method.bindings().getFirst();
        return new ProductView.OperationDoc(method.name(), new Bilingual(method.summaryZh(), method.summaryEn()),
                main.verb(), TryItForm.of(method).path(), method.fullMethodName(), unitOf(method), method.personal(),
                method.streaming(), method.staleIsFree(),
                new ProductView.WithoutAnswer(method.notModifiedUnits(), method.refusedUnits(), method.failedUnits()), fields(method, method.request()),
                method.answersBytes() ? List.of() : fields(method, method.response()));
    }

    private static List<ProductView.FieldDoc> fields(ContractMethod method, Descriptor message) {
        List<ProductView.FieldDoc> docs = new ArrayList<>();
        collect(method, message, "", 0, docs);
        return docs;
    }

    private static void collect(
            ContractMethod method, Descriptor message, String above, int depth, List<ProductView.FieldDoc> docs) {
        for (FieldFacts facts : method.fieldsOf(message)) {
            FieldDescriptor field = facts.field();
            String path = above + facts.jsonName() + (field.isRepeated() && !field.isMapField() ? "[]" : "");
            boolean nested = !field.isMapField() && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && !field.getMessageType().getFullName().startsWith("google.protobuf.");
            if (nested && depth < DEEPEST) {
                collect(method, field.getMessageType(), path + ".", depth + 1, docs);
            } else {
                docs.add(new ProductView.FieldDoc(path, typeOf(field), facts.unit(), sensitivityOf(facts),
                        new Bilingual(facts.docZh(), facts.docEn()), facts.resources(), facts.required(),
                        facts.subject()));
            }
        }
    }

    private static String typeOf(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map";
        }
        return switch (field.getJavaType()) {
            case ENUM -> field.getEnumType().getName();
            case MESSAGE -> field.getMessageType().getName().toLowerCase(Locale.ROOT);
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static ProductView.Sensitivity sensitivityOf(FieldFacts facts) {
        return switch (facts.sensitivity()) {
            case PUBLIC, SENSITIVITY_UNSPECIFIED, UNRECOGNIZED -> ProductView.Sensitivity.PUBLIC;
            case INTERNAL -> ProductView.Sensitivity.INTERNAL;
            case PERSONAL -> ProductView.Sensitivity.PERSONAL;
            case SENSITIVE_PERSONAL -> ProductView.Sensitivity.SENSITIVE_PERSONAL;
        };
    }

    /** The first call to make: an operation that needs nothing filled in, else the first with its examples. */
    FirstCall firstCall(HttpRequest<?> request, Contract contract, String key) {
        ContractMethod method = contract.methods().stream()
                .filter(each -> tryable(each) && each.bindings().getFirst().verb().equals("GET")
                        && TryItForm.of(each).fields().stream().noneMatch(TryItForm.Field::required))
                .findFirst()
                .orElse(contract.methods().getFirst());
        String path = TryItForm.call(method, exampleOf(method)).target();
        return frame.firstCall(request, path, method.fullMethodName(), key);
    }

    private static Map<String, List<String>> exampleOf(ContractMethod method) {
        return TryItForm.of(method).fields().stream()
                .filter(TryItForm.Field::required)
                .collect(Collectors.toMap(TryItForm.Field::name, field -> List.of(field.example())));
    }

    /** Whether a page can show what comes back: one answer, and not a file. */
    static boolean tryable(ContractMethod method) {
        return !method.streaming() && !method.answersBytes() && !method.personal();
    }
}
