package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.declared.TableDeclaration;
import cn.jingshu.products.domain.DeclaredTables;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Protection;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.spi.Answer.Violation;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables of the data domain that providers declare for their resources, and the bureau approves: how a resource of the catalogue that no product
 * of the code reads is loaded, granted and read.
 */
@Singleton
public final class TableDeclarations implements DeclaredTables {
    /** Most characters of a decision. */
    public static final int MOST_TEXT = 1_000;

    /** Resources of which a table may tell of people. */
    private static final Set<DataResource.Kind> ABOUT_PEOPLE = Set.of(DataResource.Kind.PERSONAL, DataResource.Kind.SENSITIVE_PERSONAL,
            DataResource.Kind.TREATED_AS_SENSITIVE, DataResource.Kind.LEGAL_AND_PERSONAL);

    private static final String MAY_DECLARE = """
            SELECT r.kind, r.blocked_by, r.withdrawn_on
              FROM market.data_resource r
              JOIN market.data_provider v ON v.code = r.provider_code
              JOIN market.person p ON p.organisation_id = v.organisation_id
             WHERE r.id = ? AND p.id = ? AND 'PROVIDER_OFFICER' = ANY (p.roles)
            """;
    private static final String DECLARE = """
            INSERT INTO market.resource_table (id, name, resource_id, definition, declared_by, declared_at)
            VALUES (?, ?, ?, CAST(? AS jsonb), ?, ?)
            ON CONFLICT ON CONSTRAINT resource_table_pk DO NOTHING
            """;
    private static final String DECIDE = """
            UPDATE market.resource_table SET approved = ?, revision = ?, decided_by = ?, decided_at = ?, decision = ? WHERE id = ?
            """;
    private static final String LOCK_NAME = """
            SELECT id FROM market.resource_table WHERE name = ? ORDER BY id FOR UPDATE
            """;
    private static final String BY_ID = """
            SELECT id, definition, declared_by, declared_at, approved, revision, decided_by, decided_at, decision
              FROM market.resource_table
             WHERE id = ?
            """;
    private static final String NEWEST = """
            SELECT id, definition, declared_by, declared_at, approved, revision, decided_by, decided_at, decision
              FROM market.resource_table
             WHERE name = ? AND approved
             ORDER BY revision DESC
             LIMIT 1
            """;
    private static final String APPROVED = """
            SELECT id, name, resource_id, definition, declared_by, declared_at, approved, revision, decided_by, decided_at, decision
              FROM market.resource_table
             WHERE approved
             ORDER BY name, revision DESC
            """;
    private static final String ALL = """
            SELECT id, name, resource_id, definition, declared_by, declared_at, approved, revision, decided_by, decided_at, decision
              FROM market.resource_table
             WHERE CAST(? AS text[]) IS NULL OR resource_id = ANY (?)
             ORDER BY (approved IS NULL) DESC, declared_at DESC, id
             LIMIT ?
            """;

    private static final Logger LOG = LoggerFactory.getLogger(TableDeclarations.class);

    private final Set<UUID> named = ConcurrentHashMap.newKeySet();
    private final Database database;
    private final Clock clock;

