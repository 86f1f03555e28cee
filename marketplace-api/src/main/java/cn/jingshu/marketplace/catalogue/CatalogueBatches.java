package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.catalogue.DataResource.Kind;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Person;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the resource catalogue is changed: a provider's officer or the bureau drafts entries into a batch, hands it to review, and
 * another person of the bureau publishes it with the date from which it holds.
 */
@Singleton
public final class CatalogueBatches {
    /** Days begin where the city is. */
    public static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private static final int MOST_ENTRIES = 5_000;

    private static final String DRAFT = """
            INSERT INTO market.catalogue_batch (id, title_zh, title_en, applies_from, status, revision, drafted_by, drafted_at)
            VALUES (?, ?, ?, ?, 'DRAFT', 1, ?, ?)
            ON CONFLICT ON CONSTRAINT catalogue_batch_pk DO NOTHING
            """;
    private static final String RETITLE = """
            UPDATE market.catalogue_batch
               SET title_zh = ?, title_en = ?, applies_from = ?, revision = revision + 1
             WHERE id = ?
            """;
    private static final String TOUCH = """
            UPDATE market.catalogue_batch SET revision = revision + 1 WHERE id = ?
            """;
    private static final String SUBMIT = """
            UPDATE market.catalogue_batch
               SET status = 'SUBMITTED', submitted_by = ?, submitted_at = ?, revision = revision + 1
             WHERE id = ?
            """;
    private static final String GIVE_BACK = """
            UPDATE market.catalogue_batch
               SET status = 'RETURNED', decided_by = ?, decided_at = ?, ground = ?, revision = revision + 1
             WHERE id = ?
            """;
    /** Numbers are given one after the other: two publications at once would take the same. */
    private static final String LOCK_NUMBERS = """
            SELECT pg_advisory_xact_lock(110) AS locked
            """;
    private static final String PUBLISH = """
            UPDATE market.catalogue_batch
               SET status = 'PUBLISHED', decided_by = ?, decided_at = ?, ground = ?, revision = revision + 1,
                   number = (SELECT coalesce(max(number), 0) + 1 FROM market.catalogue_batch)
             WHERE id = ?
            """;
    private static final String BATCH = """
            SELECT id, number, title_zh, title_en, applies_from, status, revision, drafted_by, drafted_at, submitted_by, submitted_at,
                   decided_by, decided_at, ground, applied_at
              FROM market.catalogue_batch
             WHERE id = ?
            """;
    private static final String LOCKED_BATCH = """
            SELECT id, number, title_zh, title_en, applies_from, status, revision, drafted_by, drafted_at, submitted_by, submitted_at,
                   decided_by, decided_at, ground, applied_at
              FROM market.catalogue_batch
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String BATCHES = """
            SELECT id, number, title_zh, title_en, applies_from, status, revision, drafted_by, drafted_at, submitted_by, submitted_at,
                   decided_by, decided_at, ground, applied_at
              FROM market.catalogue_batch
             ORDER BY number DESC NULLS FIRST, drafted_at DESC, id
             LIMIT ?
            """;
    private static final String PUT_ENTRY = """
            INSERT INTO market.catalogue_entry
                   (batch_id, resource_id, withdrawn, base_batch_id, provider_code, name_zh, name_en, items, data_format,
                    update_cycle, update_frequency, sharing_attribute, sharing_basis, channels, conditions_zh, conditions_en,
                    classification, grade, grading_basis, origin, kind, blocked_by, law_record_id, assessment, reason, drafted_by,
                    drafted_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS jsonb), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT catalogue_entry_pk DO UPDATE
               SET withdrawn = excluded.withdrawn, base_batch_id = excluded.base_batch_id, provider_code = excluded.provider_code,
                   name_zh = excluded.name_zh, name_en = excluded.name_en, items = excluded.items,
                   data_format = excluded.data_format, update_cycle = excluded.update_cycle,
                   update_frequency = excluded.update_frequency, sharing_attribute = excluded.sharing_attribute,
                   sharing_basis = excluded.sharing_basis, channels = excluded.channels, conditions_zh = excluded.conditions_zh,
                   conditions_en = excluded.conditions_en, classification = excluded.classification, grade = excluded.grade,
                   grading_basis = excluded.grading_basis, origin = excluded.origin, kind = excluded.kind,
                   blocked_by = excluded.blocked_by, law_record_id = excluded.law_record_id, assessment = excluded.assessment,
                   reason = excluded.reason, drafted_by = excluded.drafted_by, drafted_at = excluded.drafted_at
            """;
    private static final String REMOVE_ENTRY = """
            DELETE FROM market.catalogue_entry WHERE batch_id = ? AND resource_id = ?
            """;
    private static final String ENTRIES = """
            SELECT e.resource_id, e.withdrawn, e.base_batch_id, e.provider_code, e.name_zh, e.name_en, e.items, e.data_format,
                   e.update_cycle, e.update_frequency, e.sharing_attribute, e.sharing_basis, e.channels, e.conditions_zh,
                   e.conditions_en, e.classification, e.grade, e.grading_basis, e.origin, e.kind, e.blocked_by, e.law_record_id,
                   e.assessment, e.reason, e.drafted_by, e.drafted_at, b.id AS batch_id, b.number, b.applies_from
              FROM market.catalogue_entry e
              JOIN market.catalogue_batch b ON b.id = e.batch_id
             WHERE e.batch_id = ?
            """;
    private static final String NEWEST = """
            SELECT e.resource_id, e.withdrawn, e.base_batch_id, e.provider_code, e.name_zh, e.name_en, e.items, e.data_format,
                   e.update_cycle, e.update_frequency, e.sharing_attribute, e.sharing_basis, e.channels, e.conditions_zh,
                   e.conditions_en, e.classification, e.grade, e.grading_basis, e.origin, e.kind, e.blocked_by, e.law_record_id,
                   e.assessment, e.reason, e.drafted_by, e.drafted_at, b.id AS batch_id, b.number, b.applies_from
              FROM market.catalogue_entry e
              JOIN market.catalogue_batch b ON b.id = e.batch_id
             WHERE e.resource_id = ? AND b.status = 'PUBLISHED'
             ORDER BY b.applies_from DESC, b.number DESC
             LIMIT 1
            """;
    private static final String OWN_PROVIDER = """
            SELECT 1 AS yes FROM market.data_provider WHERE code = ? AND organisation_id = ?
            """;
    private static final String PROVIDER = """
            SELECT 1 AS yes FROM market.data_provider WHERE code = ?
            """;
    private static final String BLOCKED_SINCE = """
            SELECT blocked_since FROM market.data_resource WHERE id = ?
            """;
    private static final String LAW = """
            SELECT id, resource_id, citation_zh, citation_en, in_force_from, source, recorded_by, confirmed_by
              FROM market.law_record
             WHERE id = ?
            """;
    private static final String GRANTS_IN_FORCE = """
            SELECT count(*) AS grants
              FROM market.provider_grant
             WHERE resource_id = ? AND withdrawn_at IS NULL AND ends_at > ?
            """;
    private static final String DUE = """
            SELECT id
              FROM market.catalogue_batch
             WHERE status = 'PUBLISHED' AND applied_at IS NULL AND applies_from <= ?
             ORDER BY applies_from, number
               FOR UPDATE
            """;
    private static final String APPLY = """
            INSERT INTO market.data_resource
                   (id, ordinal, provider_code, name_zh, name_en, update_cycle, kind, note, note_zh, blocked_by, blocked_since,
                    law_record_id, withdrawn_on)
            SELECT e.resource_id,
                   (SELECT coalesce(max(ordinal), 0) FROM market.data_resource) + row_number() OVER (ORDER BY e.drafted_at, e.resource_id),
                   e.provider_code, e.name_zh, e.name_en, e.update_cycle, e.kind, e.conditions_en, e.conditions_zh, e.blocked_by,
                   CASE WHEN e.blocked_by IS NOT NULL THEN b.applies_from END, e.law_record_id,
                   CASE WHEN e.withdrawn THEN b.applies_from END
              FROM market.catalogue_entry e
              JOIN market.catalogue_batch b ON b.id = e.batch_id
             WHERE b.id = ?
            ON CONFLICT ON CONSTRAINT data_resource_pk DO UPDATE
               SET provider_code = excluded.provider_code, name_zh = excluded.name_zh, name_en = excluded.name_en,
                   update_cycle = excluded.update_cycle, kind = excluded.kind, note = excluded.note, note_zh = excluded.note_zh,
                   blocked_by = excluded.blocked_by, law_record_id = excluded.law_record_id, withdrawn_on = excluded.withdrawn_on,
                   blocked_since = coalesce(market.data_resource.blocked_since, excluded.blocked_since)
            """;
    private static final String APPLIED = """
            UPDATE market.catalogue_batch SET applied_at = ? WHERE id = ?
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Database database;
    private final Clock clock;

