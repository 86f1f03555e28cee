package cn.jingshu.products.health.risk;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a score says of one person, or why it says nothing. */
public sealed interface Outcome {
    /**
     * It could be reckoned.
     *
     * @param value percent, or points
     * @param idealPercent the percent of someone of the same age, sex and home with ideal values; null: the score knows none
     * @param validated false: the person's age is outside the ages the score was validated for
     */
    record Scored(double value, @Nullable Double idealPercent, Band band, boolean validated) implements Outcome {}

    /** Something it needs is not known. */
    record MissingInputs(List<Input> missing) implements Outcome {
        public MissingInputs {
            missing = List.copyOf(missing);
        }
    }

    /** A value lies where the score was never meant to be used. */
    record OutOfRange(List<Bound> bounds) implements Outcome {
        public OutOfRange {
            bounds = List.copyOf(bounds);
        }
    }

    /** The score is not for this person. */
    record NotApplicable(String zh, String en) implements Outcome {}

    /** The values of an input a score takes, both included, in the input's unit. */
    record Bound(Input input, double least, double greatest) {}

    /**
     * What a score's value means.
     *
     * @param code stable: {@code LOW}
     * @param elevated true: someone should look at it
     */
    record Band(String code, String zh, String en, boolean elevated) {}
}
