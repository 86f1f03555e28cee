package cn.jingshu.marketplace.portal;

import java.util.List;
import java.util.Map;

/**
 * A form as it is shown: what was entered, and what is wrong with it.
 *
 * @param values what each field holds; a password is never put back
 * @param errors what is wrong with a field, by its name
 */
public record Form(Map<String, String> values, Map<String, Bilingual> errors) {
    public static final Form EMPTY = new Form(Map.of(), Map.of());

    public Form {
        values = Map.copyOf(values);
        errors = Map.copyOf(errors);
    }

    public String value(String field) {
        return values.getOrDefault(field, "");
    }

    public boolean wrong(String field) {
        return errors.containsKey(field);
    }

    /** What is wrong with {@code field} in {@code lang}; empty text: nothing. */
    public String error(String field, Lang lang) {
        Bilingual error = errors.get(field);
        return error == null ? "" : error.in(lang);
    }

    /** The wrong fields in a steady order, for the summary above the form. */
    public List<String> wrongFields() {
        return errors.keySet().stream().sorted().toList();
    }
}
