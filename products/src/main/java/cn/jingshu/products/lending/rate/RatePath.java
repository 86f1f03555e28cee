package cn.jingshu.products.lending.rate;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The yearly rate of a loan over its life.
 *
 * @param steps in the order of their days, each with another rate than the one before; never empty
 * @param assumedFrom from when on the rate is the last one known, kept for want of a better; null: all is known or agreed
 */
public record RatePath(List<Step> steps, @Nullable LocalDate assumedFrom) {
    /** A yearly rate as a fraction (0.049 for 4.9 %) from a day on, that day included; at least zero. */
    public record Step(LocalDate from, BigDecimal annualRate) {
        public Step {
            if (annualRate.signum() < 0) {
                throw new IllegalArgumentException("a rate below zero");
            }
        }
    }

    public RatePath {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a path of rates without a rate");
        }
        for (int i = 1; i < steps.size(); i++) {
            if (!steps.get(i).from().isAfter(steps.get(i - 1).from())) {
                throw new IllegalArgumentException("rates are not in the order of their days");
            }
        }
    }

    /** One rate for the whole life. */
    public static RatePath fixed(BigDecimal annualRate) {
        return new RatePath(List.of(new Step(LocalDate.MIN, annualRate)), null);
    }

    /** The rate on a day; before the first step the first. */
    public BigDecimal on(LocalDate day) {
        BigDecimal rate = steps.getFirst().annualRate();
        for (Step step : steps) {
            if (step.from().isAfter(day)) {
                break;
            }
            rate = step.annualRate();
        }
        return rate;
    }

    /** The days on which the rate changes inside {@code (from, to)}. */
    public List<LocalDate> changesWithin(LocalDate from, LocalDate to) {
        List<LocalDate> days = new ArrayList<>();
        for (Step step : steps) {
            if (step.from().isAfter(from) && step.from().isBefore(to)) {
                days.add(step.from());
            }
        }
        return days;
    }

    /** The same path, every rate higher (or lower, never below zero) by {@code difference}. */
    public RatePath plus(BigDecimal difference) {
        return new RatePath(steps.stream()
                .map(step -> new Step(step.from(), step.annualRate().add(difference).max(BigDecimal.ZERO))).toList(), assumedFrom);
    }
}
