package cn.jingshu.products.lending.score;

/** A value a scorecard is given. */
public sealed interface Input {
    record Number(double value) implements Input {
        public Number {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("no number");
            }
        }
    }

    record Category(String value) implements Input {}
}
