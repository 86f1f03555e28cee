package cn.jingshu.products.domain.disclosure;

import java.util.OptionalLong;

/** One count of a table as it may be shown. */
public sealed interface Cell {
    /** The count as it is. */
    record Shown(long count) implements Cell {}

    /** Withheld: it is small, or a small one could be computed from it. Which of the two is not said, for that would tell of it. */
    record Withheld() implements Cell {}

    /** The count; empty: withheld. */
    default OptionalLong value() {
        return switch (this) {
            case Shown(long count) -> OptionalLong.of(count);
            case Withheld() -> OptionalLong.empty();
        };
    }
}