    public CatalogueBatches(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** The answer to a step. */
    public sealed interface Outcome {
        /** It stands as asked for; {@code already}: it did before, so nothing was changed or logged. */
        record Done(boolean already) implements Outcome {}

        /** @param detail the values that break the rule; empty: the rule says it all */
        record Refused(Fault fault, String detail) implements Outcome {}
    }

    /** Why a step is refused; stable text. */
    public enum Fault {
        UNKNOWN("批次或资源不存在", "there is no such batch or resource"),
        ID_TAKEN("该编号已用于其他批次", "the id is that of another batch"),
        NOT_YOURS("只能编制本单位的资源目录", "an officer compiles the catalogue of their own provider alone"),
        NOT_OPEN("批次已提交或已发布,不能再修改", "the batch is under review or published and changes no more"),
        NOT_SUBMITTED("批次尚未提交审核", "the batch waits for no review"),
        EMPTY("批次没有条目", "the batch has no entries"),
        TOO_MANY("批次条目过多", "the batch has too many entries"),
        INCOMPLETE("须填写《政务数据共享条例》第十三条的全部内容及评估审批依据",
                "all fields of Art. 13 and the assessments with their approval are needed"),
        NO_CHANGE("与现行版本相同", "nothing differs from the version there is"),
        NOT_SIGNED_BY_TWO("须由市数据局另一人审核发布", "another person of the bureau publishes it"),
        RETROACTIVE("生效日期不得早于发布之日或现行版本的生效日期", "it holds neither before its publication nor before the version it changes"),
        CHANGED_MEANWHILE("起草后该资源已有新版本,请重新编制", "the resource has a newer version than the one that was edited"),
        BLOCKED_BY_LAW("法律禁止提供该资源:须先登记并确认新的法律依据", "the law forbids supplying it: a newer law has to be recorded and confirmed first"),
        STAYS_LISTED("法律禁止提供的资源须保留在目录中", "what the law blocks stays listed"),
        NOT_LISTED("该资源不在目录中", "the resource is not listed"),
        GRANTS_IN_FORCE("仍有生效的授权,须先撤回", "grants are in force: they are withdrawn first");

        private final String zh;
        private final String en;

        Fault(String zh, String en) {
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

    private static Outcome refused(Fault fault, String detail) {
        return new Outcome.Refused(fault, detail);
    }

    /** Begins a batch under an id of the caller's own, or gives an open one another title or date. */
    public Outcome draft(UUID id, String titleZh, String titleEn, LocalDate appliesFrom, UUID by) {
        return database.inTransaction(t -> {
            Person person = People.getIn(t, by);
            if (!mayDraft(person)) {
                return refused(Fault.NOT_YOURS, "");
            }
            if (t.change(DRAFT, id, titleZh, titleEn, appliesFrom, by, clock.instant()) == 1) {
                AuditLog.append(t, clock, by, "catalogue.draft", "catalogue_batch", id, Map.of("from", appliesFrom.toString()));
                return new Outcome.Done(false);
            }
            CatalogueBatch batch = getLocked(t, id);
            if (batch.titleZh().equals(titleZh) && batch.titleEn().equals(titleEn) && batch.appliesFrom().equals(appliesFrom)) {
                return new Outcome.Done(true);
            }
            if (!mayEdit(t, person, batch)) {
                return refused(Fault.ID_TAKEN, "");
            }
            if (!batch.isOpen()) {
                return refused(Fault.NOT_OPEN, "");
            }
            t.change(RETITLE, titleZh, titleEn, appliesFrom, id);
            AuditLog.append(t, clock, by, "catalogue.retitle", "catalogue_batch", id, Map.of("from", appliesFrom.toString()));
            return new Outcome.Done(false);
        });
    }

    private static boolean mayDraft(Person person) {
        return person.roles().contains(Role.REGULATOR) || person.roles().contains(Role.PROVIDER_OFFICER);
    }

    /** The bureau edits every batch; a provider's officer those of their own organisation and those the bureau has begun. */
    private static boolean mayEdit(Transaction t, Person person, CatalogueBatch batch) throws SQLException {
        if (person.roles().contains(Role.REGULATOR)) {
            return true;
        }
        if (!person.roles().contains(Role.PROVIDER_OFFICER) || batch.draftedBy() == null) {
            return false;
        }
        Person drafter = People.getIn(t, batch.draftedBy());
        return drafter.organisationId().equals(person.organisationId()) || drafter.roles().contains(Role.REGULATOR);
    }

    private static boolean mayEnter(Transaction t, Person person, String provider) throws SQLException {
        return person.roles().contains(Role.REGULATOR)
                || t.find(OWN_PROVIDER, row -> row.integer("yes"), provider, person.organisationId()).isPresent();
    }

    /**
     * Enters a resource, new or changed, into an open batch; what the batch said of it before is replaced.
     *
     * @param reason why; for a change, which legal or other change it follows (Art. 17)
     */
    public Outcome enter(UUID batchId, ResourceEntry entry, String reason, UUID by) {
        return edit(batchId, by, (t, person, batch) -> {
            if (t.find(PROVIDER, row -> row.integer("yes"), entry.provider()).isEmpty()) {
                return refused(Fault.UNKNOWN, entry.provider());
            }
            if (!mayEnter(t, person, entry.provider())) {
                return refused(Fault.NOT_YOURS, entry.provider());
            }
            if (!entry.isWhole()) {
                return refused(Fault.INCOMPLETE, entry.id());
            }
            Optional<ResourceVersion> base = newest(t, entry.id());
            if (base.isPresent() && !base.get().withdrawn() && base.get().entry().equals(entry)) {
                return refused(Fault.NO_CHANGE, entry.id());
            }
            if (base.isPresent() && base.get().entry().kind() == Kind.BLOCKED && entry.kind() != Kind.BLOCKED
                    && entry.lawRecord() == null) {
                return refused(Fault.BLOCKED_BY_LAW, entry.id());
            }
            if (listedIn(t, batchId).stream().filter(each -> !each.entry().id().equals(entry.id())).count() >= MOST_ENTRIES) {
                return refused(Fault.TOO_MANY, "at most " + MOST_ENTRIES);
            }
            put(t, batchId, entry, false, base.map(ResourceVersion::batch).orElse(null), reason, by);
            AuditLog.append(t, clock, by, "catalogue.enter", "catalogue_batch", batchId,
                    Map.of("resource", entry.id(), "reason", reason));
            return new Outcome.Done(false);
        });
    }

    /** Takes a listed resource off the catalogue from the batch's date on; it stays on record with its history. */
    public Outcome withdraw(UUID batchId, String resource, String reason, UUID by) {
        return edit(batchId, by, (t, person, batch) -> {
            Optional<ResourceVersion> base = ResourceEntry.isId(resource)
                    ? newest(t, resource).filter(each -> !each.withdrawn()) : Optional.empty();
            if (base.isEmpty()) {
                return refused(Fault.NOT_LISTED, resource);
            }
            if (!mayEnter(t, person, base.get().entry().provider())) {
                return refused(Fault.NOT_YOURS, base.get().entry().provider());
            }
            if (base.get().entry().kind() == Kind.BLOCKED) {
                return refused(Fault.STAYS_LISTED, resource);
            }
            put(t, batchId, base.get().entry(), true, base.get().batch(), reason, by);
            AuditLog.append(t, clock, by, "catalogue.withdraw", "catalogue_batch", batchId,
                    Map.of("resource", resource, "reason", reason));
            return new Outcome.Done(false);
        });
    }

    /** Takes what an open batch says of a resource out of it again. */
    public Outcome remove(UUID batchId, String resource, UUID by) {
        return edit(batchId, by, (t, person, batch) -> {
            Optional<ResourceVersion> entered = listedIn(t, batchId).stream()
                    .filter(each -> each.entry().id().equals(resource)).findFirst();
            if (entered.isEmpty()) {
                return new Outcome.Done(true);
            }
            if (!mayEnter(t, person, entered.get().entry().provider())) {
                return refused(Fault.NOT_YOURS, entered.get().entry().provider());
            }
            t.change(REMOVE_ENTRY, batchId, resource);
            AuditLog.append(t, clock, by, "catalogue.remove", "catalogue_batch", batchId, Map.of("resource", resource));
            return new Outcome.Done(false);
        });
    }

    private interface Edit {
        Outcome in(Transaction t, Person person, CatalogueBatch batch) throws SQLException;
    }

    private Outcome edit(UUID batchId, UUID by, Edit edit) {
        return database.inTransaction(t -> {
            Person person = People.getIn(t, by);
            Optional<CatalogueBatch> batch = locked(t, batchId);
            if (batch.isEmpty()) {
                return refused(Fault.UNKNOWN, "");
            }
            if (!mayEdit(t, person, batch.get())) {
                return refused(Fault.NOT_YOURS, "");
            }
            if (!batch.get().isOpen()) {
                return refused(Fault.NOT_OPEN, "");
            }
            Outcome outcome = edit.in(t, person, batch.get());
            if (outcome instanceof Outcome.Done(var already) && !already) {
                t.change(TOUCH, batchId);
            }
            return outcome;
        });
    }

    private void put(Transaction t, UUID batchId, ResourceEntry e, boolean withdrawn, @Nullable UUID base, String reason, UUID by)
            throws SQLException {
        t.change(PUT_ENTRY, batchId, e.id(), withdrawn, base, e.provider(), e.nameZh(), e.nameEn(), json(e.items()), e.format(),
                e.updateCycle(), e.updateFrequency(), e.sharingAttribute(), e.sharingBasis(), e.channels().stream().sorted().toList(),
                e.conditionsZh(), e.conditionsEn(), e.classification(), e.grade(), e.gradingBasis(), e.origin(), e.kind(),
                e.blockedBy(), e.lawRecord(), e.assessment(), reason, by, clock.instant());
    }

    private static String json(List<ResourceEntry.Item> items) {
        try {
            return JSON.writeValueAsString(items);
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("data items cannot be written", broken);
        }
    }

    /** Hands an open batch to review. */
    public Outcome submit(UUID batchId, UUID by) {
        return database.inTransaction(t -> {
            Person person = People.getIn(t, by);
            Optional<CatalogueBatch> batch = locked(t, batchId);
            if (batch.isEmpty()) {
                return refused(Fault.UNKNOWN, "");
            }
            if (!mayEdit(t, person, batch.get())) {
                return refused(Fault.NOT_YOURS, "");
            }
            if (batch.get().status() == CatalogueBatch.Status.SUBMITTED) {
                return new Outcome.Done(true);
            }
            if (!batch.get().isOpen()) {
                return refused(Fault.NOT_OPEN, "");
            }
            List<ResourceVersion> entries = listedIn(t, batchId);
            if (entries.isEmpty()) {
                return refused(Fault.EMPTY, "");
            }
            Optional<Outcome> objection = objection(t, batch.get(), entries);
            if (objection.isPresent()) {
                return objection.get();
            }
            t.change(SUBMIT, by, clock.instant(), batchId);
            AuditLog.append(t, clock, by, "catalogue.submit", "catalogue_batch", batchId,
                    Map.of("entries", Integer.toString(entries.size())));
            return new Outcome.Done(false);
        });
    }

    /**
     * Publishes what was submitted: another person of the bureau than any who drafted or submitted it.
     *
     * @param citation the document the publication rests on
     */
    public Outcome publish(UUID batchId, UUID by, String citation) {
        return publish(batchId, by, citation, null);
    }

    /**
     * The same, of what was read.
     *
     * @param seen the revision that was read; null: whatever it is now
     */
    public Outcome publish(UUID batchId, UUID by, String citation, @Nullable Integer seen) {
        return database.inTransaction(t -> {
            Person person = People.getIn(t, by);
            Optional<CatalogueBatch> found = locked(t, batchId);
            if (found.isEmpty()) {
                return refused(Fault.UNKNOWN, "");
            }
            CatalogueBatch batch = found.get();
            if (batch.status() == CatalogueBatch.Status.PUBLISHED && by.equals(batch.decidedBy())) {
                return new Outcome.Done(true);
            }
            if (batch.status() != CatalogueBatch.Status.SUBMITTED) {
                return refused(Fault.NOT_SUBMITTED, "");
            }
            if (seen != null && seen != batch.revision()) {
                return refused(Fault.CHANGED_MEANWHILE, "");
            }
            List<ResourceVersion> entries = listedIn(t, batchId);
            if (!person.roles().contains(Role.REGULATOR) || authors(batch, entries).contains(by)) {
                return refused(Fault.NOT_SIGNED_BY_TWO, "");
            }
            t.list(LOCK_NUMBERS, _ -> true);
            Optional<Outcome> objection = objection(t, batch, entries);
            if (objection.isPresent()) {
                return objection.get();
            }
            t.change(PUBLISH, by, clock.instant(), citation, batchId);
            AuditLog.append(t, clock, by, "catalogue.publish", "catalogue_batch", batchId, Map.of("citation", citation,
                    "from", batch.appliesFrom().toString(), "entries", Integer.toString(entries.size())));
            applyDue(t);
            return new Outcome.Done(false);
        });
    }

    /** Everybody who wrote a part of a batch; none of them publishes it. */
    public static Set<UUID> authors(CatalogueBatch batch, List<ResourceVersion> entries) {
        Set<UUID> authors = new LinkedHashSet<>();
        entries.forEach(each -> {
            if (each.draftedBy() != null) {
                authors.add(each.draftedBy());
            }
        });
        if (batch.draftedBy() != null) {
            authors.add(batch.draftedBy());
        }
        if (batch.submittedBy() != null) {
            authors.add(batch.submittedBy());
        }
        return authors;
    }

    /** Gives a submitted batch back to those who drafted it. */
    public Outcome giveBack(UUID batchId, UUID by, String reason) {
        return database.inTransaction(t -> {
            Optional<CatalogueBatch> batch = locked(t, batchId);
            if (batch.isEmpty()) {
                return refused(Fault.UNKNOWN, "");
            }
            if (!People.getIn(t, by).roles().contains(Role.REGULATOR)) {
                return refused(Fault.NOT_SIGNED_BY_TWO, "");
            }
            if (batch.get().status() != CatalogueBatch.Status.SUBMITTED) {
                return refused(Fault.NOT_SUBMITTED, "");
            }
            t.change(GIVE_BACK, by, clock.instant(), reason, batchId);
            AuditLog.append(t, clock, by, "catalogue.return", "catalogue_batch", batchId, Map.of("reason", reason));
            return new Outcome.Done(false);
        });
    }

    private Optional<Outcome> objection(Transaction t, CatalogueBatch batch, List<ResourceVersion> entries) throws SQLException {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZONE);
        if (batch.appliesFrom().isBefore(today)) {
            return Optional.of(refused(Fault.RETROACTIVE, batch.appliesFrom().toString()));
        }
        for (ResourceVersion each : entries) {
            Optional<ResourceVersion> newest = newest(t, each.entry().id());
            UUID newestBatch = newest.map(ResourceVersion::batch).orElse(null);
            if (newestBatch == null ? each.base() != null : !newestBatch.equals(each.base())) {
                return Optional.of(refused(Fault.CHANGED_MEANWHILE, each.entry().id()));
            }
            if (newest.isPresent()) {
                Optional<Outcome> objection = objection(t, batch, each, newest.get());
                if (objection.isPresent()) {
                    return objection;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Outcome> objection(Transaction t, CatalogueBatch batch, ResourceVersion entered, ResourceVersion base)
            throws SQLException {
        String id = entered.entry().id();
        if (batch.appliesFrom().isBefore(base.appliesFrom())) {
            return Optional.of(refused(Fault.RETROACTIVE, id + " " + base.appliesFrom()));
        }
        if (entered.withdrawn()) {
            int grants = t.find(GRANTS_IN_FORCE, row -> row.integer("grants"), id, batch.appliesFrom().atStartOfDay(ZONE).toInstant())
                    .orElse(0);
            if (grants > 0) {
                return Optional.of(refused(Fault.GRANTS_IN_FORCE, id + ": " + grants));
            }
        }
        if (base.entry().kind() == Kind.BLOCKED && entered.entry().kind() != Kind.BLOCKED && !opened(t, batch, entered, base)) {
            return Optional.of(refused(Fault.BLOCKED_BY_LAW, id));
        }
        return Optional.empty();
    }

    /** Whether a law newer than the one that blocks is recorded, confirmed and in force when the batch applies. */
    private static boolean opened(Transaction t, CatalogueBatch batch, ResourceVersion entered, ResourceVersion base) throws SQLException {
        UUID law = entered.entry().lawRecord();
        if (law == null) {
            return false;
        }
        LocalDate since = t.list(BLOCKED_SINCE, row -> Optional.ofNullable(row.dayOrNull("blocked_since")), entered.entry().id())
                .stream().flatMap(Optional::stream).findFirst().orElse(base.appliesFrom());
        return t.find(LAW, LawRecords::read, law)
                .filter(each -> each.resource().equals(entered.entry().id()) && each.confirmedBy() != null
                        && each.inForceFrom().isAfter(since) && !each.inForceFrom().isAfter(batch.appliesFrom()))
                .isPresent();
    }

    /** Makes every published batch whose day has come what the gate reads; batches applied. Safe on all nodes at once. */
    public int applyDue() {
        return database.inTransaction(this::applyDue);
    }

    private int applyDue(Transaction t) throws SQLException {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZONE);
        List<UUID> due = t.list(DUE, row -> row.uuid("id"), today);
        for (UUID batch : due) {
            t.change(APPLY, batch);
            t.change(APPLIED, clock.instant(), batch);
            AuditLog.append(t, clock, null, "catalogue.apply", "catalogue_batch", batch, Map.of("day", today.toString()));
        }
        return due.size();
    }

    public Optional<CatalogueBatch> find(UUID id) {
        return database.inTransaction(t -> t.find(BATCH, CatalogueBatches::readBatch, id));
    }

    /** What a batch says, in the catalogue's order. */
    public List<ResourceVersion> entriesOf(UUID id) {
        return database.inTransaction(t -> listedIn(t, id));
    }

    /** At most {@code most} batches: open ones first, then the newest. */
    public List<CatalogueBatch> list(int most) {
        return database.inTransaction(t -> t.list(BATCHES, CatalogueBatches::readBatch, most));
    }

    /** The newest published version of a resource, whether it applies already or not. */
    public Optional<ResourceVersion> findNewest(String resource) {
        return database.inTransaction(t -> newest(t, resource));
    }

    private static Optional<ResourceVersion> newest(Transaction t, String resource) throws SQLException {
        return t.find(NEWEST, CatalogueBatches::readVersion, resource);
    }

    private static List<ResourceVersion> listedIn(Transaction t, UUID batch) throws SQLException {
        List<ResourceVersion> entries = new ArrayList<>(t.list(ENTRIES, CatalogueBatches::readVersion, batch));
        entries.sort(ResourceCatalogue.ORDER);
        return List.copyOf(entries);
    }

    private static Optional<CatalogueBatch> locked(Transaction t, UUID id) throws SQLException {
        return t.find(LOCKED_BATCH, CatalogueBatches::readBatch, id);
    }

    private static CatalogueBatch getLocked(Transaction t, UUID id) throws SQLException {
        return locked(t, id).orElseThrow(() -> new IllegalStateException("catalogue batch " + id + " has vanished"));
    }

    private static CatalogueBatch readBatch(Row row) throws SQLException {
        int number = row.integer("number");
        return new CatalogueBatch(row.uuid("id"), number == 0 ? null : number, row.text("title_zh"), row.text("title_en"),
                row.day("applies_from"), row.constant("status", CatalogueBatch.Status.class), row.integer("revision"), row.uuidOrNull("drafted_by"),
                row.instant("drafted_at"), row.uuidOrNull("submitted_by"), row.instantOrNull("submitted_at"),
                row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"), row.textOrNull("ground"), row.instantOrNull("applied_at"));
    }

    static ResourceVersion readVersion(Row row) throws SQLException {
        int number = row.integer("number");
        String sharing = row.textOrNull("sharing_attribute");
        ResourceEntry entry = new ResourceEntry(row.text("resource_id"), row.text("provider_code"), row.text("name_zh"),
                row.text("name_en"), items(row.text("items")), row.textOrNull("data_format"),
                row.constant("update_cycle", DataResource.UpdateCycle.class), row.textOrNull("update_frequency"),
                sharing == null ? null : ResourceEntry.Sharing.valueOf(sharing), row.textOrNull("sharing_basis"),
                row.texts("channels").stream().map(ResourceEntry.Channel::valueOf).collect(Collectors.toUnmodifiableSet()),
                row.textOrNull("conditions_zh"), row.textOrNull("conditions_en"), row.text("classification"),
                row.constant("grade", ResourceEntry.Grade.class), row.text("grading_basis"),
                row.constant("origin", ResourceEntry.Origin.class), row.constant("kind", Kind.class), row.textOrNull("blocked_by"),
                row.uuidOrNull("law_record_id"), row.textOrNull("assessment"));
        return new ResourceVersion(entry, row.uuid("batch_id"), number == 0 ? null : number, row.day("applies_from"),
                row.flag("withdrawn"), row.uuidOrNull("base_batch_id"), row.text("reason"), row.uuidOrNull("drafted_by"),
                row.instant("drafted_at"));
    }

    private static List<ResourceEntry.Item> items(String json) {
        try {
            List<Map<String, String>> items = JSON.readValue(json, new TypeReference<>() {});
            return items.stream()
                    .map(each -> new ResourceEntry.Item(each.getOrDefault("code", ""), each.getOrDefault("zh", ""), each.getOrDefault("en", "")))
                    .toList();
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("data items cannot be read", broken);
        }
    }
}
