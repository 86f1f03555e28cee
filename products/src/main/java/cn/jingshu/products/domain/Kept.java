package cn.jingshu.products.domain;

import java.time.Period;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one kind that a product keeps of its own: what they are, why, and how those whose time is over are found and go. How long that is, is a
 * dated number of policy with its citation (PIPL Art. 19: the shortest time necessary), which {@link RetentionRules} knows; here stands what no number of
 * policy may undercut.
 *
 * @param kind its name among the product's
 * @param rule the name of the number of policy that says how long, an ISO 8601 period such as {@code P3Y}
 * @param what what the rows are
 * @param why why they are kept at all
 * @param since from when their time counts
 * @param least what the law asks for at least; a shorter rule does not hold
 * @param evidence whether an objection about the product may rest on them: while one is open they stay
 * @param erasable whether they go when the person they are about asks for it (PIPL Art. 47); what a law tells to keep does not
 * @param subjectKey makes of a way to tokens the way from an identity number to what stands in {@code subject}; null: they lead to nobody
 * @param rows a SELECT of {@code key text}, {@code since timestamptz}, {@code caller text} (whose they are) and {@code subject text} (whom they are
 *     about), both null where nobody is known, and {@code open boolean} (not over yet, whatever their age)
 * @param removals what is done about the rows of an array of keys, in this order
 */
public record Kept(String kind, String rule, Words what, Words why, Words since, Period least, boolean evidence, boolean erasable,
        @Nullable SubjectKey subjectKey, String rows, List<Removal> removals) {
    private static final Pattern KIND = Pattern.compile("[a-z][a-z-]{0,39}");

    public Kept {
        removals = List.copyOf(removals);
        if (!KIND.matcher(kind).matches() || removals.isEmpty() || least.isNegative() || (erasable && subjectKey == null)) {
            throw new IllegalArgumentException(kind + " is nothing that can be kept and let go");
        }
    }

    /** The same in both languages. */
    public record Words(String zh, String en) {}

    /**
     * What happens to one table.
     *
     * @param table its name, without a schema
     * @param sql a DELETE, or an UPDATE that leaves nothing personal, with the keys as its only parameter (a {@code text[]})
     */
    public record Removal(String table, String sql) {}

    /** How a kind names the people it is about. */
    @FunctionalInterface
    public interface SubjectKey {
        /** @param token makes the domain's token of an identifier */
        String of(UnaryOperator<String> token, String identityNumber);
    }

    /** Kept under the domain's own token of the person. */
    public static final SubjectKey BY_TOKEN = (token, number) -> token.apply(number);

}
