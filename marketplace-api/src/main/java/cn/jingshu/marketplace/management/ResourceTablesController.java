package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.catalogue.DataProviders;
import cn.jingshu.marketplace.catalogue.TableDeclarations;
import cn.jingshu.marketplace.catalogue.TableDeclarations.Declared;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.visitor.Visitor;
import cn.jingshu.products.declared.TableDeclaration;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.spi.Answer.Violation;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Tables of the data domain that providers declare for their resources: all for who runs and supervises the market, its own for a provider. */
@Controller("/api/resource-tables")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ResourceTablesController {
    private static final Role[] ALL = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR};
    private static final Role[] READERS = {Role.OPERATIONS, Role.REGULATOR, Role.AUDITOR, Role.PROVIDER_OFFICER};
    private static final int MOST_LISTED = 500;

    private final TableDeclarations tables;
    private final DataProviders providers;

    ResourceTablesController(TableDeclarations tables, DataProviders providers) {
        this.tables = tables;
        this.providers = providers;
    }

    /**
     * @param type TEXT, INTEGER, DECIMAL, BOOLEAN, DATE or TIMESTAMP
     * @param keeping PLAIN, TOKEN (a subject's identifier, kept as a keyed token) or SEALED (encrypted at rest)
     * @param protection PUBLIC, INTERNAL, PERSONAL or SENSITIVE_PERSONAL
     */
    @Serdeable
    record Column(String name, String type, String keeping, String protection, boolean required, String zh, String en) {}

    /**
     * @param approved null: not decided
     * @param revision counts what was approved under the name; null: this was not
     */
    @Serdeable
    record TableView(UUID id, String name, String resource, List<Column> columns, List<String> key, List<List<String>> indexes, String reason,
            UUID declaredBy, Instant declaredAt, @Nullable Boolean approved, @Nullable Integer revision, @Nullable UUID decidedBy,
            @Nullable Instant decidedAt, @Nullable String decision) {
        static TableView of(Declared d) {
            TableDeclaration declaration = d.declaration();
            return new TableView(d.id(), declaration.table().name(), declaration.table().resource(), declaration.table().columns().stream()
                    .map(each -> new Column(each.name(), each.type().name(), each.keeping().name(), each.protection().name(), each.required(), each.zh(), each.en()))
                    .toList(), declaration.table().key(), declaration.table().indexes(), declaration.reason(), d.declaredBy(), d.declaredAt(), d.approved(),
                    d.revision(), d.decidedBy(), d.decidedAt(), d.decision());
        }
    }

    @Serdeable
    record TableList(List<TableView> tables, List<UnreadableView> unreadable) {}

    /** One that this version of the house cannot read: it is listed by name, and nothing is loaded into it or read of it. */
    @Serdeable
    record UnreadableView(UUID id, String name, String resource) {}

    /** Declarations of tables, those that wait first. */
    @Get
    TableList tables(Visitor visitor) {
        Person person = Rights.require(visitor, READERS);
        TableDeclarations.Listed listed = tables.list(seesAll(visitor) ? null : providers.resourcesOf(person.organisationId()), MOST_LISTED);
        return new TableList(listed.declared().stream().map(TableView::of).toList(),
                listed.unreadable().stream().map(each -> new UnreadableView(each.id(), each.name(), each.resource())).toList());
    }

    /** One declaration. */
    @Get("/{id}")
    TableView table(Visitor visitor, UUID id) {
        Person person = Rights.require(visitor, READERS);
        return Facts.found(tables.find(id).filter(each -> seesAll(visitor)
                || providers.resourcesOf(person.organisationId()).contains(each.declaration().table().resource())).map(TableView::of));
    }

    private static boolean seesAll(Visitor visitor) {
        return visitor instanceof Visitor.SignedIn signedIn && signedIn.hasAny(ALL);
    }

    /** Declares a table, or a further revision of one, for a resource of one's own: it can be loaded once the bureau has approved it. */
    @Put("/{id}")
    HttpResponse<TableView> declare(Visitor visitor, UUID id, @Body String json) {
        Person by = Rights.require(visitor, Role.PROVIDER_OFFICER);
        Faults faults = new Faults();
        TableDeclaration declaration = TableDeclaration.read(json, faults);
        if (declaration == null) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "表的登记有误。", "the declaration of the table is wrong.", faults.list());
        }
        boolean already = done(tables.declare(id, declaration, by.id()));
        TableView view = Facts.found(tables.find(id).map(TableView::of));
        return already ? HttpResponse.ok(view) : HttpResponse.created(view);
    }

    /** @param decision what the approval rests on, or why it is refused */
    @Serdeable
    record DecisionRequest(boolean approved, @Nullable String decision) {}

    /** The bureau decides about it. */
    @Post("/{id}/decision")
    TableView decide(Visitor visitor, UUID id, @Body DecisionRequest request) {
        Person by = Rights.require(visitor, Role.REGULATOR);
        done(tables.decide(id, request.approved(), Pages.requireText("decision", request.decision(), TableDeclarations.MOST_TEXT), by.id()));
        return Facts.found(tables.find(id).map(TableView::of));
    }

    private static boolean done(TableDeclarations.Outcome outcome) {
        return switch (outcome) {
            case TableDeclarations.Outcome.Done(var already) -> already;
            case TableDeclarations.Outcome.Refused(var refusal, var violations) -> throw refused(refusal, violations);
        };
    }

    private static ManagementProblem refused(TableDeclarations.Refusal refusal, List<Violation> violations) {
        Refusal code = switch (refusal) {
            case UNKNOWN -> Refusal.NOT_FOUND;
            case ID_TAKEN, DECIDED, NAME_TAKEN -> Refusal.CONFLICT;
            case NOT_ITS_PROVIDER, SAME_PERSON, NOT_THE_BUREAU -> Refusal.FORBIDDEN;
            case BLOCKED_BY_LAW -> Refusal.BLOCKED_BY_LAW;
            case NOT_LISTED, NOT_ABOUT_PEOPLE, ABOUT_NOBODY, NO_SUCCESSOR -> Refusal.RULE_BROKEN;
        };
        return new ManagementProblem(code, refusal.zh(), refusal.en(), violations);
    }
}
