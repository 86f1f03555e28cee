package cn.jingshu.marketplace.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class RecentKeysTest {
    private static final Pepper PEPPER = new Pepper(new byte[Pepper.MIN_BYTES]);

    private static final class Kept extends RecentKeys.Kept {
        private final KeyHash hash;

        private Kept(RecentKeys.Fingerprint print, KeyHash hash) {
            super(print);
            this.hash = hash;
        }

        private KeyHash hash() {
            return hash;
        }
    }

    @Test
    void aKeyThatCalledIsFoundWithItsHashAndNoOtherIs() {
        RecentKeys<Kept> recent = new RecentKeys<>();
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            ApiKey key = ApiKey.next(false, random);
            RecentKeys.Fingerprint fingerprint = recent.fingerprint(key.reveal());
            assertThat(recent.find(fingerprint)).isNull();
            recent.remember(new Kept(fingerprint, PEPPER.hash(key)));
            assertThat(recent.find(recent.fingerprint(key.reveal()))).extracting(Kept::hash).isEqualTo(PEPPER.hash(key));
            assertThat(recent.find(recent.fingerprint(key.reveal() + "0"))).isNull();
            assertThat(recent.find(recent.fingerprint(key.reveal().substring(1)))).isNull();
        }
    }

    @Test
    void everyTextHasAFingerprint() {
        RecentKeys<Kept> recent = new RecentKeys<>();
        assertThat(recent.find(recent.fingerprint(""))).isNull();
        assertThat(recent.find(recent.fingerprint("密钥\ud800"))).isNull();
        assertThat(recent.find(recent.fingerprint("k".repeat(10_000)))).isNull();
    }

    @Test
    void twoObjectsShareNoFingerprints() {
        assertThat(new RecentKeys<Kept>().fingerprint("same")).isNotEqualTo(new RecentKeys<Kept>().fingerprint("same"));
    }

    @Test
    void itsTextTellsNothing() {
        RecentKeys<Kept> recent = new RecentKeys<>();
        recent.remember(new Kept(recent.fingerprint("secret"), PEPPER.hash(ApiKey.next(false, new Random(2)))));
        assertThat(recent).hasToString("RecentKeys[…]");
    }
}
