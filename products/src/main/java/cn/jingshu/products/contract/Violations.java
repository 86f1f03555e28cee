package cn.jingshu.products.contract;

import cn.jingshu.products.spi.Answer.Violation;
import java.util.ArrayList;
import java.util.List;

/** The violations found so far in one request; at most {@link #MOST} are kept, so a bad request cannot grow an answer. */
final class Violations {
    static final int MOST = 20;

    /** Longest field path that is repeated to the caller, in characters. */
    private static final int MAX_PATH_LENGTH = 200;

    private final List<Violation> found = new ArrayList<>(2);

    void add(String field, String zh, String en) {
        if (found.size() < MOST) {
            String path = field.length() > MAX_PATH_LENGTH ? field.substring(0, MAX_PATH_LENGTH) + "…" : field;
            found.add(new Violation(path, zh, en));
        }
    }

    void add(String field, FieldValues.Reading.Bad bad) {
        add(field, bad.zh(), bad.en());
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<Violation> list() {
        return List.copyOf(found);
    }
}
