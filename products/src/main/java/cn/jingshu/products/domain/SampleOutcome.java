package cn.jingshu.products.domain;

import org.jspecify.annotations.Nullable;

/** What came of asking for a masked sample. */
public sealed interface SampleOutcome {
    /** The twin holds it. */
    record Drawn(TwinRecord record) implements SampleOutcome {}

    /**
     * The twin is what it was; the sentences say why.
     *
     * @param record the sample as it was measured; null: none was drawn
     */
    record Withheld(@Nullable TwinRecord record, String zh, String en) implements SampleOutcome {}
}
