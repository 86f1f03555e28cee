package cn.jingshu.marketplace.apikey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class ApiKeyPropertyTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private final Pepper pepper = new Pepper("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

    @Property(tries = 300)
    void aNewKeyReadsBackAndLooksAsPublished(@ForAll boolean sandbox) {
        ApiKey key = ApiKey.next(sandbox, RANDOM);
        assertThat(key.reveal()).matches(ApiKey.PATTERN).hasSize(44).startsWith(sandbox ? "js_test_" : "js_live_");
        assertThat(ApiKey.parse(key.reveal())).hasValueSatisfying(read -> {
            assertThat(read.reveal()).isEqualTo(key.reveal());
            assertThat(read.sandbox()).isEqualTo(sandbox);
            assertThat(pepper.hash(read)).isEqualTo(pepper.hash(key));
        });
    }

    @Property(tries = 2_000)
    void oneWrongCharacterIsAlwaysNoticedWithoutALookUp(
            @ForAll boolean sandbox,
            @ForAll @IntRange(min = 0, max = 43) int at,
            @ForAll @CharRange(from = ' ', to = '~') char other) {
        String key = ApiKey.next(sandbox, RANDOM).reveal();
        String mistyped = key.substring(0, at) + other + key.substring(at + 1);
        assertThat(ApiKey.parse(mistyped).isPresent()).isEqualTo(mistyped.equals(key));
    }

    @Property(tries = 1_000)
    void anyOtherTextIsNoKey(@ForAll @StringLength(max = 60) String text) {
        assertThat(ApiKey.parse(text)).isEmpty();
        assertThat(ApiKey.parse("js_live_" + text)).isEmpty();
    }

    @Example
    void aTestKeyCannotBePassedOffAsALiveOne() {
        String test = ApiKey.next(true, RANDOM).reveal();
        assertThat(ApiKey.parse(test.replace("js_test_", "js_live_"))).isEmpty();
    }

    @Property(tries = 100)
    void printingAKeyGivesNothingSecretAway(@ForAll boolean sandbox) {
        ApiKey key = ApiKey.next(sandbox, RANDOM);
        assertThat(key.toString()).isEqualTo((sandbox ? "js_test_" : "js_live_") + "…" + key.lastFour());
        assertThat(key.reveal()).endsWith(key.lastFour());
    }

    @Property(tries = 100)
    void aHashSurvivesItsBytesAndDependsOnThePepper(@ForAll boolean sandbox) {
        ApiKey key = ApiKey.next(sandbox, RANDOM);
        KeyHash hash = pepper.hash(key);
        assertThat(KeyHash.of(hash.bytes())).isEqualTo(hash);
        byte[] other = "0123456789abcdef0123456789abcdeF".getBytes(StandardCharsets.US_ASCII);
        assertThat(new Pepper(other).hash(key)).isNotEqualTo(hash);
    }

    @Example
    void aShortPepperIsRefused() {
        assertThatThrownBy(() -> new Pepper(new byte[31])).hasMessageContaining("31 bytes");
    }
}
