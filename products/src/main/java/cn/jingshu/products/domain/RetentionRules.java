package cn.jingshu.products.domain;

import java.time.Instant;
import java.time.Period;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** How long what products keep is kept, and what stops it from going. Asked for each batch, when nothing can be put under a hold. */
public interface RetentionRules {
    /**
     * Taken, in its own transaction, by who puts rows under a hold, and for each batch by who removes them: a hold that stands is never overtaken.
     */
    String TURN = "SELECT pg_catalog.pg_advisory_xact_lock(7226413017312)";

    /** The rule of a kind as it holds at a moment; empty: none does, and nothing goes. */
    Optional<Rule> findRule(String rule, Instant at);

    /** What of a kind may not go now. */
    Holds holds(String product, Kept kept);

    /** Requests of people to erase what is kept of them of a kind, that were granted and not fulfilled yet. */
    List<Erasure> erasures(String product, String kind);

    /**
     * How long.
     *
     * @param from since when it says so
     */
    record Rule(Period period, Instant from, String citation) {}

    /**
     * What a legal hold, an open objection or an open request of a person keeps.
     *
     * @param all everything of the kind
     * @param callers rows of these organisations
     * @param unowned rows of which it is not known whose they are
     * @param subjects rows about these people, as {@link Kept#subjectKey} names them
     * @param keys these rows
     */
    record Holds(boolean all, List<String> callers, boolean unowned, List<String> subjects, List<String> keys) {
        /** Nothing is kept beyond its time. */
        public static final Holds NONE = new Holds(false, List.of(), false, List.of(), List.of());

        public Holds {
            callers = List.copyOf(callers);
            subjects = List.copyOf(subjects);
            keys = List.copyOf(keys);
        }
    }

    /**
     * A request that was granted.
     *
     * @param subject as {@link Kept#subjectKey} names the person
     * @param grantedAt rows of later are not meant
     */
    record Erasure(UUID request, String subject, Instant grantedAt) {}
}
