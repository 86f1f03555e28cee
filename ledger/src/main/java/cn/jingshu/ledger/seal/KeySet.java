package cn.jingshu.ledger.seal;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign a log's checkpoints from one moment on, each of them every checkpoint. A set is told by a note that its own
 * keys and all keys of the set before it sign: whoever trusts the first set can follow to the last.
 *
 * <p>When keys of a set are lost, nobody can sign the next one with them. Then a set says so in its text, and is signed by its own keys and by those of the set
 * before that are left ({@link #leftOf}): the log goes on, and a verifier says who vouches for it. Trust does not go on by itself, since whoever steals one key of two
 * could write such a set: whoever followed so far has to be told the new keys by another way, as the first ones were.
 *
 * @param number from 1, one more than that of the set before
 * @param from the moment
 * @param keys one Ed25519 key, and an SM2 key where the city has one
 * @param lost why the keys of the set before it could not sign it, one line; null: they did, or there were none
 */
public record KeySet(String origin, long number, Instant from, List<SealKey> keys, @Nullable String lost) {
    private static final String FORM = "jingshu log keys 1";
    private static final String LOST = "without the keys before, lost: ";
    private static final int LONGEST_REASON = 300;

    /** @throws IllegalArgumentException if there is no Ed25519 key, two of a kind, or a key of another name than the log's */
    public KeySet {
        keys = List.copyOf(keys);
        if (number < 1 || keys.isEmpty() || keys.getFirst().kind() != SealKey.Kind.ED25519
                || new HashSet<>(keys.stream().map(SealKey::kind).toList()).size() != keys.size()
                || keys.stream().anyMatch(key -> !key.name().equals(origin))) {
            throw new IllegalArgumentException("no set of keys of " + origin + ": number " + number + ", " + keys);
        }
        if (lost != null && (number == 1 || lost.isBlank() || !lost.equals(lost.strip()) || lost.length() > LONGEST_REASON
                || lost.chars().anyMatch(Character::isISOControl))) {
            throw new IllegalArgumentException("why keys are lost is one line of at most " + LONGEST_REASON + " characters, of a set behind another");
        }
    }

    /** A set that the keys before it sign, or the first. */
    public KeySet(String origin, long number, Instant from, List<SealKey> keys) {
        this(origin, number, from, keys, null);
    }

    /** Reads {@link #toText}. @throws IllegalArgumentException if it is none */
    public static KeySet parse(String text) {
        List<String> lines = List.of(text.split("\n", -1));
        if (lines.size() < 6 || !lines.getFirst().equals(FORM) || !lines.getLast().isEmpty()
                || !lines.get(2).startsWith("set ") || !lines.get(3).startsWith("from ")) {
            throw new IllegalArgumentException("not a set of keys");
        }
        try {
            boolean lost = lines.get(4).startsWith(LOST);
            KeySet read = new KeySet(lines.get(1), Long.parseLong(lines.get(2).substring("set ".length())),
                    Instant.parse(lines.get(3).substring("from ".length())),
                    lines.subList(lost ? 5 : 4, lines.size() - 1).stream().map(SealKey::ofVkey).toList(),
                    lost ? lines.get(4).substring(LOST.length()) : null);
            if (!read.toText().equals(text)) {
                throw new IllegalArgumentException("a set of keys is written in one way only");
            }
            return read;
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not the time of a set of keys: " + lines.get(3), e);
        }
    }

    /** The text that is signed. */
    public String toText() {
        StringBuilder text = new StringBuilder(FORM).append('\n').append(origin).append("\nset ").append(number)
                .append("\nfrom ").append(from).append('\n');
        if (lost != null) {
            text.append(LOST).append(lost).append('\n');
        }
        keys.forEach(key -> text.append(key.toVkey()).append('\n'));
        return text.toString();
    }

    /**
     * The keys of the set before that signed a set which says that keys are lost.
     *
     * @param note of a set that says that keys are lost
     */
    public static List<SealKey> leftOf(KeySet before, SignedNote note) {
        return before.keys().stream().filter(note::isSignedBy).toList();
    }

    /** Whether every key of this set signed {@code note}. */
    public boolean signed(SignedNote note) {
        return keys.stream().allMatch(note::isSignedBy);
    }

    /**
     * Reads the sets of a log, the first first, and follows them from one to the next.
     *
     * @throws IllegalArgumentException if a note is no set, is not signed by all its own keys and, unless it says that they are lost, by all of the set
     *     before it, or does not come next
     */
    public static List<KeySet> history(List<SignedNote> notes) {
        List<KeySet> sets = new ArrayList<>();
        for (SignedNote note : notes) {
            KeySet set = parse(note.text());
            if (!set.signed(note)) {
                throw new IllegalArgumentException("set " + set.number() + " is not signed by its own keys");
            }
            if (set.number() != sets.size() + 1L) {
                throw new IllegalArgumentException("set " + set.number() + " where " + (sets.size() + 1) + " was expected");
            }
            if (!sets.isEmpty()) {
                KeySet before = sets.getLast();
                if ((set.lost() == null && !before.signed(note)) || !before.origin().equals(set.origin()) || set.from().isBefore(before.from())) {
                    throw new IllegalArgumentException(
                            "set " + set.number() + " does not follow the one before: the keys before it did not sign it");
                }
            }
            sets.add(set);
        }
        return List.copyOf(sets);
    }
}
