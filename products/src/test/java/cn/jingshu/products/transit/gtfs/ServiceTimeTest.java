package cn.jingshu.products.transit.gtfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times of a service day. */
class ServiceTimeTest {
    @ParameterizedTest
    @CsvSource({"0, 00:00:00", "59, 00:00:59", "25260, 07:01:00", "90600, 25:10:00", "360000, 100:00:00"})
    void aTimeIsWrittenWithTwoDigitsEach(int seconds, String text) {
        assertThat(ServiceTime.format(seconds)).isEqualTo(text);
        assertThat(ServiceTime.parse(text)).isEqualTo(seconds);
    }

    @Test
    void everySecondOfThreeDaysIsWrittenAsAFormatWouldAndReadAgain() {
        for (int second = 0; second < 3 * 86_400; second += 7) {
            String text = ServiceTime.format(second);
            assertThat(text).isEqualTo(String.format(Locale.ROOT, "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60));
            assertThat(ServiceTime.parse(text)).isEqualTo(second);
        }
    }
}
