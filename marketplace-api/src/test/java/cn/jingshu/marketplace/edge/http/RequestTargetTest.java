package cn.jingshu.marketplace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
    @ParameterizedTest
    @CsvSource({"/v1/echo,/v1/echo,''", "/v1/echo?,/v1/echo,''", "/v1/a?b=c?d,/v1/a,b=c?d", "http://x/v1/a?b,/v1/a,b",
        "HTTPS://x:8443/v1/a,/v1/a,''", "http://example.org,/,''", "/v1/%E8%8D%86,/v1/%E8%8D%86,''", "*,*,''"})
    void anAddressIsItsPathAndQuery(String sent, String path, String query) {
        assertThat(RequestTarget.of(sent)).isEqualTo(new RequestTarget(path, query));
        assertThat(RequestTarget.pathOf(sent)).isEqualTo(path);
    }

    @Test
    void lettersSentAsTheyAreTypedMeanTheirUtf8() {
        String asTheServerReadsThem = new String("/v1/荆?name=门".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(RequestTarget.of(asTheServerReadsThem)).isEqualTo(new RequestTarget("/v1/%E8%8D%86", "name=%E9%97%A8"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/a\u0000b", "/v1/a b", "/v1/a\tb", "/v1/a\u007f", "/v1/\u00ff\u00fe", "/v1/a?n=\u00e8\u008d", "/v1/\u8346"})
    void whatNoAddressCanHoldIsNone(String sent) {
        assertThat(RequestTarget.of(sent)).isNull();
    }
}
