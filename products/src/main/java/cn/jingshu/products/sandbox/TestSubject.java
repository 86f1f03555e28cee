package cn.jingshu.products.sandbox;

import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.identifier.Uscc;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Optional;

/**
 * The made-up people and enterprises of the sandbox: a call about one of them always ends the same way, so an integrator can
 * try every branch. Area 420899 and authority 91 with that area are given to nobody.
 */
@SuppressWarnings("ImmutableEnumChecker") // identifiers are records of one text
public enum TestSubject {
    /** Everything is in order: approved, lowest risk, found. */
    APPROVE(1),
    /** Something needs a person's eye: referred, reviewed. */
    REFER(2),
    /** Nothing is known of them. */
    NOT_FOUND(3),
    /** The answer takes {@link #SLOW_MILLIS}. */
    SLOW(4),
    /** The source behind the product is away. */
    ERROR(5);

    /** How long an answer about {@link #SLOW} is held back, ms. */
    public static final long SLOW_MILLIS = 3_000;

    private static final String AREA = "420899";
    private final ResidentId person;
    private final Uscc enterprise;

    TestSubject(int number) {
        person = ResidentId.complete(AREA, LocalDate.of(1980, 1, number), 10 + number);
        enterprise = Uscc.complete("91", AREA, "TEXT000" + number);
    }

    /** The person's identity number. */
    public ResidentId person() {
        return person;
    }

    /** The enterprise's unified social credit code. */
    public Uscc enterprise() {
        return enterprise;
    }

    /** Whose identifier this is, of a person or an enterprise; empty: nobody's of these. */
    public static Optional<TestSubject> of(String identifier) {
        return Arrays.stream(values())
                .filter(s -> s.person.number().equals(identifier) || s.enterprise.code().equals(identifier))
                .findFirst();
    }
}
