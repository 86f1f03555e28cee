package cn.jingshu.products.rental;

import cn.jingshu.products.address.Address;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was found of one question.
 *
 * @param compared parts of the address that agree with the register's
 * @param missing parts that would make the address mean one dwelling
 * @param unitMissing true: several dwellings share the address, and only the unit's code can tell them apart
 * @param byCode true: asked and found by the unit's code
 * @param unitCode of the dwelling; null unless {@link Outcome#REAL} and registered under a code
 * @param withheldUntil when the question may be asked again; null unless {@link Outcome#WITHHELD}
 */
record Finding(Outcome outcome, Match match, Restriction restriction, Set<Address.Part> compared, Set<Address.Part> missing,
        boolean unitMissing, boolean byCode, @Nullable String unitCode, @Nullable Instant withheldUntil) {
    enum Outcome {
        REAL,
        NOT_FOUND,
        AMBIGUOUS,
        WITHHELD
    }

    enum Match {
        NOT_ASKED,
        YES,
        NO
    }

    enum Restriction {
        UNDISCLOSED,
        UNRESTRICTED,
        RESTRICTED
    }

    /** Confidence in a comparison of addresses in which place and unit agree, before further parts are counted. */
    private static final double PLACE_AND_UNIT = 0.7;
    private static final double FURTHER_PART = 0.1;

    Finding {
        compared = Set.copyOf(compared);
        missing = Set.copyOf(missing);
    }

    static Finding without(Outcome outcome, Match match, Set<Address.Part> missing, boolean unitMissing) {
        return new Finding(outcome, match, Restriction.UNDISCLOSED, Set.of(), missing, unitMissing, false, null, null);
    }

    /** Nothing was looked up, and nothing will be before {@code until}. */
    static Finding withheld(Instant until) {
        return new Finding(Outcome.WITHHELD, Match.NOT_ASKED, Restriction.UNDISCLOSED, Set.of(), Set.of(), false, false, null, until);
    }

    /** True: a walker of the register would learn something from many of these. */
    boolean failed() {
        return outcome == Outcome.NOT_FOUND || outcome == Outcome.AMBIGUOUS || match == Match.NO;
    }

    /**
     * How much of the address was compared, 0 to 1: 1 for a code; 0.7 where place and unit agree, and 0.1 more for each of street,
     * road with number, and estate that agree too. A rule, not a probability.
     */
    double confidence() {
        if (outcome != Outcome.REAL) {
            return 0;
        }
        if (byCode) {
            return 1;
        }
        int further = 0;
        for (List<Address.Part> parts : List.of(List.of(Address.Part.STREET), List.of(Address.Part.ROAD, Address.Part.NUMBER),
                List.of(Address.Part.ESTATE))) {
            further += compared.containsAll(parts) ? 1 : 0;
        }
        return Math.round((PLACE_AND_UNIT + further * FURTHER_PART) * 100) / 100.0;
    }
}
