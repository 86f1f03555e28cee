package cn.jingshu.products.contract;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON value as RFC 8259 has it; objects keep their order and numbers their text, so nothing is rounded. */
sealed interface Json {

    /** An object. Documents are built by {@code with}, which changes the object and returns it. */
    record Obj(Map<String, Json> members) implements Json {
        static Obj empty() {
            return new Obj(new LinkedHashMap<>());
        }

        Obj with(String name, Json value) {
            members.put(name, value);
            return this;
        }

        Obj with(String name, String value) {
            return with(name, new Text(value));
        }

        /** Adds the member unless {@code value} is empty. */
        Obj withUnlessEmpty(String name, String value) {
            return value.isEmpty() ? this : with(name, value);
        }
    }

    /** An array. */
    record Arr(List<Json> items) implements Json {
        static Arr ofTexts(Collection<String> texts) {
            var items = new ArrayList<Json>(texts.size());
            texts.forEach(text -> items.add(new Text(text)));
            return new Arr(items);
        }
    }

    /** A string. */
    record Text(String value) implements Json {}

    /** A number, as it is written. */
    record Num(String literal) implements Json {}

    /** A truth value. */
    record Bool(boolean value) implements Json {}

    /** The literal null. */
    enum Null implements Json {
        NULL
    }

    /** This value over several lines, indented by two spaces, with a line feed at the end. */
    default String pretty() {
        var out = new StringBuilder();
        JsonText.writePretty(this, 0, out);
        return out.append('\n').toString();
    }
}
