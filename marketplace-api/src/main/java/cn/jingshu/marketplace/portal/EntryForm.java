package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.DataResource;
import cn.jingshu.marketplace.catalogue.ResourceEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A catalogue entry as it is typed into a form, read field by field so that each mistake stands beside its field. */
final class EntryForm {
    /** The tick of a way of supply is called this and the constant. */
    static final String CHANNEL = "channel-";

    private static final Pattern BAR = Pattern.compile("\\s*[|｜]\\s*");
    private static final int TEXT_MAX = 2_000;

    private final Posted posted;
    private final Map<String, Bilingual> wrong = new LinkedHashMap<>();

    private EntryForm(Posted posted) {
        this.posted = posted;
    }

    /** What was read. */
    sealed interface Read {
        record Entry(ResourceEntry entry) implements Read {}

        record Wrong(Map<String, Bilingual> errors) implements Read {}
    }

    static Read read(Posted posted) {
        return new EntryForm(posted).read();
    }

    private Read read() {
        String id = posted.text("resource");
        String provider = needed("provider");
        if (!ResourceEntry.isId(id)) {
            wrong.put("resource", new Bilingual("编号形如 A2.8.9:提供单位代码加序号", "an id looks like A2.8.9: the provider's code and a number"));
        } else if (!id.startsWith(provider + ".")) {
            wrong.put("resource", new Bilingual("编号须以提供单位代码 " + provider + ". 开头", "the id begins with the provider's code " + provider + "."));
        }
        String nameZh = needed("nameZh");
        String nameEn = needed("nameEn");
        List<ResourceEntry.Item> items = items();
        String format = needed("format");
        Optional<DataResource.UpdateCycle> cycle = chosen("updateCycle", DataResource.UpdateCycle.class);
        String frequency = optional("updateFrequency");
        Optional<ResourceEntry.Sharing> sharing = chosen("sharingAttribute", ResourceEntry.Sharing.class);
        String sharingBasis = optional("sharingBasis");
        if (sharing.isPresent() && (sharing.get() == ResourceEntry.Sharing.NOT_SHARED) != (sharingBasis != null)) {
            wrong.putIfAbsent("sharingBasis", new Bilingual("不予共享的须写明法律依据;其他情形不填", "a citation for what is not shared, and for nothing else"));
        }
        Set<ResourceEntry.Channel> channels = Arrays.stream(ResourceEntry.Channel.values())
                .filter(each -> !posted.text(CHANNEL + each.name()).isEmpty()).collect(Collectors.toUnmodifiableSet());
        if (channels.isEmpty()) {
            wrong.put(CHANNEL + ResourceEntry.Channel.API.name(), new Bilingual("至少选择一种共享方式", "at least one way of supply"));
        }
        String conditionsZh = optional("conditionsZh");
        String conditionsEn = optional("conditionsEn");
        String classification = needed("classification");
        Optional<ResourceEntry.Grade> grade = chosen("grade", ResourceEntry.Grade.class);
        String gradingBasis = needed("gradingBasis");
        Optional<ResourceEntry.Origin> origin = chosen("origin", ResourceEntry.Origin.class);
        Optional<DataResource.Kind> kind = chosen("kind", DataResource.Kind.class);
        String blockedBy = optional("blockedBy");
        if (kind.isPresent() && (kind.get() == DataResource.Kind.BLOCKED) != (blockedBy != null)) {
            wrong.putIfAbsent("blockedBy", new Bilingual("法律禁止提供的须写明依据;其他情形不填", "a citation for what the law blocks, and for nothing else"));
        }
        UUID law = law();
        String assessment = needed("assessment");
        if (!wrong.isEmpty() || cycle.isEmpty() || grade.isEmpty() || origin.isEmpty() || kind.isEmpty()) {
            return new Read.Wrong(wrong);
        }
        try {
            return new Read.Entry(new ResourceEntry(id, provider, nameZh, nameEn, items, format, cycle.get(), frequency, sharing.orElse(null),
                    sharingBasis, channels, conditionsZh, conditionsEn, classification, grade.get(), gradingBasis, origin.get(), kind.get(), blockedBy,
                    law, assessment));
        } catch (IllegalArgumentException rule) {
            // A rule that no field above stands for.
            String message = String.valueOf(rule.getMessage());
            return new Read.Wrong(Map.of("resource", new Bilingual("条目不符合目录规则:" + message, message)));
        }
    }

