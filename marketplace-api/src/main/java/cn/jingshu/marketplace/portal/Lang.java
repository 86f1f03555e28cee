package cn.jingshu.marketplace.portal;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A language of the portal. Chinese comes first; English is as complete (a test compares the two text files). */
public enum Lang {
    ZH_CN("zh-CN", "中文"),
    EN("en", "English");

    /** The cookie that remembers a choice made with {@code ?lang=}. */
    public static final String COOKIE = "js_lang";

    private final String tag;
    private final String ownName;

    Lang(String tag, String ownName) {
        this.tag = tag;
        this.ownName = ownName;
    }

    /** The BCP 47 tag, as in {@code <html lang>} and in {@code ?lang=}. */
    public String tag() {
        return tag;
    }

    /** What the language calls itself; the same in every language, so it is no text of the text files. */
    public String ownName() {
        return ownName;
    }

    /** The other language, for the switch in the page's head. */
    public Lang other() {
        return this == ZH_CN ? EN : ZH_CN;
    }

    /**
     * The language of an answer: an explicit choice, else a remembered one, else the browser's first that we speak,
     * else Chinese. A value we do not know is passed over, never refused.
     *
     * @param chosen the {@code ?lang=} parameter; null: none
     * @param remembered the cookie's value; null: none
     * @param acceptLanguage the {@code Accept-Language} header; null: none
     */
    public static Lang negotiate(
            @Nullable String chosen, @Nullable String remembered, @Nullable String acceptLanguage) {
        return named(chosen)
                .or(() -> named(remembered))
                .or(() -> firstAccepted(acceptLanguage))
                .orElse(ZH_CN);
    }

    private static Optional<Lang> firstAccepted(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return Optional.empty();
        }
        try {
            return Locale.LanguageRange.parse(header).stream()
                    .filter(range -> range.getWeight() > 0)
                    .flatMap(range -> named(range.getRange()).stream())
                    .findFirst();
        } catch (IllegalArgumentException malformed) {
            return Optional.empty(); // a header we cannot read states no preference
        }
    }

    private static Optional<Lang> named(@Nullable String tag) {
        if (tag == null) {
            return Optional.empty();
        }
        String primary = tag.strip().toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
        return switch (primary) {
            case "zh" -> Optional.of(ZH_CN);
            case "en" -> Optional.of(EN);
            default -> Optional.empty();
        };
    }
}
