package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PortalTextsTest {
    private static final Path TEMPLATES = Path.of("src/main/jte");
    private static final Pattern KEY = Pattern.compile("page\\.(?:t|pattern)\\(\"([^\"]+)\"");
    private static final Pattern CHINESE = Pattern.compile("\\p{IsHan}");
    private static final Pattern WORDS = Pattern.compile(">\\s*[A-Za-z]{3,}[^<@$]*<");

    /** Words that are the same in every language. */
    private static final Set<String> NAMES = Set.of("curl", "Java", "Python", "grpcurl", "gRPC", "HTTP", "OpenAPI");

    private static final PortalTexts ZH = PortalTexts.load(Lang.ZH_CN);
    private static final PortalTexts EN = PortalTexts.load(Lang.EN);

    @Test
    void bothLanguagesHaveTheSameKeys() {
        assertThat(new TreeSet<>(EN.keys())).isEqualTo(new TreeSet<>(ZH.keys()));
    }

    @Test
    void bothLanguagesTakeTheSameArguments() {
        for (String key : ZH.keys()) {
            assertThat(arguments(EN.pattern(key))).as(key).isEqualTo(arguments(ZH.pattern(key)));
        }
    }

    @Test
    void englishHoldsNoChineseExceptTheNameOfALaw() {
        assertThat(EN.keys().stream().filter(key -> CHINESE.matcher(EN.pattern(key)).find())).containsExactly("fees.lead");
    }

    @Test
    void everyKeyIsUsedAndEveryUsedKeyExists() throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path template : templates()) {
            var matcher = KEY.matcher(Files.readString(template));
            while (matcher.find()) {
                used.add(matcher.group(1));
            }
        }
        for (Labelled choice : choices()) {
            used.add(choice.textKey());
            if (choice instanceof Labelled.Explained explained) {
                used.add(explained.explanationKey());
            }
        }
        for (MeterUnit unit : MeterUnit.values()) {
            used.add(unit.manyKey());
        }
        assertThat(new TreeSet<>(ZH.keys())).isEqualTo(used);
    }

    @Test
    void templatesHoldNoWordsOfTheirOwn() throws IOException {
        for (Path template : templates()) {
            String text = Files.readString(template);
            assertThat(CHINESE.matcher(text).find()).as(template.toString()).isFalse();
            List<String> words = WORDS.matcher(text.replaceAll("(?s)@param.*?\\R|!\\{.*?\\}\\R|\\$\\{.*?\\}", "")).results()
                    .map(match -> match.group().replaceAll("[<>]", "").strip())
                    .filter(word -> !NAMES.contains(word) && !word.endsWith(")")) // the end of an @if
                    .toList();
            assertThat(words).as(template.toString()).isEmpty();
        }
    }

    @Test
    void argumentsAreTakenAsTheyAre() {
        assertThat(EN.get("dashboard.keys", "$1\\{0}")).isEqualTo("Keys ($1\\{0} valid)");
    }

    @Test
    void aMissingKeyOrArgumentIsAFaultNotAnEmptyPlace() {
        assertThatThrownBy(() -> EN.get("no.such.key")).hasMessageContaining("no.such.key");
        assertThatThrownBy(() -> EN.get("dashboard.keys")).hasMessageContaining("dashboard.keys");
    }

    /** All enums of the package that have a text, found among the compiled classes so that none can be forgotten. */
    private static List<Labelled> choices() throws IOException {
        Path classes = Path.of("target/classes/cn/jingshu/marketplace/portal");
        List<Labelled> choices = new ArrayList<>();
        try (Stream<Path> files = Files.list(classes)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".class")).toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                try {
                    Class<?> type = Class.forName("cn.jingshu.marketplace.portal." + name);
                    if (type.isEnum() && Labelled.class.isAssignableFrom(type)) {
                        for (Object constant : type.getEnumConstants()) {
                            choices.add((Labelled) constant);
                        }
                    }
                } catch (ClassNotFoundException e) {
                    throw new IllegalStateException(name, e);
                }
            }
        }
        assertThat(choices).hasSizeGreaterThan(50);
        return choices;
    }

    private static List<Path> templates() throws IOException {
        try (Stream<Path> files = Files.walk(TEMPLATES)) {
            return files.filter(file -> file.toString().endsWith(".jte")).sorted().toList();
        }
    }

    private static List<String> arguments(String pattern) {
        return Pattern.compile("\\{\\d}").matcher(pattern).results().map(match -> match.group()).distinct().sorted().toList();
    }
}
