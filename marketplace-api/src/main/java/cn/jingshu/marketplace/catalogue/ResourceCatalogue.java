package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.store.Database;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The resource catalogue (数据资源目录) as it stands or stood on any day: the city's one account of its data resources. */
@Singleton
public final class ResourceCatalogue {
    private static final Pattern NUMBERS = Pattern.compile("\\d+");

    /** The order of the plan: by provider, then number, so that A2.10 comes after A2.9. */
    public static final Comparator<ResourceVersion> ORDER = Comparator.comparing(version -> version.entry().id(), ResourceCatalogue::compareIds);

    private static final String AT = """
            SELECT DISTINCT ON (e.resource_id)
                   e.resource_id, e.withdrawn, e.base_batch_id, e.provider_code, e.name_zh, e.name_en, e.items, e.data_format,
                   e.update_cycle, e.update_frequency, e.sharing_attribute, e.sharing_basis, e.channels, e.conditions_zh,
                   e.conditions_en, e.classification, e.grade, e.grading_basis, e.origin, e.kind, e.blocked_by, e.law_record_id,
                   e.assessment, e.reason, e.drafted_by, e.drafted_at, b.id AS batch_id, b.number, b.applies_from
              FROM market.catalogue_entry e
              JOIN market.catalogue_batch b ON b.id = e.batch_id
             WHERE b.status = 'PUBLISHED' AND b.applies_from <= ?
             ORDER BY e.resource_id, b.applies_from DESC, b.number DESC
            """;
    private static final String VERSIONS = """
            SELECT e.resource_id, e.withdrawn, e.base_batch_id, e.provider_code, e.name_zh, e.name_en, e.items, e.data_format,
                   e.update_cycle, e.update_frequency, e.sharing_attribute, e.sharing_basis, e.channels, e.conditions_zh,
                   e.conditions_en, e.classification, e.grade, e.grading_basis, e.origin, e.kind, e.blocked_by, e.law_record_id,
                   e.assessment, e.reason, e.drafted_by, e.drafted_at, b.id AS batch_id, b.number, b.applies_from
              FROM market.catalogue_entry e
              JOIN market.catalogue_batch b ON b.id = e.batch_id
             WHERE e.resource_id = ? AND b.status = 'PUBLISHED'
             ORDER BY b.applies_from DESC, b.number DESC
            """;

    private static final String ALL_VERSIONS = """
            SELECT e.resource_id, e.withdrawn, e.base_batch_id, e.provider_code, e.name_zh, e.name_en, e.items, e.data_format,
                   e.update_cycle, e.update_frequency, e.sharing_attribute, e.sharing_basis, e.channels, e.conditions_zh,
                   e.conditions_en, e.classification, e.grade, e.grading_basis, e.origin, e.kind, e.blocked_by, e.law_record_id,
                   e.assessment, e.reason, e.drafted_by, e.drafted_at, b.id AS batch_id, b.number, b.applies_from
              FROM market.catalogue_entry e
              JOIN market.catalogue_batch b ON b.id = e.batch_id
             WHERE b.status = 'PUBLISHED'
             ORDER BY e.resource_id, b.applies_from, b.number
            """;

    private final Database database;
    private final Clock clock;

    public ResourceCatalogue(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Today where the city is. */
    public LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), CatalogueBatches.ZONE);
    }

    /** What is listed on {@code day}, blocked resources included, in the plan's order. */
    public List<ResourceVersion> listAt(LocalDate day) {
        List<ResourceVersion> listed = new ArrayList<>(database.inTransaction(t -> t.list(AT, CatalogueBatches::readVersion, day)));
        listed.removeIf(ResourceVersion::withdrawn);
        listed.sort(ORDER);
        return List.copyOf(listed);
    }

    /** What the catalogue says of one resource on {@code day}; empty: it is not listed then. */
    public Optional<ResourceVersion> findAt(String id, LocalDate day) {
        return versionsOf(id).stream()
                .filter(each -> !each.appliesFrom().isAfter(day))
                .findFirst()
                .filter(each -> !each.withdrawn());
    }

    /** Every published version of a resource, the newest first; those that do not apply yet included. */
    public List<ResourceVersion> versionsOf(String id) {
        return ResourceEntry.isId(id) ? database.inTransaction(t -> t.list(VERSIONS, CatalogueBatches::readVersion, id)) : List.of();
    }

    /** Every published version of every resource. */
    public List<ResourceVersion> listAllVersions() {
        return database.inTransaction(t -> t.list(ALL_VERSIONS, CatalogueBatches::readVersion));
    }

    /** What happened to a resource between two days. */
    public enum Happened {
        ADDED,
        CHANGED,
        WITHDRAWN
    }

    /** One field that differs; empty text: not stated. */
    public record FieldChange(String field, String before, String after) {}

    /**
     * What happened to one resource.
     *
     * @param version what is said of it now; of a withdrawn resource, what was said last
     * @param fields what differs, for {@link Happened#CHANGED} alone
     */
    public record Difference(Happened happened, ResourceVersion version, List<FieldChange> fields) {
        public Difference {
            fields = List.copyOf(fields);
        }
    }

    /** How the catalogue of {@code to} differs from that of {@code from}, in the plan's order. */
    public List<Difference> differences(LocalDate from, LocalDate to) {
        return differences(listAt(from), listAt(to));
    }

    static List<Difference> differences(List<ResourceVersion> before, List<ResourceVersion> after) {
        Map<String, ResourceVersion> old = byId(before);
        Map<String, ResourceVersion> now = byId(after);
        Set<String> ids = new TreeSet<>(ResourceCatalogue::compareIds);
        ids.addAll(old.keySet());
        ids.addAll(now.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String id : ids) {
            ResourceVersion was = old.get(id);
            ResourceVersion is = now.get(id);
            if (was == null && is != null) {
                differences.add(new Difference(Happened.ADDED, is, List.of()));
            } else if (was != null && is == null) {
                differences.add(new Difference(Happened.WITHDRAWN, was, List.of()));
            } else if (was != null && is != null) {
                List<FieldChange> fields = fieldsChanged(was.entry(), is.entry());
                if (!fields.isEmpty()) {
                    differences.add(new Difference(Happened.CHANGED, is, fields));
                }
            }
        }
        return List.copyOf(differences);
    }

    /** The fields in which two versions of a resource differ. */
    public static List<FieldChange> fieldsChanged(ResourceEntry before, ResourceEntry after) {
        Map<String, String> now = after.fields();
        List<FieldChange> changed = new ArrayList<>();
        before.fields().forEach((field, was) -> {
            String is = now.getOrDefault(field, "");
            if (!was.equals(is)) {
                changed.add(new FieldChange(field, was, is));
            }
        });
        return List.copyOf(changed);
    }

    private static Map<String, ResourceVersion> byId(List<ResourceVersion> versions) {
        Map<String, ResourceVersion> byId = new LinkedHashMap<>();
        versions.forEach(each -> byId.put(each.entry().id(), each));
        return byId;
    }

    /** Compares ids number by number: {@code A2.9.1} before {@code A2.10.1}. */
    static int compareIds(String one, String other) {
        return padded(one).compareTo(padded(other));
    }

    private static String padded(String id) {
        return NUMBERS.matcher(id).replaceAll(number -> Matcher.quoteReplacement("0".repeat(Math.max(0, 4 - number.group().length())) + number.group()));
    }
}
