package cn.jingshu.products.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Reads the members of one JSON object of a declaration; a member nobody asked for is a fault, so a misspelt one is found. */
public final class Members {
    private static final int MAX_TEXT = 2_000;
    private static final int MAX_ITEMS = 200;

    private final JsonNode object;
    private final String place;
    private final Faults faults;
    private final Set<String> asked = new HashSet<>();

    public Members(JsonNode object, String place, Faults faults) {
        this.object = object;
        this.place = place;
        this.faults = faults;
        faults.require(object.isObject(), place, "应为 JSON 对象", "a JSON object is expected");
    }

    /** The path of a member in the declaration. */
    public String placeOf(String name) {
        return place.isEmpty() ? name : place + "." + name;
    }

    public Faults faults() {
        return faults;
    }

    /** The member as it is; missing where there is none. */
    public JsonNode node(String name) {
        asked.add(name);
        JsonNode node = object.path(name);
        return node.isNull() ? MissingNode.getInstance() : node;
    }

    /** A text that has to be there. */
    public String text(String name) {
        String text = textOr(name, "");
        boolean said = !node(name).isTextual() && !node(name).isMissingNode(); // that it is no text has been said
        faults.require(!text.isBlank() || said, placeOf(name), "不可缺少", "is missing");
        return text;
    }

    /** A text that may be missing. */
    public String textOr(String name, String otherwise) {
        return textOr(name, otherwise, MAX_TEXT);
    }

    /** @param longest most characters */
    public String textOr(String name, String otherwise, int longest) {
        JsonNode node = node(name);
        if (node.isMissingNode()) {
            return otherwise;
        }
        if (!faults.require(node.isTextual() && node.textValue().length() <= longest, placeOf(name),
                "应为不超过" + longest + "个字符的文字", "a text of at most " + longest + " characters is expected")) {
            return otherwise;
        }
        return node.textValue().strip();
    }

    public boolean flag(String name) {
        JsonNode node = node(name);
        return !node.isMissingNode()
                && faults.require(node.isBoolean(), placeOf(name), "应为 true 或 false", "true or false is expected")
                && node.booleanValue();
    }

    /** A whole number within bounds; {@code otherwise} where it is missing. */
    public int count(String name, int otherwise, int least, int most) {
        JsonNode node = node(name);
        if (node.isMissingNode()) {
            return otherwise;
        }
        boolean fits = node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= least && node.intValue() <= most;
        faults.require(fits, placeOf(name), "应为" + least + "至" + most + "的整数", "a whole number from " + least + " to " + most + " is expected");
        return fits ? node.intValue() : otherwise;
    }

    /** A number; null where it is missing. */
    public @Nullable Double number(String name) {
        JsonNode node = node(name);
        if (node.isMissingNode()) {
            return null;
        }
        boolean fits = node.isNumber() && Double.isFinite(node.doubleValue());
        faults.require(fits, placeOf(name), "应为数值", "a number is expected");
        return fits ? node.doubleValue() : null;
    }

    /** One of the constants of an enum. */
    public <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise, Set<E> allowed) {
        String text = textOr(name, otherwise.name()).toUpperCase(Locale.ROOT);
        return Arrays.stream(type.getEnumConstants()).filter(each -> each.name().equals(text) && allowed.contains(each)).findFirst()
                .orElseGet(() -> {
                    String names = String.join(", ", allowed.stream().map(Enum::name).sorted().toList());
                    faults.add(placeOf(name), "应为以下之一:" + names, "one of " + names + " is expected");
                    return otherwise;
                });
    }

    /** A list of texts; empty where it is missing. */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        items(name, (item, at) -> {
            if (faults.require(item.isTextual() && item.textValue().length() <= MAX_TEXT, at, "应为文字", "a text is expected")) {
                texts.add(item.textValue());
            }
        });
        return texts;
    }

    /** Each item of a list with its path. */
    public void items(String name, BiConsumer<JsonNode, String> each) {
        JsonNode node = node(name);
        if (node.isMissingNode()) {
            return;
        }
        if (!faults.require(node.isArray() && node.size() <= MAX_ITEMS, placeOf(name), "应为不超过" + MAX_ITEMS + "项的列表",
                "a list of at most " + MAX_ITEMS + " items is expected")) {
            return;
        }
        for (int i = 0; i < node.size(); i++) {
            each.accept(node.get(i), placeOf(name) + "[" + i + "]");
        }
    }

    /** Notes every member that was not asked for. */
    public void end() {
        object.fieldNames().forEachRemaining(name -> faults.require(asked.contains(name), placeOf(name), "未知的成员", "there is no such member"));
    }
}
