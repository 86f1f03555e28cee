package cn.jingshu.marketplace.portal;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Every word the portal itself says, in one language. Templates hold keys, never words. */
public final class PortalTexts {
    private static final Pattern ARGUMENT = Pattern.compile("\\{(\\d)}");

    private final Lang lang;
    private final Map<String, String> texts;

    private PortalTexts(Lang lang, Map<String, String> texts) {
        this.lang = lang;
        this.texts = texts;
    }

    /**
     * Reads the text file of {@code lang}.
     *
     * @throws IllegalStateException if the file is not in the program: it is built wrong
     */
    public static PortalTexts load(Lang lang) {
        String file = "/portal/texts/" + lang.tag() + ".properties";
        try (InputStream in = PortalTexts.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("text file " + file + " is missing from the program");
            }
            Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8);
            Properties properties = new Properties();
            properties.load(reader);
            return new PortalTexts(
                    lang,
                    properties.stringPropertyNames().stream()
                            .collect(Collectors.toUnmodifiableMap(key -> key, properties::getProperty)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    public Lang lang() {
        return lang;
    }

    /** All keys, for the tests that compare languages and look for unused ones. */
    Set<String> keys() {
        return texts.keySet();
    }

    /**
     * The text of {@code key} with {@code {0}}, {@code {1}} … replaced by {@code arguments} as they are.
     *
     * @throws IllegalArgumentException if there is no such key or an argument is missing
     */
    public String get(String key, Object... arguments) {
        return ARGUMENT.matcher(pattern(key)).replaceAll(match -> {
            int index = Integer.parseInt(match.group(1));
            if (index >= arguments.length) {
                throw new IllegalArgumentException("text " + key + " needs argument " + index);
            }
            return Matcher.quoteReplacement(String.valueOf(arguments[index]));
        });
    }

    /**
     * The text of {@code key} as it stands in the file, its {@code {0}} still open.
     *
     * @throws IllegalArgumentException if there is no such key
     */
    public String pattern(String key) {
        String text = texts.get(key);
        if (text == null) {
            throw new IllegalArgumentException("no text for key " + key);
        }
        return text;
    }
}
