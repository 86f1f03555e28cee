package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The style sheet's colours keep WCAG 2.2 AA: 4.5 to 1 for text, 3 to 1 for edges and marks, in light and in dark. */
class PortalStyleTest {
    private static final String CSS = new String(new Assets().find("css/portal.css").orElseThrow().content(), StandardCharsets.UTF_8);
    private static final Pattern COLOUR = Pattern.compile("--([a-z0-9-]+): (#[0-9a-f]{6});");

    @ParameterizedTest
    @CsvSource({
        "ink, paper, 4.5", "ink, surface, 4.5", "ink, sunken, 4.5", "muted, paper, 4.5", "muted, surface, 4.5", "muted, sunken, 4.5",
        "accent, paper, 4.5", "accent, surface, 4.5", "accent-hover, sunken, 4.5", "on-accent, accent, 4.5", "on-accent, accent-hover, 4.5",
        "note, note-bg, 4.5", "done, done-bg, 4.5", "warning, warning-bg, 4.5", "failed, failed-bg, 4.5",
        "note, surface, 4.5", "done, surface, 4.5", "warning, surface, 4.5", "failed, surface, 4.5", "failed, paper, 4.5",
        "strong-line, surface, 3", "strong-line, paper, 3", "focus, paper, 3", "focus, surface, 3", "seal, surface, 3",
        "map-live, map-ground, 3", "map-stop-edge, map-ground, 3", "map-line, map-ground, 3",
        "bar-owed, surface, 3", "bar-tax, surface, 3", "bar-cost, surface, 3", "bar-treasury, surface, 3", "bar-operator, surface, 3", "bar-merchant, surface, 3",
        "line-1, surface, 3", "line-2, surface, 3", "line-3, surface, 3", "line-4, surface, 3", "line-5, surface, 3", "line-6, surface, 3"
    })
    void coloursCanBeToldFromTheirGround(String above, String below, double least) {
        int dark = CSS.indexOf("@media (prefers-color-scheme: dark)");
        int end = CSS.indexOf("*, *::before");
        Map<String, String> light = colours(CSS.substring(0, dark));
        Map<String, String> night = new HashMap<>(light);
        night.putAll(colours(CSS.substring(dark, end)));
        assertThat(contrast(colour(light, above), colour(light, below))).as("light").isGreaterThanOrEqualTo(least);
        assertThat(contrast(colour(night, above), colour(night, below))).as("dark").isGreaterThanOrEqualTo(least);
    }

    private static Map<String, String> colours(String css) {
        Map<String, String> colours = new HashMap<>();
        COLOUR.matcher(css).results().forEach(match -> colours.put(match.group(1), match.group(2)));
        return colours;
    }

    private static String colour(Map<String, String> colours, String name) {
        String colour = colours.get(name);
        if (colour == null) {
            throw new IllegalArgumentException("the style sheet has no colour " + name);
        }
        return colour;
    }

    private static double contrast(String one, String other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double luminance(String colour) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            double channel = Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
            sum += weights[i] * (channel <= 0.04045 ? channel / 12.92 : Math.pow((channel + 0.055) / 1.055, 2.4));
        }
        return sum;
    }
}
