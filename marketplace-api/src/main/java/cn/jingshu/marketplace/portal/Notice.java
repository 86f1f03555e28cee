package cn.jingshu.marketplace.portal;

import java.util.Locale;

/** A sentence above the page's content about what just happened or must be known. */
public record Notice(Kind kind, Bilingual text) {
    /** How a notice looks; the word beside it says the same, so colour alone never carries the meaning. */
    public enum Kind implements Labelled {
        NOTE,
        DONE,
        WARNING,
        FAILED;

        @Override
        public String textKey() {
            return "enum.NoticeKind." + name();
        }

        /** Part of the class name in the style sheet. */
        public String css() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
