package cn.jingshu.marketplace.drift;

import cn.jingshu.products.statistics.PopulationStability;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * How far one input of a model had moved when it was reckoned last.
 *
 * @param origin what it is compared with
 * @param source the training data, as the model names them; empty: not known
 * @param reference cases the comparison rests on; 0: not known
 * @param cases asked about within {@link DriftWatch#WINDOW_DAYS} days up to {@code day}
 * @param day null: too few cases so far, and neither index nor cases are known
 */
public record InputDrift(String product, String model, String input, Origin origin, String source, long reference, long cases, double index,
        @Nullable LocalDate day) {
    /** What it is compared with. */
    public enum Origin {
        /** The model's training data. */
        TRAINING,
        /** The first cases this installation saw: nothing is known of the training data. */
        FIRST_CASES
    }

    /** What the index means. @throws IllegalStateException if none was reckoned */
    public PopulationStability.Shift shift() {
        if (day == null) {
            throw new IllegalStateException("no index was reckoned for " + input + " of " + model);
        }
        return PopulationStability.shift(index);
    }
}
