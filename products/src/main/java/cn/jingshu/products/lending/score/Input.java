package cn.jingshu.products.lending.score;

/** A value a scorecard is given. */
public sealed interface Input {
    record Amount(double value) implements Input {
        public Amount {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("no number");
            }
        }
    }

    record Category(String value) implements Input {}
}
