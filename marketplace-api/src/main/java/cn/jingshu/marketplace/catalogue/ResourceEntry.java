package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.catalogue.DataResource.Kind;
import cn.jingshu.marketplace.catalogue.DataResource.UpdateCycle;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue says of one data resource: the nine fields of a catalogue entry and what the market needs besides. Where the
 * plan's first batch states nothing, a field is null or empty; an entry made here states all of them.
 *
 * @param id for instance {@code A2.8.4}: the provider's code and a number
 * @param items the data items (数据项); empty: not stated by the plan
 * @param format for instance {@code CSV (UTF-8)}; null: not stated
 * @param updateFrequency how often in words, for instance 每月5日前; null: the cycle alone is stated
 * @param sharingAttribute null: not stated
 * @param sharingBasis the provision that forbids sharing, with {@link Sharing#NOT_SHARED} only
 * @param channels the sharing manner (共享方式); at least one
 * @param conditionsZh what is to be observed in use; null: nothing particular
 * @param classification the class (数据分类) in the provider's own scheme
 * @param gradingBasis what class and grade rest on
 * @param blockedBy the provision that forbids supplying it, with {@link Kind#BLOCKED} only
 * @param lawRecord what opens a resource that was blocked; null: nothing had to
 * @param assessment the secrecy and personal-information assessment and who approved it; null: the plan's first batch
 * @see "《政务数据共享条例》 Art. 13 (fields, assessments), 14 (sharing attributes), 15 (what is not shared cites its law)"
 */
public record ResourceEntry(
        String id,
        String provider,
        String nameZh,
        String nameEn,
        List<Item> items,
        @Nullable String format,
        UpdateCycle updateCycle,
        @Nullable String updateFrequency,
        @Nullable Sharing sharingAttribute,
        @Nullable String sharingBasis,
        Set<Channel> channels,
        @Nullable String conditionsZh,
        @Nullable String conditionsEn,
        String classification,
        Grade grade,
        String gradingBasis,
        Origin origin,
        Kind kind,
        @Nullable String blockedBy,
        @Nullable UUID lawRecord,
        @Nullable String assessment) {

    /** Most data items of a resource. */
    public static final int MOST_ITEMS = 500;

    private static final int MOST_CHARACTERS = 2_000;
    private static final Pattern ID = Pattern.compile("[A-Z][0-9]{1,3}(\\.[0-9]{1,4}){2}");

    /** @throws IllegalArgumentException if a rule of the catalogue is broken; the message says which */
    public ResourceEntry {
        items = List.copyOf(items);
        channels = channels.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(channels));
        if (!ID.matcher(id).matches() || !id.startsWith(provider + ".")) {
            throw new IllegalArgumentException("id " + id + " is not the provider's code " + provider + " with a number behind it");
        }
        need("nameZh", nameZh);
        need("nameEn", nameEn);
        need("classification", classification);
        need("gradingBasis", gradingBasis);
        if (channels.isEmpty()) {
            throw new IllegalArgumentException("channels: at least one of API, TABLE, FILE");
        }
        if (items.size() > MOST_ITEMS) {
            throw new IllegalArgumentException("items: " + items.size() + ", at most " + MOST_ITEMS);
        }
        Set<String> codes = new HashSet<>();
        for (Item item : items) {
            if (!codes.add(item.code())) {
                throw new IllegalArgumentException("items: " + item.code() + " comes twice");
            }
        }
        if (sharingAttribute != null && (sharingAttribute == Sharing.NOT_SHARED) != (sharingBasis != null)) {
            throw new IllegalArgumentException("sharingBasis: a citation for what is not shared, and for nothing else");
        }
        if ((kind == Kind.BLOCKED) != (blockedBy != null)) {
            throw new IllegalArgumentException("blockedBy: a citation for what the law blocks, and for nothing else");
        }
        needWhereGiven(format, updateFrequency, sharingBasis, conditionsZh, conditionsEn, blockedBy, assessment);
    }

    /** Whether a text could be a resource's id at all. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    private static void needWhereGiven(@Nullable String... texts) {
        for (@Nullable String text : texts) {
            if (text != null) {
                need("a text that is given", text);
            }
        }
    }

    private static void need(String field, String text) {
        if (text.isBlank() || text.length() > MOST_CHARACTERS || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(field + ": 1 to " + MOST_CHARACTERS + " characters");
        }
    }

    /** One data item (数据项). */
    public record Item(String code, String zh, String en) {
        public Item {
            need("items.code", code);
            need("items.zh", zh);
            need("items.en", en);
        }
    }

    /** With whom it is shared (共享属性). */
    public enum Sharing {
        /** 无条件共享. */
        UNCONDITIONAL,
        /** 有条件共享. */
        CONDITIONAL,
        /** 不予共享. */
        NOT_SHARED
    }

    /** How it is supplied (共享方式). */
    public enum Channel {
        /** 接口. */
        API,
        /** 库表. */
        TABLE,
        /** 文件. */
        FILE
    }

    /** How much harm its leak would do (数据分级, GB/T 43697-2024). */
    public enum Grade {
        /** 一般数据. */
        GENERAL,
        /** 重要数据. */
        IMPORTANT,
        /** 核心数据. */
        CORE
    }

    /** Where the provider has it from: what came from elsewhere needs the consent of where it came from. */
    public enum Origin {
        /** 本级采集. */
        LOCAL,
        /** 省级回流. */
        PROVINCE_RETURN,
        /** 国家回流. */
        STATE_RETURN,
        /** 部门共享. */
        SHARED
    }

    /** Whether all that Art. 13 asks for is stated, the assessments included. */
    public boolean isWhole() {
        return !items.isEmpty() && format != null && sharingAttribute != null && assessment != null;
    }

    /** Whether it is about people. */
    public boolean isPersonal() {
        return switch (kind) {
            case LEGAL, THING -> false;
            case LEGAL_AND_PERSONAL, PERSONAL, SENSITIVE_PERSONAL, TREATED_AS_SENSITIVE, BLOCKED -> true;
        };
    }

    /** Every field by its name in the API, as text, in the order in which it is compared; empty: not stated. */
    public Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("provider", provider);
        fields.put("nameZh", nameZh);
        fields.put("nameEn", nameEn);
        fields.put("items", String.join("; ", items.stream().map(each -> each.code() + " " + each.zh() + " " + each.en()).toList()));
        fields.put("format", or(format));
        fields.put("updateCycle", updateCycle.name());
        fields.put("updateFrequency", or(updateFrequency));
        fields.put("sharingAttribute", sharingAttribute == null ? "" : sharingAttribute.name());
        fields.put("sharingBasis", or(sharingBasis));
        fields.put("channels", String.join(", ", channels.stream().sorted().map(Enum::name).toList()));
        fields.put("conditionsZh", or(conditionsZh));
        fields.put("conditionsEn", or(conditionsEn));
        fields.put("classification", classification);
        fields.put("grade", grade.name());
        fields.put("gradingBasis", gradingBasis);
        fields.put("origin", origin.name());
        fields.put("kind", kind.name());
        fields.put("blockedBy", or(blockedBy));
        fields.put("lawRecord", lawRecord == null ? "" : lawRecord.toString());
        fields.put("assessment", or(assessment));
        return fields;
    }

    private static String or(@Nullable String text) {
        return text == null ? "" : text;
    }
}
