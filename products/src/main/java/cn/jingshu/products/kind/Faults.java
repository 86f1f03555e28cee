package cn.jingshu.products.kind;

import cn.jingshu.products.spi.Answer.Violation;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a declaration, each with the place: everything that can be said at once. */
public final class Faults {
    /** More are of no use to anyone. */
    private static final int MOST = 50;

    private final List<Violation> found = new ArrayList<>();

    /** @param place path in the declaration, {@code operations[0].parameters[1].name} */
    public void add(String place, String zh, String en) {
        if (found.size() < MOST) {
            found.add(new Violation(place, zh, en));
        }
    }

    /** Notes it unless {@code holds}. */
    public boolean require(boolean holds, String place, String zh, String en) {
        if (!holds) {
            add(place, zh, en);
        }
        return holds;
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    public List<Violation> list() {
        return List.copyOf(found);
    }
}
