package cn.jingshu.products.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.domain.SealedValues.Algorithm;
import cn.jingshu.products.domain.SealedValues.Key;
import cn.jingshu.products.domain.SealedValues.SealBrokenException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.api.Test;

class SealedValuesTest {
    private static final String PLACE = "discharge.diagnosis_code";
    private static final Key OLD = new Key(1, bytes(1));
    private static final Key NEW = new Key(2, bytes(2));

    private static byte[] bytes(int value) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) value);
        return secret;
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void whatIsSealedOpensWhereItBelongsAndNowhereElse(Algorithm algorithm) {
        SealedValues seals = new SealedValues(List.of(OLD), algorithm);
        for (String text : List.of("", "I10", "高血压,2 级", "x".repeat(100_000))) {
            byte[] sealed = seals.seal(PLACE, text);
            assertThat(seals.open(PLACE, sealed)).isEqualTo(text);
            assertThatThrownBy(() -> seals.open("discharge.further_diagnoses", sealed)).isInstanceOf(SealBrokenException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void equalTextsAreSealedDifferently(Algorithm algorithm) {
        SealedValues seals = new SealedValues(List.of(OLD), algorithm);
        assertThat(seals.seal(PLACE, "I10")).isNotEqualTo(seals.seal(PLACE, "I10"));
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void everyChangedByteIsNoticed(Algorithm algorithm) {
        SealedValues seals = new SealedValues(List.of(OLD, NEW), algorithm);
        byte[] sealed = seals.seal(PLACE, "I10");
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> seals.open(PLACE, changed)).as("byte %d", i).isInstanceOf(SealBrokenException.class)
                    .hasMessageNotContaining("I10");
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> seals.open(PLACE, cut)).isInstanceOf(SealBrokenException.class);
        }
    }

    @Test
    void afterAChangeOfKeysOldValuesOpenAndAreKnownAsOld() {
        byte[] old = new SealedValues(List.of(OLD), Algorithm.AES_256_GCM).seal(PLACE, "I10");
        SealedValues changed = new SealedValues(List.of(NEW, OLD), Algorithm.SM4_GCM);
        assertThat(changed.open(PLACE, old)).isEqualTo("I10");
        assertThat(changed.isOutdated(old)).isTrue();
        assertThat(changed.isOutdated(changed.seal(PLACE, "I10"))).isFalse();
        SealedValues without = new SealedValues(List.of(NEW), Algorithm.SM4_GCM);
        assertThatThrownBy(() -> without.open(PLACE, old)).isInstanceOf(SealBrokenException.class).hasMessageContaining("key 1");
    }

    @Test
    void keysAreWholeAndOfOneIdEach() {
        assertThatThrownBy(() -> new Key(1, new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SealedValues(List.of(), Algorithm.SM4_GCM)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SealedValues(List.of(OLD, OLD), Algorithm.SM4_GCM)).isInstanceOf(IllegalArgumentException.class);
        assertThat(OLD.toString() + NEW + DomainKeys.of("a".repeat(32).getBytes(StandardCharsets.UTF_8))).isEqualTo("Key[1]Key[2]DomainKeys[…]");
    }
}
