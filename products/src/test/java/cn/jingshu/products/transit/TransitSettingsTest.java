package cn.jingshu.products.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micronaut.context.ApplicationContext;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TransitSettingsTest {
    private static ApplicationContext context(Map<String, Object> properties) {
        return ApplicationContext.builder()
                .properties(properties)
                .singletons(Clock.systemUTC())
                .start();
    }

    /** As a node starts it: the edges ask for their products. */
    private static void started(Map<String, Object> properties) {
        try (ApplicationContext context = context(properties)) {
            context.getBean(TransitProduct.class);
        }
    }

    @Test
    void withNothingSetTheDemonstrationStartsWithTheApplication() {
        try (ApplicationContext context = context(Map.of())) {
            assertThat(context.getBean(TransitSettings.class)).isEqualTo(TransitSettings.demo());
            assertThat(context.getBean(TransitProduct.class).health().accepted()).isPositive();
        }
    }

    @Test
    void settingsAreBoundByName() {
        try (ApplicationContext context = context(
                Map.of("jingshu.transit.stale-after", "2m", "jingshu.transit.poll-interval", "5s", "jingshu.transit.replay-speed", "4"))) {
            TransitSettings settings = context.getBean(TransitSettings.class);
            assertThat(settings.staleAfter()).isEqualTo(Duration.ofMinutes(2));
            assertThat(settings.pollInterval()).isEqualTo(Duration.ofSeconds(5));
            assertThat(settings.replaySpeed()).isEqualTo(4);
        }
    }

    @Test
    void severalFeedsAreAListOrATextWithCommas() {
        for (Object several : List.of(List.of("a,1.pb", " b.pb", ""), "a,1.pb, b.pb,")) {
            try (ApplicationContext context = context(Map.of("jingshu.transit.feed", several))) {
                assertThat(context.getBean(TransitSettings.class).feed())
                        .isEqualTo(several instanceof List ? List.of("a,1.pb", "b.pb") : List.of("a", "1.pb", "b.pb"));
            }
        }
        assertThatThrownBy(() -> started(Map.of("jingshu.transit.feed", "a.pb,a.pb"))).rootCause().hasMessageContaining("twice");
    }

    @Test
    void aMissingFileFailsTheStart() {
        assertThatThrownBy(() -> started(Map.of("jingshu.transit.gtfs", "/nowhere/city.zip")))
                .rootCause()
                .hasMessage("The GTFS archive /nowhere/city.zip does not exist.");
        assertThatThrownBy(() -> started(Map.of("jingshu.transit.stale-after", "1s")))
                .rootCause()
                .hasMessageContaining("stale-after is below five seconds");
    }
}
