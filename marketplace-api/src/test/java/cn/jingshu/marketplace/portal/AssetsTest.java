package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssetsTest {
    private final Assets assets = new Assets();

    @ParameterizedTest
    @ValueSource(strings = {"css/portal.css", "js/map.js", "js/usage.js", "js/copy.js", "js/openapi.js", "icons/mark.svg", "htmx/htmx.min.js", "uplot/uPlot.iife.min.js", "uplot/uPlot.min.css", "swagger-ui/swagger-ui-bundle.js", "swagger-ui/swagger-ui.css"})
    void everyFileAPageLoadsIsThereUnderItsDigest(String path) {
        var asset = assets.find(path).orElseThrow();
        assertThat(asset.content()).isNotEmpty();
        assertThat(asset.contentType()).doesNotContain("octet-stream");
        assertThat(assets.href(path)).isEqualTo("/portal/assets/" + asset.digest() + "/" + path);
        assertThat(asset.digest()).matches("[0-9a-f]{16}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "css", "css/", "css/../texts/en.properties", "texts/en.properties", "../application.yml", "js/none.js", "css/portal.css/..", "/css/portal.css", "css//portal.css", "css\\portal.css"})
    void nothingElseOfTheClassPathCanBeReached(String path) {
        assertThat(assets.find(path)).isEmpty();
    }

    @Test
    void aPageThatNamesAMissingFileFailsWhenRendered() {
        assertThatThrownBy(() -> assets.href("js/none.js")).hasMessageContaining("js/none.js");
    }
}
