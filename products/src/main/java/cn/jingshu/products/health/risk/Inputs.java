package cn.jingshu.products.health.risk;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What is known of one person, from records and answers. What is not in it is not known: nothing is assumed. */
public final class Inputs {
    private final Map<Input, Given> given;

    private Inputs(Map<Input, Given> given) {
        this.given = Collections.unmodifiableMap(new EnumMap<>(given));
    }

    /** @throws IllegalArgumentException if a value is none a body can have; the value is not repeated */
    public static Inputs of(Map<Input, Given> given) {
        given.forEach((input, value) -> {
            if (!input.possible(value.value())) {
                throw new IllegalArgumentException(input + " is outside " + input.least() + " to " + input.greatest());
            }
        });
        return new Inputs(given.isEmpty() ? new EnumMap<>(Input.class) : given);
    }

    public Optional<Given> find(Input input) {
        return Optional.ofNullable(given.get(input));
    }

    public boolean has(Input input) {
        return given.containsKey(input);
    }

    /** True if it is known to be so; false if it is known not to be, or not known. */
    public boolean isKnown(Input input) {
        Given value = given.get(input);
        return value != null && value.value() > 0.5;
    }

    /** @throws IllegalStateException if it is not known */
    public double value(Input input) {
        Given value = given.get(input);
        if (value == null) {
            throw new IllegalStateException(input + " is not known");
        }
        return value.value();
    }

    /** @throws IllegalStateException if it is not known */
    public boolean yes(Input input) {
        return value(input) > 0.5;
    }

    /** The same with one value other than it is. */
    public Inputs with(Input input, Given value) {
        Map<Input, Given> changed = new EnumMap<>(Input.class);
        changed.putAll(given);
        changed.put(input, value);
        return of(changed);
    }
}
