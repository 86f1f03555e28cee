package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.declared.DeclarationDesk;
import cn.jingshu.marketplace.declared.DeclaredProduct;
import cn.jingshu.marketplace.declared.DeclaredProducts;
import cn.jingshu.marketplace.gate.Lineage;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.declared.Prepared;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.FieldType;
import cn.jingshu.products.spi.Answer.Violation;
import cn.jingshu.products.spi.Retirement;
import com.google.protobuf.ByteString;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Part;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.multipart.CompletedFileUpload;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where merchants declare products, step by step, and where others decide about them. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class DeclaredPages {
    private static final int SHOWN = 500;
    private static final int MOST_ROWS = 40;
    private static final int LAST_STEP = 4;
    private static final Set<String> CONTROLS = Set.of("step", "go", "csrf");
    private static final List<Role> ALL_READERS = List.of(Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR);

    private final PageFrame frame;
    private final Pages pages;
    private final DeclaredProducts products;
    private final DeclarationDesk desk;

    DeclaredPages(PageFrame frame, Pages pages, DeclaredProducts products, DeclarationDesk desk) {
        this.frame = frame;
        this.pages = pages;
        this.products = products;
        this.desk = desk;
    }

    private Person reader(HttpRequest<?> request) {
        Person person = frame.personOf(request);
        if (!person.roles().contains(Role.MERCHANT_OFFICER) && !readsAll(person)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        return person;
    }

    private static boolean readsAll(Person person) {
        return ALL_READERS.stream().anyMatch(person.roles()::contains);
    }

    private DeclaredProduct visible(Person person, String id) {
        return products.find(SubscriptionPages.uuid(id))
                .filter(product -> readsAll(person) || product.merchantId().equals(person.organisationId()))
                .orElseThrow(PageRefused::noSuchPage);
    }

    @Get(Links.DECLARED)
    HttpResponse<String> list(HttpRequest<?> request) {
        Person person = reader(request);
        Map<DeclaredProducts.Version, Retirement> retirements = products.retirements();
        List<DeclaredListView.Item> items = products.list(readsAll(person) ? null : person.organisationId(), null, SHOWN).stream()
                .sorted((one, other) -> other.enteredAt().compareTo(one.enteredAt()))
                .map(product -> {
                    Retirement retirement = retirements.get(new DeclaredProducts.Version(product.code(), product.version()));
                    return new DeclaredListView.Item(product.id(), product.code(), product.version(), product.revision(),
                            DeclaredKind.valueOf(product.kind().name()), DeclaredState.valueOf(product.status().name()), product.enteredAt(),
                            retirement == null ? null : retirement.deprecatedAt());
                })
                .toList();
        DeclaredListView view = new DeclaredListView(items, person.roles().contains(Role.MERCHANT_OFFICER));
        return frame.show(request, page -> pages.declaredList(page, view));
    }

    @Get(Links.DECLARE)
    HttpResponse<String> declare(HttpRequest<?> request, @Nullable @QueryValue String kind) {
        frame.personWith(request, Role.MERCHANT_OFFICER);
        DeclaredKind chosen = kindOf(kind == null ? "SQL" : kind);
        Form form = new Form(Map.of("version", "1"), Map.of());
        return wizard(request, new DeclareView(chosen, 1, form, Map.of("kind", chosen.name()), 2, 3, types(), sensitivities(), List.of(), false), HttpStatus.OK);
    }

    private static DeclaredKind kindOf(String name) {
        return Arrays.stream(DeclaredKind.values()).filter(each -> each.name().equals(name)).findFirst().orElseThrow(PageRefused::noSuchPage);
    }

    private static List<String> types() {
        return Arrays.stream(FieldType.values()).filter(type -> type != FieldType.MESSAGE).map(Enum::name).toList();
    }

    private static List<String> sensitivities() {
        return List.of("PUBLIC", "INTERNAL", "PERSONAL", "SENSITIVE_PERSONAL");
    }

    private MutableHttpResponse<String> wizard(HttpRequest<?> request, DeclareView view, HttpStatus status) {
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.declare(page, view));
    }

    /** One step further, one back, one row more, a look at the whole, or saved. */
    @Post(Links.DECLARE)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> step(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person merchant = frame.personWith(request, Role.MERCHANT_OFFICER);
        DeclaredKind kind = kindOf(posted.text("kind"));
        int step = within(posted.text("step"), 1, LAST_STEP);
        String go = posted.text("go");
        int parameters = within(posted.text("parameters"), 0, MOST_ROWS) + (go.equals("parameter") ? 1 : 0);
        int columns = within(posted.text("columns"), 1, MOST_ROWS) + (go.equals("column") ? 1 : 0);
        int next = go.equals("next") ? Math.min(step + 1, LAST_STEP) : go.equals("back") ? Math.max(step - 1, 1) : step;
        Map<String, String> said = new LinkedHashMap<>(posted.shown());
        said.keySet().removeAll(CONTROLS);
        if (kind == DeclaredKind.UPSTREAM && posted.text(WizardDeclaration.SOURCE).equals(WizardDeclaration.GRPC) && next == 2) {
            next = step == 1 ? 3 : 1; // its descriptor set says what is asked and answered
        }
        if (step == LAST_STEP - 1 && go.equals("operation")) {
            said.put(WizardDeclaration.FINISHED, WizardDeclaration.withOperation(posted, kind, parameters, columns));
            said.keySet().removeIf(WizardDeclaration::isOfOperation);
            return wizard(request, view(kind, 2, said, 2, 3, List.of(), false), HttpStatus.OK);
        }
        boolean arrives = step == LAST_STEP - 1 && next == LAST_STEP;
        if (arrives) {
            said.put("declaration", WizardDeclaration.of(posted, kind, parameters, columns));
        }
        if (step == LAST_STEP && go.equals("save")) {
            return save(request, merchant, posted, kind, said, parameters, columns);
        }
        List<DeclareView.Fault> faults = arrives || go.equals("check")
                ? faults(desk.look(said.getOrDefault("declaration", ""), ByteString.EMPTY, merchant.organisationId()).violations(), kind)
                : List.of();
        return wizard(request, view(kind, next, said, parameters, columns, faults, arrives || go.equals("check")), HttpStatus.OK);
    }

    private static DeclareView view(DeclaredKind kind, int step, Map<String, String> said, int parameters, int columns,
            List<DeclareView.Fault> faults, boolean looked) {
        return new DeclareView(kind, step, new Form(said, Map.of()), said, parameters, columns, types(), sensitivities(), faults, looked);
    }

    private HttpResponse<?> save(HttpRequest<?> request, Person merchant, Posted posted, DeclaredKind kind, Map<String, String> said, int parameters,
            int columns) {
        String declaration = posted.text("declaration");
        DeclarationDesk.Finding finding = desk.look(declaration, ByteString.EMPTY, merchant.organisationId());
        Prepared prepared = finding.prepared();
        List<DeclareView.Fault> faults = new ArrayList<>(faults(finding.violations(), kind));
        if (prepared != null) {
            UUID id = UUID.randomUUID();
            Optional<Bilingual> refused = written(id, declaration, prepared, merchant);
            if (refused.isEmpty()) {
                return HttpResponse.seeOther(URI.create(Links.declared(id) + "?done=" + Done.DECLARED.word()));
            }
            faults.add(new DeclareView.Fault("code", refused.get()));
        }
        return wizard(request, view(kind, LAST_STEP, said, parameters, columns, faults, true), HttpStatus.UNPROCESSABLE_ENTITY);
    }

    private Optional<Bilingual> written(UUID id, String declaration, Prepared prepared, Person merchant) {
        return refusal(products.write(new DeclaredProducts.Draft(id, prepared.declaration().code(), prepared.declaration().version(),
                prepared.declaration().kind(), merchant.organisationId(), declaration, prepared.set().toByteString(), prepared.artefact()), merchant.id()));
    }

    private static Optional<Bilingual> refusal(Change change) {
        return switch (change) {
            case Change.Done _ -> Optional.empty();
            case Change.Refused(var fault) -> Optional.of(new Bilingual(fault.zh(), fault.en()));
        };
    }

    private static int within(String text, int least, int most) {
        try {
            return Math.clamp(Integer.parseInt(text), least, most);
        } catch (NumberFormatException noNumber) {
            return least; // no page of ours sends that
        }
    }

    /** The file of a model comes after the declaration was saved, so that it is missing is no fault before. */
    private static List<DeclareView.Fault> faults(List<Violation> violations, DeclaredKind kind) {
        return violations.stream()
                .filter(violation -> kind != DeclaredKind.MODEL || !violation.field().equals("artefact"))
                .map(DeclaredPages::fault)
                .toList();
    }

    private static DeclareView.Fault fault(Violation violation) {
        return new DeclareView.Fault(violation.field(), new Bilingual(violation.zh(), violation.en()));
    }

    @Get(Links.DECLARED + "/{id}")
    HttpResponse<String> declared(HttpRequest<?> request, String id) {
        Person person = reader(request);
        return one(request, person, visible(person, id), List.of(), Form.EMPTY, HttpStatus.OK);
    }

    private MutableHttpResponse<String> one(HttpRequest<?> request, Person person, DeclaredProduct product, List<Violation> tried, Form form, HttpStatus status) {
        Contract contract = Contract.of(DescriptorSets.service(DescriptorSets.parse(product.contract().toByteArray())));
        Map<String, List<String>> grants = new TreeMap<>();
        Lineage.columnsOf(contract).forEach((resource, names) -> grants.computeIfAbsent(resource, _ -> new ArrayList<>()).addAll(names));
        desk.domainColumns(product).forEach((resource, names) -> grants.computeIfAbsent(resource, _ -> new ArrayList<>()).addAll(names));
        Retirement retirement = products.retirements().get(new DeclaredProducts.Version(product.code(), product.version()));
        boolean own = person.roles().contains(Role.MERCHANT_OFFICER) && person.organisationId().equals(product.merchantId());
        boolean decides = person.roles().contains(Role.REGULATOR) || person.roles().contains(Role.OPERATIONS);
        boolean open = product.status() == DeclaredProduct.Status.DRAFT;
        List<Violation> violations = tried.isEmpty() && open
                ? desk.look(product.definition(), product.artefact(), product.merchantId()).violations()
                : tried;
        DeclaredView view = new DeclaredView(product.id(), product.code(), product.version(), product.revision(),
                DeclaredKind.valueOf(product.kind().name()), DeclaredState.valueOf(product.status().name()), product.digest(), contract.serviceName(),
                grants.entrySet().stream().map(each -> new DeclaredView.Grant(each.getKey(), String.join(", ", each.getValue()))).toList(),
                product.definition(), product.artefact().size(), violations.stream().map(DeclaredPages::fault).toList(), own && open,
                decides && product.status() == DeclaredProduct.Status.SUBMITTED && !person.id().equals(product.enteredBy())
                        && !person.id().equals(product.submittedBy()),
                (own || decides) && product.status() == DeclaredProduct.Status.APPROVED,
                retirement == null ? null : retirement.deprecatedAt(), retirement == null ? null : retirement.sunsetAt(), product.ground(), form);
        return frame.show(request, frame.visitorOf(request), HttpResponse.status(status), page -> pages.declared(page, view));
    }

    private HttpResponse<?> done(HttpRequest<?> request, Person person, DeclaredProduct product, Optional<Bilingual> refused) {
        return refused.isEmpty()
                ? HttpResponse.seeOther(URI.create(Links.declared(product.id()) + "?done=" + Done.DECIDED.word()))
                : one(request, person, product, List.of(), new Form(Map.of(), Map.of("ground", refused.get())), HttpStatus.UNPROCESSABLE_ENTITY);
    }

    /** What its merchant does with a draft. */
    @Post(Links.DECLARED + "/{id}/draft")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> draft(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person merchant = frame.personWith(request, Role.MERCHANT_OFFICER);
        DeclaredProduct product = visible(merchant, id);
        return switch (posted.text("go")) {
            case "save" -> {
                DeclarationDesk.Finding finding = desk.look(posted.text("declaration"), product.artefact(), merchant.organisationId());
                Prepared prepared = finding.prepared();
                yield prepared == null
                        ? one(request, merchant, product, finding.violations(), Form.EMPTY, HttpStatus.UNPROCESSABLE_ENTITY)
                        : done(request, merchant, product, written(product.id(), posted.text("declaration"), prepared, merchant));
            }
            case "submit" -> {
                List<Violation> violations = desk.tryOut(product.definition(), product.artefact(), product.merchantId()).violations();
                yield violations.isEmpty()
                        ? done(request, merchant, product, refusal(products.submit(product.id(), product.digest(), merchant.id())))
                        : one(request, merchant, product, violations, Form.EMPTY, HttpStatus.UNPROCESSABLE_ENTITY);
            }
            default -> throw PageRefused.noSuchPage();
        };
    }

    /** The file of a model. */
    @Post(Links.DECLARED + "/{id}/file")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    HttpResponse<?> file(HttpRequest<?> request, String id, @Part("csrf") String csrf, @Part("file") CompletedFileUpload file) {
        frame.posted(request, Map.of("csrf", csrf));
        Person merchant = frame.personWith(request, Role.MERCHANT_OFFICER);
        DeclaredProduct product = visible(merchant, id);
        ByteString bytes;
        try {
            bytes = ByteString.copyFrom(file.getBytes());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        DeclarationDesk.Finding finding = desk.look(product.definition(), bytes, merchant.organisationId());
        Prepared prepared = Objects.requireNonNull(finding.prepared(), "a draft that is kept has a contract");
        return finding.violations().isEmpty()
                ? done(request, merchant, product, written(product.id(), product.definition(), prepared, merchant))
                : one(request, merchant, product, finding.violations(), Form.EMPTY, HttpStatus.UNPROCESSABLE_ENTITY);
    }

    /** What others decide, and what ends it. */
    @Post(Links.DECLARED + "/{id}/decision")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> decide(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = reader(request);
        DeclaredProduct product = visible(person, id);
        boolean decides = person.roles().contains(Role.REGULATOR) || person.roles().contains(Role.OPERATIONS);
        String ground = posted.text("ground");
        String decision = posted.text("decision");
        boolean own = person.roles().contains(Role.MERCHANT_OFFICER) && person.organisationId().equals(product.merchantId());
        boolean ends = decision.equals("WITHDRAWN") || decision.equals("DEPRECATED");
        if (!decides && !(own && ends)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        if (ground.isEmpty() && !decision.equals("DEPRECATED")) {
            return done(request, person, product, Optional.of(new Bilingual("须填写依据或理由", "a citation or a reason is needed")));
        }
        DeclaredProducts.Version version = new DeclaredProducts.Version(product.code(), product.version());
        return switch (decision) {
            case "APPROVED" -> {
                List<Violation> violations = desk.tryOut(product.definition(), product.artefact(), product.merchantId()).violations();
                yield violations.isEmpty()
                        ? done(request, person, product, refusal(products.approve(product.id(), person.id(), ground)))
                        : one(request, person, product, violations, Form.EMPTY, HttpStatus.UNPROCESSABLE_ENTITY);
            }
            case "REFUSED" -> done(request, person, product, refusal(products.refuse(product.id(), person.id(), ground)));
            case "WITHDRAWN" -> done(request, person, product, refusal(products.withdraw(version, person.id(), ground)));
            case "DEPRECATED" -> done(request, person, product, retire(version, posted, person));
            default -> throw PageRefused.noSuchPage();
        };
    }

    private Optional<Bilingual> retire(DeclaredProducts.Version version, Posted posted, Person person) {
        try {
            Instant from = midnight(posted.text("deprecatedOn"));
            Instant until = posted.text("sunsetOn").isEmpty() ? null : midnight(posted.text("sunsetOn"));
            return refusal(products.retire(version, new Retirement(from, until), person.id()));
        } catch (DateTimeException | IllegalArgumentException wrong) {
            return Optional.of(new Bilingual("日期有误,或终止早于弃用", "a date is wrong, or the end is before the deprecation"));
        }
    }

    private static Instant midnight(String day) {
        return LocalDate.parse(day).atStartOfDay(BillingPeriod.ZONE).toInstant();
    }
}
