package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TransitDisplayTest {
    @Test
    void linesStandAsATimetableListsThem() {
        assertThat(Stream.of("夜1路", "16路", "2路", "K3", "1路", "16A路", "").sorted(TransitDisplay.LINES))
                .containsExactly("1路", "2路", "16A路", "16路", "", "K3", "夜1路");
    }
}
