package cn.jingshu.marketplace.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class RecentKeysTest {
    private static final Pepper PEPPER = new Pepper(new byte[Pepper.MIN_BYTES]);

    @Test
    void aKeyThatCalledIsFoundWithItsHashAndNoOtherIs() {
        RecentKeys<KeyHash> recent = new RecentKeys<>();
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            ApiKey key = ApiKey.next(false, random);
            RecentKeys.Fingerprint fingerprint = recent.fingerprint(key.reveal());
            assertThat(recent.find(fingerprint)).isNull();
            recent.remember(fingerprint, PEPPER.hash(key));
            assertThat(recent.find(recent.fingerprint(key.reveal()))).isEqualTo(PEPPER.hash(key));
            assertThat(recent.find(recent.fingerprint(key.reveal() + "0"))).isNull();
            assertThat(recent.find(recent.fingerprint(key.reveal().substring(1)))).isNull();
        }
    }

    @Test
    void everyTextHasAFingerprint() {
        RecentKeys<KeyHash> recent = new RecentKeys<>();
        assertThat(recent.find(recent.fingerprint(""))).isNull();
        assertThat(recent.find(recent.fingerprint("密钥\ud800"))).isNull();
        assertThat(recent.find(recent.fingerprint("k".repeat(10_000)))).isNull();
    }

    @Test
    void twoObjectsShareNoFingerprints() {
        assertThat(new RecentKeys<KeyHash>().fingerprint("same")).isNotEqualTo(new RecentKeys<KeyHash>().fingerprint("same"));
    }

    @Test
    void itsTextTellsNothing() {
        RecentKeys<KeyHash> recent = new RecentKeys<>();
        recent.remember(recent.fingerprint("secret"), PEPPER.hash(ApiKey.next(false, new Random(2))));
        assertThat(recent).hasToString("RecentKeys[…]");
    }
}
