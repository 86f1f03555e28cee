package cn.jingshu.marketplace.portal;

/** A text that comes from the market's own facts (a product's name, a reason), in both languages. */
public record Bilingual(String zh, String en) {
    /** The same in both languages: a name, a code, what a person wrote. */
    public static Bilingual same(String text) {
        return new Bilingual(text, text);
    }

    /** The text in {@code lang}. */
    public String in(Lang lang) {
        return switch (lang) {
            case ZH_CN -> zh;
            case EN -> en;
        };
    }
}
