package cn.jingshu.ledger.verify;

/**
 * Something that is wrong.
 *
 * @param place file, and within it entry or line
 * @param zh what is wrong
 * @param en the same
 */
public record Finding(Check check, String place, String zh, String en) {
    String text(Language language) {
        return place + ": " + (language == Language.ZH ? zh : en);
    }
}
