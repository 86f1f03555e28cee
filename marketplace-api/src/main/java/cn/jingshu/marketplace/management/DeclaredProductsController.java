package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.declared.DeclarationDesk;
import cn.jingshu.marketplace.declared.DeclaredProduct;
import cn.jingshu.marketplace.declared.DeclaredProducts;
import cn.jingshu.marketplace.declared.DeclaredServing;
import cn.jingshu.marketplace.gate.Lineage;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.management.Versions.Fact;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.declared.Prepared;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.spi.Answer.Violation;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.ByteString;
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
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Declared products: a merchant's officer writes, tries out and submits them; another person, of the operator or the bureau,
 * decides. That a product may be sold is decided elsewhere, as of every product: registration, grants, scenario, price.
 */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class DeclaredProductsController {
    private static final Role[] READERS = {Role.MERCHANT_OFFICER, Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR};
    private static final Role[] DECIDERS = {Role.REGULATOR, Role.OPERATIONS};

    private final DeclaredProducts products;
    private final DeclarationDesk desk;
    private final DeclaredServing serving;
    private final Versions versions;

    DeclaredProductsController(DeclaredProducts products, DeclarationDesk desk, DeclaredServing serving, Versions versions) {
        this.products = products;
        this.desk = desk;
        this.serving = serving;
        this.versions = versions;
    }

    /**
     * @param declaration the declaration as JSON text; the digest is of it as it is
     * @param artefact the file of a model in Base64; null: none
     */
    @Serdeable
    record DeclarationRequest(@Nullable String declaration, @Nullable String artefact) {
        ByteString file() {
            try {
                return artefact == null ? ByteString.EMPTY : ByteString.copyFrom(Base64.getDecoder().decode(artefact));
            } catch (IllegalArgumentException noBase64) {
                throw new ManagementProblem(Refusal.INVALID_REQUEST, "artefact 不是 Base64。", "artefact is not Base64.");
            }
        }
    }

    @Serdeable
    record ViolationView(String field, String zh, String en) {
        static ViolationView of(Violation violation) {
            return new ViolationView(violation.field(), violation.zh(), violation.en());
        }
    }

    /** @param operations names of the contract's operations; empty: there is no contract yet */
    @Serdeable
    record FindingView(boolean valid, List<ViolationView> violations, @Nullable String service, List<String> operations) {
        static FindingView of(DeclarationDesk.Finding finding) {
            Prepared prepared = finding.prepared();
            List<ViolationView> violations = finding.violations().stream().map(ViolationView::of).toList();
            return prepared == null
                    ? new FindingView(false, violations, null, List.of())
                    : new FindingView(violations.isEmpty(), violations, prepared.service().getFullName(),
                            prepared.service().getMethods().stream().map(method -> method.getName()).toList());
        }
    }

    /** @param broken why this node does not serve it though it is approved; null: nothing is wrong */
    @Serdeable
    record DeclaredView(UUID id, String product, int version, int revision, String kind, UUID merchantId, String status, String digest,
            String declaration, int artefactBytes, UUID enteredBy, Instant enteredAt, @Nullable Instant submittedAt, @Nullable Instant decidedAt,
            @Nullable String ground, @Nullable Instant deprecatedAt, @Nullable Instant sunsetAt, @Nullable String broken) {}

    @Serdeable
    record DeclaredPage(List<DeclaredView> declaredProducts, @Nullable String nextCursor) {}

    private DeclaredView view(DeclaredProduct product) {
        Retirement retirement = products.retirements().get(new DeclaredProducts.Version(product.code(), product.version()));
        return new DeclaredView(product.id(), product.code(), product.version(), product.revision(), product.kind().name(), product.merchantId(),
                product.status().name(), product.digest(), product.definition(), product.artefact().size(), product.enteredBy(),
                product.enteredAt(), product.submittedAt(), product.decidedAt(), product.ground(),
                retirement == null ? null : retirement.deprecatedAt(), retirement == null ? null : retirement.sunsetAt(),
                serving.broken().get(product.id()));
    }

    /** One's own, or for who runs or supervises the market all. */
    @Get("/declared-products")
    DeclaredPage declared(Visitor visitor, @Nullable @QueryValue String cursor, @QueryValue(defaultValue = "100") int limit) {
        Person reader = Rights.require(visitor, READERS);
        List<DeclaredProduct> page = products.list(merchantOnly(reader), Facts.after(cursor), Facts.limit(limit));
        return new DeclaredPage(page.stream().map(this::view).toList(), Facts.next(page, limit, DeclaredProduct::id));
    }

    private static @Nullable UUID merchantOnly(Person reader) {
        boolean all = reader.roles().contains(Role.OPERATIONS) || reader.roles().contains(Role.REGULATOR) || reader.roles().contains(Role.AUDITOR);
        return all ? null : reader.organisationId();
    }

    private DeclaredProduct visible(Person reader, UUID id) {
        UUID merchant = merchantOnly(reader);
        return products.find(id)
                .filter(product -> merchant == null || merchant.equals(product.merchantId()))
                .orElseThrow(() -> new ManagementProblem(Refusal.NOT_FOUND));
    }

    /** One declared product with its declaration. */
    @Get("/declared-products/{id}")
    HttpResponse<DeclaredView> declared(Visitor visitor, UUID id) {
        visible(Rights.require(visitor, READERS), id);
        return versions.answer(Fact.DECLARED_PRODUCT, id, () -> products.find(id).map(this::view));
    }

    /** A dry run: everything is tried out, and nothing is kept. */
    @Post("/declared-products/validations")
    FindingView validate(Visitor visitor, @Body DeclarationRequest request) {
        Person merchant = Rights.require(visitor, Role.MERCHANT_OFFICER);
        return FindingView.of(desk.tryOut(Facts.need("declaration", request.declaration()), request.file(), merchant.organisationId()));
    }

    /** Keeps a draft; one that has no contract is refused with all that is wrong. */
    @Put("/declared-products/{id}")
    HttpResponse<DeclaredView> write(Visitor visitor, UUID id, IfMatch seen, @Body DeclarationRequest request) {
        Person merchant = Rights.require(visitor, Role.MERCHANT_OFFICER);
        products.find(id).ifPresent(_ -> visible(merchant, id));
        DeclarationDesk.Finding finding = desk.look(Facts.need("declaration", request.declaration()), request.file(), merchant.organisationId());
        Prepared prepared = finding.prepared();
        if (prepared == null) {
            throw wrong(finding.violations());
        }
        DeclaredProducts.Draft draft = new DeclaredProducts.Draft(id, prepared.declaration().code(), prepared.declaration().version(),
                prepared.declaration().kind(), merchant.organisationId(), Facts.need("declaration", request.declaration()),
                prepared.set().toByteString(), prepared.artefact());
        Change change = versions.seenAs(Fact.DECLARED_PRODUCT, id, seen, DeclaredProducts::new).write(draft, merchant.id());
        return versions.entered(Fact.DECLARED_PRODUCT, id, change, () -> products.find(id).map(this::view));
    }

    private static ManagementProblem wrong(List<Violation> violations) {
        return new ManagementProblem(Refusal.INVALID_REQUEST, "产品声明有误。", "the declaration is wrong.", violations);
    }

    /** Hands a draft in; only one that was tried out without a fault. */
    @Post("/declared-products/{id}/submission")
    HttpResponse<DeclaredView> submit(Visitor visitor, UUID id, IfMatch seen) {
        Person merchant = Rights.require(visitor, Role.MERCHANT_OFFICER);
        DeclaredProduct draft = visible(merchant, id);
        requireRight(draft);
        Change change = versions.seenAs(Fact.DECLARED_PRODUCT, id, seen, DeclaredProducts::new).submit(id, draft.digest(), merchant.id());
        return versions.stepped(Fact.DECLARED_PRODUCT, id, change, () -> products.find(id).map(this::view));
    }

    private void requireRight(DeclaredProduct product) {
        List<Violation> violations = desk.tryOut(product.definition(), product.artefact(), product.merchantId()).violations();
        if (!violations.isEmpty()) {
            throw wrong(violations);
        }
    }

    /** Lets it be served, after it has been tried out again; another person than wrote or submitted it. */
    @Post("/declared-products/{id}/approval")
    HttpResponse<DeclaredView> approve(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Approval approval) {
        Person decider = Rights.require(visitor, DECIDERS);
        DeclaredProduct submitted = visible(decider, id);
        if (submitted.status() == DeclaredProduct.Status.SUBMITTED) {
            requireRight(submitted);
        }
        Change change = versions.seenAs(Fact.DECLARED_PRODUCT, id, seen, DeclaredProducts::new).approve(id, decider.id(), approval.given());
        return versions.stepped(Fact.DECLARED_PRODUCT, id, change, () -> products.find(id).map(this::view));
    }

    /** Refuses a declaration that was submitted. */
    @Post("/declared-products/{id}/refusal")
    HttpResponse<DeclaredView> refuse(Visitor visitor, UUID id, IfMatch seen, @Body Facts.Ground ground) {
        Person decider = Rights.require(visitor, DECIDERS);
        Change change = versions.seenAs(Fact.DECLARED_PRODUCT, id, seen, DeclaredProducts::new).refuse(id, decider.id(), ground.given());
        return versions.stepped(Fact.DECLARED_PRODUCT, id, change, () -> products.find(id).map(this::view));
    }

    /** @param sunsetAt null: no end is decided */
    @Serdeable
    record RetirementRequest(@Nullable Instant deprecatedAt, @Nullable Instant sunsetAt) {}

    /** Says that the version of a product is on its way out; by its merchant, or by who decides. */
    @Post("/declared-products/{id}/deprecation")
    HttpResponse<DeclaredView> retire(Visitor visitor, UUID id, @Body RetirementRequest request) {
        Person decider = Rights.require(visitor, Role.MERCHANT_OFFICER, Role.OPERATIONS, Role.REGULATOR);
        DeclaredProduct product = visible(decider, id);
        Retirement retirement = Facts.built(() -> new Retirement(Facts.need("deprecatedAt", request.deprecatedAt()), request.sunsetAt()));
        Change change = products.retire(new DeclaredProducts.Version(product.code(), product.version()), retirement, decider.id());
        return versions.stepped(Fact.DECLARED_PRODUCT, id, change, () -> products.find(id).map(this::view));
    }

    /** Stops serving the version at once. */
    @Post("/declared-products/{id}/withdrawal")
    HttpResponse<DeclaredView> withdraw(Visitor visitor, UUID id, @Body Facts.Ground ground) {
        Person decider = Rights.require(visitor, Role.MERCHANT_OFFICER, Role.OPERATIONS, Role.REGULATOR);
        DeclaredProduct product = visible(decider, id);
        Change change = products.withdraw(new DeclaredProducts.Version(product.code(), product.version()), decider.id(), ground.given());
        return versions.stepped(Fact.DECLARED_PRODUCT, id, change, () -> products.find(id).map(this::view));
    }

    /** @param columns what a grant of its resources has to cover, by the resource */
    @Serdeable
    record ContractView(String service, List<String> operations, Map<String, List<String>> columns) {}

    /** What its contract says: what is called, and which columns its providers have to grant. */
    @Get("/declared-products/{id}/contract")
    ContractView contract(Visitor visitor, UUID id) {
        DeclaredProduct product = visible(Rights.require(visitor, READERS), id);
        Contract contract = Contract.of(DescriptorSets.service(
                DescriptorSets.parse(product.contract().toByteArray())));
        Map<String, List<String>> columns = new TreeMap<>();
        Lineage.columnsOf(contract).forEach((resource, names) -> columns.put(resource, names.stream().sorted().toList()));
        desk.domainColumns(product).forEach((resource, names) -> columns.merge(resource, names,
                (shown, read) -> Stream.concat(shown.stream(), read.stream()).toList()));
        return new ContractView(contract.serviceName(), contract.methods().stream().map(method -> method.fullMethodName()).toList(), columns);
    }
}
