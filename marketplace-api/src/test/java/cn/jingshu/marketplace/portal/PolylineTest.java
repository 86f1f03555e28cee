package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PolylineTest {
    @Test
    void knownPointsHaveTheKnownText() {
        var line = List.of(new Polyline.Point(38.5, -120.2), new Polyline.Point(40.7, -120.95), new Polyline.Point(43.252, -126.453));
        assertThat(Polyline.encode(line)).isEqualTo("_p~iF~ps|U_ulLnnqC_mqNvxq`@");
    }

    @Test
    void noPointsAreNoText() {
        assertThat(Polyline.encode(List.of())).isEmpty();
    }
}
