package cn.jingshu.marketplace.portal;

/** A choice among named ones whose name on the page is a text: implemented by enums only. */
public interface Labelled {
    /** The constant's name, as every enum has it. */
    String name();

    /** The key of its text: {@code enum.Outcome.ANSWERED}. */
    default String textKey() {
        return "enum." + getClass().getSimpleName() + "." + name();
    }

    /** The key of a sentence that explains it: {@code explain.Verdict.BILLED}. Only where {@link Explained} is declared. */
    interface Explained extends Labelled {
        default String explanationKey() {
            return "explain." + getClass().getSimpleName() + "." + name();
        }
    }
}
