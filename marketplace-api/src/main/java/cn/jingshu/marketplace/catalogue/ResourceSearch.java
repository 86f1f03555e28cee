package cn.jingshu.marketplace.catalogue;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds resources by Chinese and English words. Chinese has no blanks, so a run of Han characters is looked for as a whole and, where
 * that fails, by its pairs of neighbours (bigrams), of which more than half have to be there; Latin words are looked for by their
 * beginnings. Every word asked for has to be found in some field; a field weighs the more the more it says about what a resource is.
 *
 * <p>A catalogue has thousands of entries at most, so every one is looked at: no index can be stale, and no extension of the database
 * is needed.
 */
public final class ResourceSearch {
    /** What is typed beyond this is not looked at. */
    static final int MOST_CHARACTERS = 100;

    private static final int MOST_WORDS = 12;
    private static final double WHOLE = 1.0;
    private static final double EXACT_FIELD = 2.0;

    private ResourceSearch() {}

    /** Names of a provider, which are looked in as well. */
    public record Names(String zh, String en) {}

    private record Field(String text, double weight) {}

    private record Scored(ResourceVersion version, double score) {}

    /** Says how a provider is called. */
    @FunctionalInterface
    public interface Providers {
        Names of(String code);
    }

    /**
     * The versions that fit what was typed, best first; of equals, in the order given.
     *
     * @param typed anything; what holds no letter and no digit asks for nothing, and all are returned
     */
    public static List<ResourceVersion> find(List<ResourceVersion> versions, Providers providers, String typed) {
        List<String> words = words(typed);
        if (words.isEmpty()) {
            return List.copyOf(versions);
        }
        return versions.stream()
                .map(each -> new Scored(each, score(fields(each.entry(), providers), words)))
                .filter(each -> each.score() > 0)
                .sorted(Comparator.comparingDouble(Scored::score).reversed())
                .map(Scored::version)
                .toList();
    }

    private static List<Field> fields(ResourceEntry e, Providers providers) {
        Names provider = providers.of(e.provider());
        List<Field> fields = new ArrayList<>();
        add(fields, 12, Stream.of(e.id()));
        add(fields, 10, Stream.of(e.nameZh(), e.nameEn()));
        add(fields, 6, Stream.of(provider.zh(), provider.en(), e.classification()));
        add(fields, 4, e.items().stream().flatMap(item -> Stream.of(item.code(), item.zh(), item.en())));
        add(fields, 2, Stream.of(e.conditionsZh(), e.conditionsEn(), e.blockedBy(), e.format()).map(text -> text == null ? "" : text));
        return fields;
    }

    private static void add(List<Field> fields, double weight, Stream<String> texts) {
        texts.map(ResourceSearch::normal).filter(text -> !text.isEmpty()).forEach(text -> fields.add(new Field(text, weight)));
    }

    /** Zero when a word is found nowhere. */
    private static double score(List<Field> fields, List<String> words) {
        double score = 0;
        for (String word : words) {
            double best = 0;
            for (Field field : fields) {
                best = Math.max(best, field.weight() * found(field.text(), word));
            }
            if (best <= 0) {
                return 0;
            }
            score += best;
        }
        return score;
    }

    /** How well a word is found in a normalised text: 2 it is the text, 1 it is in it, less for a part of a Chinese run, 0 not at all. */
    static double found(String text, String word) {
        if (text.equals(word)) {
            return EXACT_FIELD;
        }
        if (!isHan(word.codePointAt(0))) {
            return beginsAWord(text, word) || singular(word, text) ? WHOLE : 0;
        }
        if (text.contains(word)) {
            return WHOLE;
        }
        int[] characters = word.codePoints().toArray();
        if (characters.length < 3) {
            return 0; // half of a pair says nothing
        }
        Set<String> pairs = new LinkedHashSet<>();
        for (int i = 0; i + 1 < characters.length; i++) {
            pairs.add(new String(characters, i, 2));
        }
        long there = pairs.stream().filter(text::contains).count();
        return 2 * there > pairs.size() ? 0.8 * there / pairs.size() : 0;
    }

    private static boolean beginsAWord(String text, String word) {
        return (" " + text).contains(" " + word);
    }

    /** Whether an English plural is found as its singular: records, enterprises, deposits; registries as registry. */
    private static boolean singular(String word, String text) {
        return (word.length() > 4 && word.endsWith("ies") && beginsAWord(text, word.substring(0, word.length() - 3) + "y"))
                || (word.length() > 3 && word.endsWith("s") && beginsAWord(text, word.substring(0, word.length() - 1)))
                || (word.length() > 4 && word.endsWith("es") && beginsAWord(text, word.substring(0, word.length() - 2)));
    }

    /** The words asked for: runs of Han characters, and runs of other letters and digits. */
    static List<String> words(String typed) {
        String bounded = typed.codePointCount(0, typed.length()) <= MOST_CHARACTERS
                ? typed : typed.substring(0, typed.offsetByCodePoints(0, MOST_CHARACTERS));
        Set<String> words = new LinkedHashSet<>();
        for (String part : normal(bounded).split(" ", -1)) {
            splitByScript(part, words);
        }
        return words.stream().limit(MOST_WORDS).toList();
    }

    private static void splitByScript(String part, Set<String> words) {
        StringBuilder run = new StringBuilder();
        boolean han = false;
        for (int character : part.codePoints().toArray()) {
            if (!run.isEmpty() && isHan(character) != han) {
                words.add(run.toString());
                run.setLength(0);
            }
            han = isHan(character);
            run.appendCodePoint(character);
        }
        if (!run.isEmpty()) {
            words.add(run.toString());
        }
    }

    /**
     * Full and half width alike (NFKC), lower case, a blank where Han characters meet others and for everything that is neither letter nor digit; the dots within an id such
     * as {@code a2.8.4} stay.
     */
    static String normal(String text) {
        String same = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        StringBuilder normal = new StringBuilder(same.length());
        int[] characters = same.codePoints().toArray();
        for (int i = 0; i < characters.length; i++) {
            boolean insideNumber = characters[i] == '.' && i > 0 && i + 1 < characters.length
                    && Character.isDigit(characters[i - 1]) && Character.isDigit(characters[i + 1]);
            if (Character.isLetterOrDigit(characters[i]) || insideNumber) {
                if (i > 0 && isHan(characters[i]) != isHan(characters[i - 1]) && !normal.isEmpty() && normal.charAt(normal.length() - 1) != ' ') {
                    normal.append(' '); // 5G基站: a word of each script
                }
                normal.appendCodePoint(characters[i]);
            } else if (!normal.isEmpty() && normal.charAt(normal.length() - 1) != ' ') {
                normal.append(' ');
            }
        }
        return normal.toString().strip();
    }

    private static boolean isHan(int character) {
        return Character.UnicodeScript.of(character) == Character.UnicodeScript.HAN;
    }
}
