package cn.jingshu.marketplace.portal;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a form as they were sent; a field sent twice counts with its first value. */
record Posted(Map<String, String> fields) {
    Posted {
        fields = Map.copyOf(fields);
    }

    /**
     * @param body as the framework read it; null: nothing was sent
     * @throws PageRefused if a field holds the character zero, which no keyboard types and no database keeps
     */
    static Posted of(@Nullable Map<String, Object> body) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (body != null) {
            body.forEach((name, value) -> {
                fields.put(name, value instanceof Collection<?> values
                        ? values.stream().findFirst().map(String::valueOf).orElse("")
                        : String.valueOf(value));
            });
        }
        if (fields.values().stream().anyMatch(value -> value.indexOf('\0') >= 0)) {
            throw new PageRefused(new PageRefused.Reason.NotReadable());
        }
        return new Posted(fields);
    }

    /** The value of a field without the spaces around it; empty: it was not sent. */
    String text(String name) {
        return fields.getOrDefault(name, "").strip();
    }

    /** The value of a field exactly as it was typed. */
    String typed(String name) {
        return fields.getOrDefault(name, "");
    }

    /** What may be shown again beside a mistake: never the token, a password or a key. */
    Map<String, String> shown() {
        Map<String, String> shown = new LinkedHashMap<>(fields);
        shown.keySet().removeIf(name -> name.equals("csrf") || name.equals("password") || name.equals("key"));
        return shown;
    }
}