    private String needed(String field) {
        String text = posted.text(field);
        if (text.isEmpty() || text.length() > TEXT_MAX) {
            wrong.put(field, new Bilingual("须填写,最多 " + TEXT_MAX + " 字", "it is needed, of " + TEXT_MAX + " characters at most"));
        }
        return text;
    }

    private @Nullable String optional(String field) {
        String text = posted.text(field);
        if (text.length() > TEXT_MAX) {
            wrong.put(field, new Bilingual("最多 " + TEXT_MAX + " 字", TEXT_MAX + " characters at most"));
        }
        return text.isEmpty() ? null : text;
    }

    private <E extends Enum<E>> Optional<E> chosen(String field, Class<E> type) {
        Optional<E> chosen = Arrays.stream(type.getEnumConstants()).filter(each -> each.name().equals(posted.text(field))).findFirst();
        if (chosen.isEmpty()) {
            wrong.put(field, new Bilingual("请选择", "choose one"));
        }
        return chosen;
    }

    private @Nullable UUID law() {
        String text = posted.text("lawRecord");
        if (text.isEmpty()) {
            return null;
        }
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException noId) {
            wrong.put("lawRecord", new Bilingual("须为法律记录的编号", "the id of a law record"));
            return null;
        }
    }

    /** A data item a line: {@code code | 中文名 | English name}. */
    private List<ResourceEntry.Item> items() {
        List<ResourceEntry.Item> items = new ArrayList<>();
        Set<String> codes = new HashSet<>();
        List<String> lines = posted.text("items").lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty()) {
                continue;
            }
            String[] parts = BAR.split(line, -1);
            if (parts.length != 3 || Arrays.stream(parts).anyMatch(String::isBlank) || line.length() > TEXT_MAX) {
                wrong.put("items", new Bilingual("第 " + (i + 1) + " 行须为:代码 | 中文名 | 英文名", "line " + (i + 1) + " has the form: code | Chinese name | English name"));
                return items;
            }
            if (!codes.add(parts[0])) {
                wrong.put("items", new Bilingual("第 " + (i + 1) + " 行的代码重复:" + parts[0], "line " + (i + 1) + ": the code comes twice: " + parts[0]));
                return items;
            }
            items.add(new ResourceEntry.Item(parts[0], parts[1], parts[2]));
        }
        if (items.isEmpty()) {
            wrong.put("items", new Bilingual("至少一个数据项", "at least one data item"));
        } else if (items.size() > ResourceEntry.MOST_ITEMS) {
            wrong.put("items", new Bilingual("最多 " + ResourceEntry.MOST_ITEMS + " 个数据项", ResourceEntry.MOST_ITEMS + " data items at most"));
        }
        return items;
    }

    /** An entry as the form's fields hold it. */
    static Map<String, String> values(ResourceEntry e, String reason) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("resource", e.id());
        values.put("provider", e.provider());
        values.put("nameZh", e.nameZh());
        values.put("nameEn", e.nameEn());
        values.put("items", e.items().stream().map(each -> each.code() + " | " + each.zh() + " | " + each.en()).collect(Collectors.joining("\n")));
        put(values, "format", e.format());
        values.put("updateCycle", e.updateCycle().name());
        put(values, "updateFrequency", e.updateFrequency());
        ResourceEntry.Sharing sharing = e.sharingAttribute();
        put(values, "sharingAttribute", sharing == null ? null : sharing.name());
        put(values, "sharingBasis", e.sharingBasis());
        e.channels().forEach(each -> values.put(CHANNEL + each.name(), "yes"));
        put(values, "conditionsZh", e.conditionsZh());
        put(values, "conditionsEn", e.conditionsEn());
        values.put("classification", e.classification());
        values.put("grade", e.grade().name());
        values.put("gradingBasis", e.gradingBasis());
        values.put("origin", e.origin().name());
        values.put("kind", e.kind().name());
        put(values, "blockedBy", e.blockedBy());
        UUID law = e.lawRecord();
        put(values, "lawRecord", law == null ? null : law.toString());
        put(values, "assessment", e.assessment());
        values.put("reason", reason);
        return values;
    }

    private static void put(Map<String, String> values, String field, @Nullable String value) {
        if (value != null) {
            values.put(field, value);
        }
    }
}
