package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.catalogue.TableDeclarations;
import cn.jingshu.marketplace.catalogue.TableDeclarations.Declared;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.declared.TableDeclaration;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.spi.Answer.Violation;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tables of the data domain that providers declare: all for who runs and supervises the market, its own for a provider, who declares further ones. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ResourceTablePages {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceTablePages.class);
    private static final Role[] ALL = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR};
    private static final int SHOWN = 100;
    private static final int PARTS = 7;

    /** What says that a column is always filled. */
    private static final Set<String> YES = Set.of("是", "必填", "yes", "true", "required");

    private final PageFrame frame;
    private final Pages pages;
    private final TableDeclarations tables;
    private final ResourceCatalogue catalogue;
    private final DataProviders providers;
    private final Clock clock;

    ResourceTablePages(PageFrame frame, Pages pages, TableDeclarations tables, ResourceCatalogue catalogue, DataProviders providers, Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.tables = tables;
        this.catalogue = catalogue;
        this.providers = providers;
        this.clock = clock;
    }

    @Get(Links.RESOURCE_TABLES)
    HttpResponse<String> show(HttpRequest<?> request) {
        return show(request, new Form(Map.of("id", UUID.randomUUID().toString()), Map.of()), List.of(), HttpStatus.OK);
    }

    private MutableHttpResponse<String> show(HttpRequest<?> request, Form form, List<Violation> violations, HttpStatus status) {
        Person reader = frame.personOf(request);
        Visitor visitor = frame.visitorOf(request);
        if (!LoadPages.mayRead(visitor)) {
            throw new PageRefused(new PageRefused.Reason.NotAllowed());
        }
        boolean all = visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(ALL);
        boolean bureau = reader.roles().contains(Role.REGULATOR);
        boolean officer = reader.roles().contains(Role.PROVIDER_OFFICER);
        List<DeclareView.Fault> faults =
                violations.stream().map(each -> new DeclareView.Fault(each.field(), new Bilingual(each.zh(), each.en()))).toList();
        ResourceTablesView view;
        try {
            Map<String, Bilingual> names = new HashMap<>();
            catalogue.listAt(catalogue.today()).forEach(each -> names.put(each.entry().id(), new Bilingual(each.entry().nameZh(), each.entry().nameEn())));
            List<String> own = officer ? providers.resourcesOf(reader.organisationId()) : List.of();
            TableDeclarations.Listed listed = tables.list(all ? null : own, SHOWN);
            view = new ResourceTablesView(Reading.known(listed.declared().stream()
                            .map(each -> table(each, names, bureau && !each.declaredBy().equals(reader.id()))).toList(), clock.instant()),
                    listed.unreadable().stream().map(TableDeclarations.Unreadable::name).toList(), officer,
                    own.stream().filter(names::containsKey).map(id -> choice(id, Objects.requireNonNull(names.get(id)))).toList(), form, faults);
        } catch (DatabaseException away) {
            LOG.warn("the declared tables cannot be read: {}", away.getMessage());
            view = new ResourceTablesView(PageFrame.unknown(request), List.of(), false, List.of(), form, faults);
        }
        ResourceTablesView shown = view;
        return frame.show(request, visitor, HttpResponse.status(status), page -> pages.resourceTables(page, shown));
    }

    private static ResourcesView.Choice choice(String id, Bilingual name) {
        return new ResourcesView.Choice(id, new Bilingual(id + " " + name.zh(), id + " " + name.en()));
    }

    private static ResourceTablesView.Table table(Declared d, Map<String, Bilingual> names, boolean mayDecide) {
        ResourceTable table = d.declaration().table();
        Boolean approved = d.approved();
        return new ResourceTablesView.Table(d.id(), table.name(), table.resource(), names.getOrDefault(table.resource(), Bilingual.same(table.resource())),
                table.columns().stream().map(ResourceTablePages::column).toList(), String.join(", ", table.key()), d.declaration().reason(), d.declaredAt(),
                approved == null ? new Bilingual("待主管部门审批", "waits for the bureau") : approved ? new Bilingual("已批准", "approved") : new Bilingual("未获批准", "refused"),
                approved == null ? "warning" : approved ? "done" : "failed", d.revision() == null ? "" : String.valueOf(d.revision()), d.decision(),
                approved == null && mayDecide);
    }

    private static ResourceTablesView.Column column(ResourceTable.Column column) {
        Bilingual keeping = switch (column.keeping()) {
            case PLAIN -> new Bilingual("原样", "as it is");
            case TOKEN -> new Bilingual("令牌", "a token");
            case SEALED -> new Bilingual("加密", "encrypted");
        };
        Bilingual protection = switch (column.protection()) {
            case PUBLIC -> new Bilingual("公开", "public");
            case INTERNAL -> new Bilingual("内部", "internal");
            case PERSONAL -> new Bilingual("个人信息", "personal");
            case SENSITIVE_PERSONAL -> new Bilingual("敏感个人信息", "sensitive personal");
        };
        return new ResourceTablesView.Column(column.name(), column.type().name(), keeping, protection, column.required(), new Bilingual(column.zh(), column.en()));
    }

    @Post(Links.RESOURCE_TABLES)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> declare(HttpRequest<?> request, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.PROVIDER_OFFICER);
        Faults faults = new Faults();
        String json = json(posted, faults);
        TableDeclaration declaration = faults.isEmpty() ? TableDeclaration.read(json, faults) : null;
        if (declaration == null) {
            return show(request, new Form(posted.shown(), Map.of()), faults.list(), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return after(request, posted, tables.declare(SubscriptionPages.uuid(posted.text("id")), declaration, person.id()), Done.PROPOSED);
    }

    /** What was typed as the management interface takes it. */
    private static String json(Posted posted, Faults faults) {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("name", posted.text("name")).put("resource", posted.text("resource"))
                .put("reason", posted.text("reason"));
        ArrayNode columns = root.putArray("columns");
        List<String> lines = lines(posted.text("columns"));
        for (int i = 0; i < lines.size(); i++) {
            List<String> parts = List.of(lines.get(i).split("\\|", -1)).stream().map(String::strip).toList();
            if (faults.require(parts.size() == PARTS, "columns[" + i + "]", "应有七项,以 | 分隔", "seven parts with | between them are expected")) {
                columns.addObject().put("name", parts.get(0)).put("type", parts.get(1)).put("keeping", parts.get(2)).put("protection", parts.get(3))
                        .put("required", YES.contains(parts.get(4).toLowerCase(Locale.ROOT))).put("zh", parts.get(5)).put("en", parts.get(6));
            }
        }
        words(posted.text("key"), root.putArray("key"));
        ArrayNode indexes = root.putArray("indexes");
        lines(posted.text("indexes")).forEach(line -> words(line, indexes.addArray()));
        return root.toString();
    }

    private static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static void words(String text, ArrayNode into) {
        for (String word : text.split("[,,、\\s]+", -1)) {
            if (!word.isEmpty()) {
                into.add(word);
            }
        }
    }

    @Post(Links.RESOURCE_TABLES + "/{id}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<?> decide(HttpRequest<?> request, String id, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        Person person = frame.personWith(request, Role.REGULATOR);
        String decision = posted.text("decision");
        boolean approved = switch (posted.text("approved")) {
            case "YES" -> true;
            case "NO" -> false;
            default -> throw PageRefused.noSuchPage();
        };
        if (decision.isEmpty() || decision.length() > TableDeclarations.MOST_TEXT) {
            return show(request, new Form(Map.of("id", UUID.randomUUID().toString()), Map.of()),
                    List.of(new Violation("decision", "须填写,最多 1000 字", "it is needed, of 1000 characters at most")), HttpStatus.UNPROCESSABLE_ENTITY);
        }
        return after(request, posted, tables.decide(SubscriptionPages.uuid(id), approved, decision, person.id()), Done.DECIDED);
    }

    private HttpResponse<?> after(HttpRequest<?> request, Posted posted, TableDeclarations.Outcome outcome, Done done) {
        return switch (outcome) {
            case TableDeclarations.Outcome.Done _ -> HttpResponse.seeOther(URI.create(Links.RESOURCE_TABLES + "?done=" + done.word()));
            case TableDeclarations.Outcome.Refused(var refusal, var violations) -> {
                List<Violation> said = new ArrayList<>();
                said.add(new Violation("", refusal.zh(), refusal.en()));
                said.addAll(violations);
                yield show(request, new Form(posted.shown(), Map.of()), said, HttpStatus.UNPROCESSABLE_ENTITY);
            }
        };
    }
}
