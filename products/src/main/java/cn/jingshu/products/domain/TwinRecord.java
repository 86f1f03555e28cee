package cn.jingshu.products.domain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One filling of a sandbox twin as it stands on record: never changed, its text held by a digest.
 *
 * @param number in the order of their making, over all products
 * @param kind what came of it
 * @param terms what a sample had to keep to; null: it was made up
 * @param by who asked for it
 * @param approval id of the decision it rests on; null: none was needed
 * @param sentenceZh why nothing was drawn; null: the twin was filled
 * @param text the report as it was written down
 * @param digest hexadecimal SHA-256 of {@code text} in UTF-8
 */
public record TwinRecord(long number, Kind kind, TwinReport report, @Nullable Terms terms, String by, @Nullable String approval,
        @Nullable String sentenceZh, @Nullable String sentenceEn, String text, String digest) {

    /** What came of a filling. */
    public enum Kind {
        /** Filled with made-up rows. */
        SYNTHETIC,
        /** Filled with a masked sample. */
        SAMPLED,
        /** A sample was measured and not used: the twin is what it was. */
        WITHHELD
    }

    /**
     * What a sample has to keep to.
     *
     * @param rows about so many of the largest table about persons
     * @param k fewest subjects that may share what others may know of them; the rows of smaller classes were left out
     * @param leastK below it the sample is withheld
     * @param mostUnique greatest share, 0 to 1, of subjects whose rows together may be unique; held against real people alone
     */
    public record Terms(long rows, int k, int leastK, double mostUnique) {
        public Terms {
            if (rows < 1 || k < 2 || leastK < 2 || !(mostUnique >= 0 && mostUnique <= 1)) {
                throw new IllegalArgumentException("a sample has a row or more, a k and a least k of 2 or more, and a share from 0 to 1");
            }
        }
    }

    /** Whether the text is what was written down. */
    public boolean isIntact() {
        return digest.equals(digestOf(text));
    }

    static String digestOf(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
