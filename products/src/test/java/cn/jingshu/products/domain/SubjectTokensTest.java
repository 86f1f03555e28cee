package cn.jingshu.products.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.domain.SubjectTokens.Hash;
import cn.jingshu.products.sandbox.TestSubject;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SubjectTokensTest {
    private static final byte[] KEY = "thirty-two bytes of the tests' key".getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @EnumSource(Hash.class)
    void equalSubjectsHaveOneTokenHoweverTheyWereTyped(Hash hash) {
        SubjectTokens tokens = new SubjectTokens(KEY, hash);
        String number = TestSubject.APPROVE.person().number();
        String code = TestSubject.APPROVE.enterprise().code();
        assertThat(tokens.of(number)).hasSize(43).isEqualTo(tokens.of(" " + number.toLowerCase(Locale.ROOT) + " "));
        assertThat(tokens.of(code)).isEqualTo(tokens.of(code.substring(0, 4) + "-" + code.substring(4).toLowerCase(Locale.ROOT)));
        assertThat(tokens.of("card 12 ")).isEqualTo(tokens.of("card 12")).isNotEqualTo(tokens.of("card12"));
        assertThat(tokens.of("aB")).isNotEqualTo(tokens.of("ab"));
    }

    @ParameterizedTest
    @EnumSource(Hash.class)
    void anotherKeyOrHashGivesAnotherToken(Hash hash) {
        String number = TestSubject.REFER.person().number();
        String token = new SubjectTokens(KEY, hash).of(number);
        assertThat(new SubjectTokens("another key of the tests, thirty-two bytes".getBytes(StandardCharsets.UTF_8), hash).of(number)).isNotEqualTo(token);
        for (Hash other : Hash.values()) {
            assertThat(new SubjectTokens(KEY, other).of(number).equals(token)).isEqualTo(other == hash);
        }
    }

    @Test
    void aShortKeyIsRefusedAndNothingIsShown() {
        assertThatThrownBy(() -> new SubjectTokens(new byte[31], Hash.HMAC_SM3)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new SubjectTokens(KEY, Hash.HMAC_SM3)).hasToString("SubjectTokens[HMAC_SM3]");
    }

    /** What is kept for one use tells nothing of another. */
    @Test
    void derivedSecretsDiffer() {
        DomainKeys keys = DomainKeys.of(KEY);
        assertThat(keys.passwordOf("js_a_v1")).hasSize(64).isNotEqualTo(keys.passwordOf("js_a_v11")).isEqualTo(DomainKeys.of(KEY).passwordOf("js_a_v1"));
        assertThat(keys.derive("a", "b")).isNotEqualTo(keys.derive("ab", ""));
        assertThatThrownBy(() -> DomainKeys.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }
}
