package cn.jingshu.marketplace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class HttpDateTest {
    @Test
    void aDayHasTwoDigits() {
        assertThat(HttpDate.of(Instant.parse("2026-12-01T08:09:10.999Z"))).isEqualTo("Tue, 01 Dec 2026 08:09:10 GMT");
        assertThat(HttpDate.of(Instant.parse("1994-11-06T08:49:37Z"))).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT"); // the example of RFC 9110
    }
}
