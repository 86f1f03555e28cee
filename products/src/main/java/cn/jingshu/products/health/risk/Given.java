package cn.jingshu.products.health.risk;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A value of an {@link Input} and where it is from.
 *
 * @param observedOn day it was taken; null: it was told in the request
 */
public record Given(double value, Source source, @Nullable LocalDate observedOn) {
    /** Who says so. */
    public enum Source {
        /** The person's own records. */
        RECORD,
        /** The person, in this request. */
        ANSWER
    }

    /** Something the person told. */
    public static Given answer(double value) {
        return new Given(value, Source.ANSWER, null);
    }

    /** Something the records say. */
    public static Given record(double value, LocalDate observedOn) {
        return new Given(value, Source.RECORD, observedOn);
    }
}
