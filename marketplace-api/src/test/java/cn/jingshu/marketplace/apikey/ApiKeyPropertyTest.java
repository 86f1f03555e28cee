package cn.jingshu.marketplace.apikey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Laws over seeded random keys; a failure names the key, which opens nothing. */
class ApiKeyPropertyTest {
    private static final long SEED = 20261123;
    private final Random random = new Random(SEED);
    private final Pepper pepper = new Pepper("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

    private ApiKey nextKey() {
        return ApiKey.next(random.nextBoolean(), random);
    }

    @Test
    void aNewKeyReadsBackAndLooksAsPublished() {
        for (int round = 0; round < 1_000; round++) {
            ApiKey key = nextKey();
            assertThat(key.reveal()).matches(ApiKey.PATTERN).hasSize(44)
                    .startsWith(key.sandbox() ? "js_test_" : "js_live_").endsWith(key.lastFour());
            assertThat(ApiKey.parse(key.reveal())).hasValueSatisfying(read -> {
                assertThat(read.reveal()).isEqualTo(key.reveal());
                assertThat(read.sandbox()).isEqualTo(key.sandbox());
                assertThat(pepper.hash(read)).isEqualTo(pepper.hash(key));
            });
        }
    }

    @Test
    void oneWrongCharacterIsAlwaysNoticedWithoutALookUp() {
        for (int round = 0; round < 20_000; round++) {
            String key = nextKey().reveal();
            int at = random.nextInt(key.length());
            char other = (char) random.nextInt(' ', 0x7f);
            String mistyped = key.substring(0, at) + other + key.substring(at + 1);
            assertThat(ApiKey.parse(mistyped).isPresent()).as(mistyped).isEqualTo(mistyped.equals(key));
        }
    }

    @Test
    void twoNeighboursSwappedAreAlwaysNoticed() {
        for (int round = 0; round < 5_000; round++) {
            char[] key = nextKey().reveal().toCharArray();
            int at = random.nextInt(8, key.length - 1);
            boolean equal = key[at] == key[at + 1];
            char moved = key[at];
            key[at] = key[at + 1];
            key[at + 1] = moved;
            assertThat(ApiKey.parse(new String(key)).isPresent()).as(new String(key)).isEqualTo(equal);
        }
    }

    @Test
    void anyOtherTextIsNoKey() {
        for (int round = 0; round < 20_000; round++) {
            String text = random.ints(random.nextInt(60), 1, 0x3000)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertThat(ApiKey.parse(text)).as(text).isEmpty();
            assertThat(ApiKey.parse("js_live_" + text)).as(text).isEmpty();
        }
    }

    @Test
    void aTestKeyCannotBePassedOffAsALiveOne() {
        String test = ApiKey.next(true, random).reveal();
        assertThat(ApiKey.parse(test.replace("js_test_", "js_live_"))).isEmpty();
    }

    @Test
    void printingAKeyOrAPepperGivesNothingSecretAway() {
        ApiKey key = ApiKey.next(false, random);
        assertThat(key.toString()).isEqualTo("js_live_…" + key.lastFour());
        assertThat(pepper.toString()).doesNotContain("0123");
    }

    @Test
    void aHashSurvivesItsBytesAndDependsOnThePepper() {
        ApiKey key = nextKey();
        KeyHash hash = pepper.hash(key);
        assertThat(KeyHash.of(hash.bytes())).isEqualTo(hash);
        byte[] other = "0123456789abcdef0123456789abcdeF".getBytes(StandardCharsets.US_ASCII);
        assertThat(new Pepper(other).hash(key)).isNotEqualTo(hash);
    }

    @Test
    void aShortPepperIsRefused() {
        assertThatThrownBy(() -> new Pepper(new byte[31])).hasMessageContaining("31 bytes");
    }
}
