package cn.jingshu.products.identifier;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A real-estate unit's code (不动产单元代码, GB/T 37346-2019), 28 characters: nineteen of the parcel, one of the fixture,
 * eight of the unit. The standard has no check character.
 *
 * @param code upper case, without spaces
 */
public record RealEstateUnit(String code) {
    private static final Pattern FORM =
            Pattern.compile("[0-9]{6}[0-9]{3}[0-9]{3}[GJZ][ABSXCDEFHGWY][0-9]{5}(?:[FLQ][0-9]{8}|W0{8})");

    /** @throws IllegalArgumentException if the form is wrong */
    public RealEstateUnit {
        if (!FORM.matcher(code).matches()) {
            throw new IllegalArgumentException("not the form of a real-estate unit's code");
        }
    }

    /** Reads what a person typed: case and spaces do not matter; empty if it is no valid code. */
    public static Optional<RealEstateUnit> parse(String typed) {
        try {
            return Optional.of(new RealEstateUnit(typed.replaceAll("\\s", "").toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException wrong) {
            return Optional.empty(); // the answer to a question, not a failure
        }
    }

    /** Six digits of the county-level area. */
    public String area() {
        return code.substring(0, 6);
    }

    /** The parcel (宗地) the unit stands on: the first 19 characters. */
    public String parcel() {
        return code.substring(0, 19);
    }

    @Override
    public String toString() {
        return code;
    }
}
