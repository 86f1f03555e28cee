package cn.jingshu.products.health.warning;

import cn.jingshu.products.health.guideline.Concern;

/**
 * Something a person should know.
 *
 * @param rule code of the rule that found it
 * @param confidence probability that the person's usual value lies beyond the bound; of a trend, one minus its p-value
 * @param citation guideline or paper the bound is from
 */
public record Warning(String rule, Topic topic, Concern concern, Words title, Words evidence, Words advice, double confidence, String citation) {
    /** The same in both languages. */
    public record Words(String zh, String en) {}
}
