package cn.jingshu.products.domain.disclosure;

import cn.jingshu.products.domain.DataSession;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a question whose cohort is that of an earlier one but for a few subjects: the two answers side by side would tell of
 * these few (differencing, or tracker, attacks: D. E. Denning and J. Schlörer, 1980). What was answered is remembered in the
 * product's own state, as {@link CohortSketch sketches} of about 200 bytes that name nobody, so it holds on every node and
 * after every restart.
 *
 * <p>What it promises: of the cohorts one asker was answered about within the window no two differ by 1 to threshold − 1
 * subjects. The same question may be asked again as long as it concerns the same subjects. Another question about the very same subjects is
 * refused like one about almost the same: were it answered, each refusal would tell that somebody stands between the two, and each answer that nobody does.
 * What it does not promise: that no three answers combine to a few
 * subjects, nor that askers who are counted apart do not put theirs together. A product asks by {@link Disclosure}, in which the
 * asker is the organisation that calls.
 *
 * <p>Every product with a state has the tables it needs ({@code db/domain/state}).
 */
public final class DifferencingGuard {
    /** How long an answer is remembered unless the product says otherwise. */
    public static final Duration USUAL_WINDOW = Duration.ofDays(365);

    /** Also makes two questions of one asker take turns until the first has been answered or has failed. */
    private static final String TAKE_TURN = """
            INSERT INTO disclosure_asker (asker, asked_at)
            VALUES (?, ?)
            ON CONFLICT ON CONSTRAINT disclosure_asker_pk DO UPDATE SET asked_at = greatest(disclosure_asker.asked_at, excluded.asked_at)
            """;
    private static final String FORGET = "DELETE FROM disclosed_cohort WHERE asker IN (?, ?) AND disclosed_at < ?";
    private static final String EARLIER = """
            SELECT pg_catalog.encode(sketch, 'hex') AS sketch, question, disclosed_at FROM disclosed_cohort WHERE asker IN (?, ?) AND reach = ?
            """;
    private static final String REMEMBER = """
            INSERT INTO disclosed_cohort (asker, reach, sketch, question, disclosed_at)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT disclosed_cohort_pk DO UPDATE
               SET disclosed_at = greatest(disclosed_cohort.disclosed_at, excluded.disclosed_at),
                   question = CASE WHEN disclosed_cohort.question = '' THEN excluded.question ELSE disclosed_cohort.question END
            """;

    private final int threshold;
    private final Duration window;
    private final @Nullable String earlierAsker;

    /**
     * @param threshold fewest subjects of a cohort, and fewest by which two differ
     * @param window how long an answer is remembered
     */
    public DifferencingGuard(int threshold, Duration window) {
        this(threshold, window, null);
    }

    private DifferencingGuard(int threshold, Duration window, @Nullable String earlierAsker) {
        if (threshold < 2 || !window.isPositive()) {
            throw new IllegalArgumentException("a threshold of " + threshold + " subjects within " + window + " guards nothing");
        }
        this.threshold = threshold;
        this.window = window;
        this.earlierAsker = earlierAsker;
    }

    /** With the usual threshold and window. */
    public DifferencingGuard() {
        this(SmallCells.USUAL_THRESHOLD, USUAL_WINDOW);
    }

    /**
     * The same for a product that once kept its answers to everybody under one name: what stands under it counts for each asker until it is forgotten, since
     * any of them may have been told.
     */
    public DifferencingGuard rememberingAlso(String askerOfAll) {
        return new DifferencingGuard(threshold, window, askerOfAll);
    }

    /** What the guard says to a question. */
    public sealed interface Judgement {
        /** It may be answered, and is remembered. */
        record Admitted() implements Judgement {}

        /** The cohort is smaller than the threshold. */
        record TooSmall() implements Judgement {}

        /**
         * An earlier answer was about the same subjects but for fewer than the threshold, or, to another question, about all the same.
         *
         * @param forgottenAfter how long until the last such answer is forgotten, above zero
         */
        record TooSimilar(Duration forgottenAfter) implements Judgement {}
    }

    /** An answer of before: about whom, and when it was given last. */
    private record Earlier(CohortSketch sketch, String question, Instant disclosedAt) {}

    /**
     * Judges a question and, if it may be answered, remembers its cohort in the same transaction: what fails afterwards and is taken
     * back was not answered.
     *
     * @param asker who learns the answer
     * @param at when it is asked
     * @param question what tells the cohort's definition from every other: equal texts for the same question, however it was worded; kept as a digest
     * @param cohort tokens of the subjects the answer is about; repeated ones count once
     */
    public Judgement admit(DataSession session, String asker, Instant at, String question, Collection<String> cohort) {
        Set<String> subjects = new HashSet<>(cohort);
        if (subjects.size() < threshold) {
            return new Judgement.TooSmall();
        }
        CohortSketch sketch = CohortSketch.of(subjects, threshold);
        String asked = digestOf(question);
        session.change(TAKE_TURN, asker, at);
        String ofAll = earlierAsker == null ? asker : earlierAsker;
        session.change(FORGET, asker, ofAll, at.minus(window));
        Optional<Instant> last = session.select(EARLIER, row -> new Earlier(
                        CohortSketch.of(HexFormat.of().parseHex(row.text("sketch"))), row.text("question"), row.instant("disclosed_at")), asker, ofAll, threshold).stream()
                .filter(earlier -> isTold(earlier, sketch.differenceFrom(earlier.sketch()), asked))
                .map(Earlier::disclosedAt)
                .max(Instant::compareTo);
        if (last.isPresent()) {
            // An answer is remembered through the end of its window: one second later it is not.
            return new Judgement.TooSimilar(Duration.between(at, last.get().plus(window)).plusSeconds(1));
        }
        session.change(REMEMBER, asker, threshold, sketch.bytes(), asked, at);
        return new Judgement.Admitted();
    }

    /** Whether the answer beside the earlier one would tell of a few; what was answered before questions were kept counts as the same question. */
    private boolean isTold(Earlier earlier, int difference, String asked) {
        boolean same = earlier.question().isEmpty() || earlier.question().equals(asked);
        return difference == 0 ? !same : difference < threshold;
    }

    private static String digestOf(String question) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(question.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
