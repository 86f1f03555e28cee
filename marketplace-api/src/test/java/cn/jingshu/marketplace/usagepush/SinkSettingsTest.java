package cn.jingshu.marketplace.usagepush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SinkSettingsTest {
    /** The vector published with Standard Webhooks. */
    @Test
    void aMessageIsSignedAsTheStandardsOwnExampleIs() {
        WebhookSecrets secrets = WebhookSecrets.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assertThat(secrets.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330,
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void whileASinkChangesItsSecretBothSign() {
        String one = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        String two = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=";
        byte[] body = new byte[] {1, 2, 3};
        assertThat(WebhookSecrets.parse(" " + one + "  " + two + " ").sign("m", 1, body))
                .isEqualTo(WebhookSecrets.parse(one).sign("m", 1, body) + " " + WebhookSecrets.parse(two).sign("m", 1, body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "whsec_", "whsec_c2hvcnQ=", "secret", "whsec_***notbase64***secretsecret", "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    void aSecretThatIsNoneIsRefusedAndNotShown(String text) {
        assertThatThrownBy(() -> WebhookSecrets.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("c2hvcnQ", "notbase64", "MfKQ");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "https://warehouse.example/usage?token=t", "https://10.0.0.7:8443/usage", "http://127.0.0.1:9000/x",
        "http://localhost:9000", "http://[::1]:9000/"
    })
    void anAddressOfOnesOwnChoiceIsTaken(String url) {
        assertThat(SinkAddress.parse(url).uri()).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "warehouse.example", "ftp://warehouse.example/", "http://warehouse.example/usage", "http://10.0.0.7/usage",
        "https://user:tokenword@warehouse.example/", "https://warehouse.example/tokenword#part", "https:///usage",
        "file:///etc/passwd", "http://127.0.0.1.example/", "not a url"
    })
    void anAddressThatCanOnlyBeAMistakeIsRefusedAndItsTokensAreNotShown(String url) {
        assertThatThrownBy(() -> SinkAddress.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("tokenword");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "https://169.254.169.254/latest/meta-data", "https://[fe80::1]/", "https://0.0.0.0/", "https://[::]/",
        "https://224.0.0.1/", "https://[ff02::1]/", "https://[::ffff:169.254.169.254]/"
    })
    void nothingIsSentToThisLinkToManyOrToNobody(String url) throws UnknownHostException {
        assertThat(SinkAddress.parse(url).fault()).isPresent();
    }

    @Test
    void aSinkThatKeepsFailingIsLeftAloneLongerUpToALimit() {
        PushSettings settings = PushSettings.usual("/s", Duration.ofSeconds(1), Duration.ofSeconds(15));
        assertThat(settings.waitAfter(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.waitAfter(2)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.waitAfter(9)).isEqualTo(Duration.ofSeconds(256));
        assertThat(settings.waitAfter(10)).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.waitAfter(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(5));
    }
}
