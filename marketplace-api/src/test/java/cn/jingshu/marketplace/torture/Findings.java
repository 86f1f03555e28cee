package cn.jingshu.marketplace.torture;

import java.util.ArrayList;
import java.util.List;

/** What a check found wrong, each with a sentence; nothing: all is as it must be. */
final class Findings {
    private static final int MOST_SENTENCES = 20;

    private final List<String> sentences = new ArrayList<>();
    private long lost;
    private long doubled;
    private long oversold;

    /** Units or events that were answered and are not stored. */
    void lost(long count, String sentence) {
        lost += count;
        say("lost: " + sentence);
    }

    /** Units or events that are stored or billed beyond what they should be. */
    void doubled(long count, String sentence) {
        doubled += count;
        say("doubled: " + sentence);
    }

    /** Admissions beyond a quota or a rate. */
    void oversold(long count, String sentence) {
        oversold += count;
        say("oversold: " + sentence);
    }

    private void say(String sentence) {
        if (sentences.size() < MOST_SENTENCES) {
            sentences.add(sentence);
        }
    }

    void add(Findings others) {
        lost += others.lost;
        doubled += others.doubled;
        oversold += others.oversold;
        others.sentences.forEach(this::say);
    }

    boolean isEmpty() {
        return lost == 0 && doubled == 0 && oversold == 0;
    }

    List<String> sentences() {
        return List.copyOf(sentences);
    }

    /** {@code lost=0 doubled=0 oversold=0} when all is well. */
    @Override
    public String toString() {
        return "lost=" + lost + " doubled=" + doubled + " oversold=" + oversold;
    }
}