    TableDeclarations(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * A declaration and what came of it.
     *
     * @param approved null: not decided
     * @param revision the how manieth of its name that was approved; null: it was not
     */
    public record Declared(UUID id, TableDeclaration declaration, UUID declaredBy, Instant declaredAt, @Nullable Boolean approved,
            @Nullable Integer revision, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String decision) implements Stored {}

    /** One that was taken in by another version of the house and cannot be read by this one; {@code why} for who looks after the house. */
    public record Unreadable(UUID id, String name, String resource, String why) implements Stored {}

    /** What a row of the declarations is. */
    public sealed interface Stored {}

    /** Declarations, and by name those that cannot be read, which keep no other from being listed. */
    public record Listed(List<Declared> declared, List<Unreadable> unreadable) {
        public Listed {
            declared = List.copyOf(declared);
            unreadable = List.copyOf(unreadable);
        }

        private static Listed of(List<Stored> stored) {
            return new Listed(stored.stream().filter(Declared.class::isInstance).map(Declared.class::cast).toList(),
                    stored.stream().filter(Unreadable.class::isInstance).map(Unreadable.class::cast).toList());
        }
    }

    /** Why a step is refused; stable text. */
    public enum Refusal {
        UNKNOWN("没有该表的登记", "there is no such declaration"),
        ID_TAKEN("该编号已用于其他内容", "the id was used for something else"),
        NOT_ITS_PROVIDER("只有该资源提供单位的人员可以登记", "only an officer of the resource's own provider declares its tables"),
        BLOCKED_BY_LAW("法律禁止提供该资源", "the law forbids supplying the resource"),
        NOT_LISTED("该资源已从目录撤下", "the resource is withdrawn from the catalogue"),
        NOT_ABOUT_PEOPLE("目录登记该资源不含个人信息,表中却有个人信息列", "the catalogue says that the resource is about nobody, and the table has personal columns"),
        ABOUT_NOBODY("目录登记该资源为个人信息,表中却没有个人信息列", "the catalogue says that the resource is about people, and no column of the table says so"),
        NAME_TAKEN("该表名已用于另一资源", "a table of that name belongs to another resource"),
        NO_SUCCESSOR("与已批准的表不相容", "it does not follow the table that was approved"),
        SAME_PERSON("登记人不得审批自己的事项", "who declared it does not approve it"),
        NOT_THE_BUREAU("须由数据主管部门办理", "the data bureau does it"),
        DECIDED("已有决定", "it is decided already");

        private final String zh;
        private final String en;

        Refusal(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        public String zh() {
            return zh;
        }

        public String en() {
            return en;
        }
    }

    /** What came of a step. */
    public sealed interface Outcome {
        /** {@code already}: it stood before, so nothing was changed or logged. */
        record Done(boolean already) implements Outcome {}

        /** @param violations what of the declaration is in the way; empty: the refusal says it all */
        record Refused(Refusal refusal, List<Violation> violations) implements Outcome {
            public Refused {
                violations = List.copyOf(violations);
            }
        }
    }

    private static Outcome refused(Refusal refusal) {
        return new Outcome.Refused(refusal, List.of());
    }

    /** Takes in a declaration under an id its maker chose; nothing holds yet. */
    public Outcome declare(UUID id, TableDeclaration declaration, UUID by) {
        return database.inTransaction(t -> {
            Optional<Declared> before = t.find(BY_ID, TableDeclarations::read, id);
            if (before.isPresent()) {
                return same(before.get(), declaration, by) ? new Outcome.Done(true) : refused(Refusal.ID_TAKEN);
            }
            Optional<Outcome> unfit = unfit(t, declaration, by);
            if (unfit.isPresent()) {
                return unfit.get();
            }
            ResourceTable table = declaration.table();
            if (t.change(DECLARE, id, table.name(), table.resource(), declaration.toJson(), by, clock.instant()) == 0) {
                return same(t.find(BY_ID, TableDeclarations::read, id).orElseThrow(), declaration, by) ? new Outcome.Done(true) : refused(Refusal.ID_TAKEN);
            }
            AuditLog.append(t, clock, by, "resource-table.declare", "resource_table", id, Map.of("name", table.name(), "resource", table.resource()));
            return new Outcome.Done(false);
        });
    }

    private static boolean same(Declared before, TableDeclaration declaration, UUID by) {
        return before.declaredBy().equals(by) && before.declaration().equals(declaration);
    }

    /** What of a declaration does not go with the catalogue or with what was approved; empty: nothing. */
    private static Optional<Outcome> unfit(Transaction t, TableDeclaration declaration, UUID declaredBy) throws SQLException {
        ResourceTable table = declaration.table();
        Optional<Refusal> catalogue = t.find(MAY_DECLARE, row -> {
            boolean blocked = row.textOrNull("blocked_by") != null;
            boolean withdrawn = row.dayOrNull("withdrawn_on") != null;
            boolean people = table.columns().stream().anyMatch(TableDeclarations::isAboutPeople);
            DataResource.Kind kind = DataResource.Kind.valueOf(row.text("kind"));
            boolean mayBeAboutPeople = ABOUT_PEOPLE.contains(kind);
            return blocked ? Optional.of(Refusal.BLOCKED_BY_LAW)
                    : withdrawn ? Optional.of(Refusal.NOT_LISTED)
                    : people && !mayBeAboutPeople ? Optional.of(Refusal.NOT_ABOUT_PEOPLE)
                    : !people && mayBeAboutPeople && kind != DataResource.Kind.LEGAL_AND_PERSONAL ? Optional.of(Refusal.ABOUT_NOBODY)
                    : Optional.<Refusal>empty();
        }, table.resource(), declaredBy).orElse(Optional.of(Refusal.NOT_ITS_PROVIDER));
        if (catalogue.isPresent() && catalogue.get() != Refusal.ABOUT_NOBODY) {
            return catalogue.map(TableDeclarations::refused);
        }
        Optional<Declared> newest = t.find(NEWEST, TableDeclarations::read, table.name());
        ResourceTable approved = newest.map(each -> each.declaration().table()).orElse(null);
        if (approved != null && !approved.resource().equals(table.resource())) {
            return Optional.of(refused(Refusal.NAME_TAKEN));
        }
        if (catalogue.isPresent() || approved == null) {
            return catalogue.map(TableDeclarations::refused);
        }
        Faults faults = new Faults();
        TableDeclaration.checkFollows(approved, table, faults);
        return faults.isEmpty() ? Optional.empty() : Optional.of(new Outcome.Refused(Refusal.NO_SUCCESSOR, faults.list()));
    }

    private static boolean isAboutPeople(Column column) {
        return column.protection() == Protection.PERSONAL || column.protection() == Protection.SENSITIVE_PERSONAL;
    }

    /** The bureau decides; what is approved can be loaded from then on, on every node. */
    public Outcome decide(UUID id, boolean approved, String decision, UUID by) {
        try {
            return database.inTransaction(t -> {
                Optional<Declared> found = t.find(BY_ID, TableDeclarations::read, id);
                if (found.isEmpty()) {
                    return refused(Refusal.UNKNOWN);
                }
                if (!People.getIn(t, by).roles().contains(Role.REGULATOR)) {
                    return refused(Refusal.NOT_THE_BUREAU);
                }
                // Whoever decides about another declaration of this name waits, and then sees what came of this one.
                t.list(LOCK_NAME, row -> row.uuid("id"), found.get().declaration().table().name());
                Declared declared = t.find(BY_ID, TableDeclarations::read, id).orElseThrow();
                if (declared.approved() != null) {
                    return declared.approved() == approved && by.equals(declared.decidedBy()) && decision.equals(declared.decision())
                            ? new Outcome.Done(true) : refused(Refusal.DECIDED);
                }
                if (declared.declaredBy().equals(by)) {
                    return refused(Refusal.SAME_PERSON);
                }
                String name = declared.declaration().table().name();
                Integer revision = null;
                if (approved) {
                    Optional<Outcome> unfit = unfit(t, declared.declaration(), declared.declaredBy());
                    if (unfit.isPresent()) {
                        return unfit.get();
                    }
                    Integer newest = t.find(NEWEST, TableDeclarations::read, name).map(Declared::revision).orElse(0);
                    revision = newest + 1;
                }
                t.change(DECIDE, approved, revision, by, clock.instant(), decision, id);
                AuditLog.append(t, clock, by, approved ? "resource-table.approve" : "resource-table.refuse", "resource_table", id, Map.of("name", name));
                return new Outcome.Done(false);
            });
        } catch (DatabaseException e) {
            if (e.violates("resource_table_of_one_resource") || e.violates("resource_table_revision_unique")) {
                return refused(Refusal.NAME_TAKEN); // by another declaration, at the same moment
            }
            throw e;
        }
    }

    /** Of each name the newest revision that this version of the house can read; the log says once which it cannot. */
    @Override
    public List<ResourceTable> list() {
        try {
            Listed listed = Listed.of(database.inTransaction(t -> t.list(APPROVED, TableDeclarations::readOrName)));
            listed.unreadable().stream().filter(each -> named.add(each.id())).forEach(each ->
                    LOG.error("the declared table {} ({}) cannot be read by this version and is left out: {}", each.name(), each.id(), each.why()));
            Map<String, ResourceTable> newest = new LinkedHashMap<>();
            listed.declared().stream().map(each -> each.declaration().table()).forEach(table -> newest.putIfAbsent(table.name(), table));
            return List.copyOf(newest.values());
        } catch (DatabaseException away) {
            throw new DomainException(DomainException.Reason.UNAVAILABLE, "the declared tables cannot be read", away);
        }
    }

    /**
     * Declarations, those that wait first.
     *
     * @param resources of these resources; null: of all
     */
    public Listed list(@Nullable List<String> resources, int most) {
        return Listed.of(database.inTransaction(t -> t.list(ALL, TableDeclarations::readOrName, resources, resources, most)));
    }

    public Optional<Declared> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, TableDeclarations::read, id));
    }

    private static Stored readOrName(Row row) throws SQLException {
        Faults faults = new Faults();
        return TableDeclaration.read(row.text("definition"), faults) == null
                ? new Unreadable(row.uuid("id"), row.text("name"), row.text("resource_id"), faults.list().toString()) : read(row);
    }

    private static Declared read(Row row) throws SQLException {
        Faults faults = new Faults();
        TableDeclaration declaration = TableDeclaration.read(row.text("definition"), faults);
        if (declaration == null) {
            throw new IllegalStateException("the declared table " + row.uuid("id") + " cannot be read any more: " + faults.list());
        }
        String approved = row.textOrNull("approved");
        String revision = row.textOrNull("revision");
        return new Declared(row.uuid("id"), declaration, row.uuid("declared_by"), row.instant("declared_at"),
                approved == null ? null : approved.startsWith("t"), revision == null ? null : Integer.valueOf(revision), row.uuidOrNull("decided_by"),
                row.instantOrNull("decided_at"), row.textOrNull("decision"));
    }
}
