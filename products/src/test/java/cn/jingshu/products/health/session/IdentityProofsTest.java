package cn.jingshu.products.health.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.health.Provider;
import cn.jingshu.products.health.session.IdentityProofs.Verdict;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.sandbox.TestSubject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityProofsTest {
    private static final Instant NOW = Instant.parse("2026-11-01T02:00:00Z");
    private static final ResidentId PERSON = TestSubject.APPROVE.person();
    private static final ResidentId OTHER = TestSubject.REFER.person();
    private static final String ID = "0123456789abcdef";

    private final Provider provider = new Provider();
    private final IdentityProofs proofs = provider.proofs();

    @Test
    void aFreshStatementAboutThePersonProves() {
        assertThat(proofs.verify(provider.proof(PERSON, ID, NOW), PERSON, NOW)).isEqualTo(new Verdict.Proved(ID, NOW.plusSeconds(300)));
    }

    @Test
    void nothingElseDoes() {
        String proof = provider.proof(PERSON, ID, NOW);
        assertThat(proofs.verify(proof, OTHER, NOW)).as("of another person").isInstanceOf(Verdict.Worthless.class);
        assertThat(proofs.verify(proof, PERSON, NOW.plusSeconds(300))).as("expired").isInstanceOf(Verdict.Worthless.class);
        assertThat(proofs.verify(proof, PERSON, NOW.minusSeconds(61))).as("of the future").isInstanceOf(Verdict.Worthless.class);
        assertThat(new Provider().proofs().verify(proof, PERSON, NOW)).as("of another provider's key").isInstanceOf(Verdict.Worthless.class);
        assertThat(proofs.verify(provider.proof(PERSON, "short", NOW), PERSON, NOW)).as("with an id that could be guessed").isInstanceOf(Verdict.Worthless.class);
        for (Map.Entry<String, Object> wrong : Map.<String, Object>of("iss", "someone", "aud", "other", "exp", NOW.getEpochSecond() + 3600, "iat", "now", "sub", PERSON.number()).entrySet()) {
            assertThat(proofs.verify(provider.proof(PERSON, ID, NOW, Map.of(wrong.getKey(), wrong.getValue()), "EdDSA"), PERSON, NOW))
                    .as("with another %s", wrong.getKey()).isInstanceOf(Verdict.Worthless.class);
        }
        for (String algorithm : new String[] {"none", "HS256", "RS256"}) {
            assertThat(proofs.verify(provider.proof(PERSON, ID, NOW, Map.of(), algorithm), PERSON, NOW)).as(algorithm).isInstanceOf(Verdict.Worthless.class);
        }
    }

    @Test
    void everyChangedCharacterBreaksIt() {
        String proof = provider.proof(PERSON, ID, NOW);
        for (int i = 0; i < proof.length(); i += 7) {
            String changed = proof.substring(0, i) + (proof.charAt(i) == 'A' ? 'B' : 'A') + proof.substring(i + 1);
            assertThat(proofs.verify(changed, PERSON, NOW)).as("character %d", i).isInstanceOf(Verdict.Worthless.class);
        }
        String[] parts = proof.split("\\.", -1);
        assertThat(proofs.verify(parts[0] + "." + parts[1] + ".", PERSON, NOW)).as("without a signature").isInstanceOf(Verdict.Worthless.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "..", "a.b.c", "....", "e30.e30.e30", "not base64!.x.y", "null", "sandbox-proof", "bnVsbA.bnVsbA.bnVsbA"})
    void whatCannotBeReadProvesNothing(String proof) {
        assertThat(proofs.verify(proof, PERSON, NOW)).isInstanceOf(Verdict.Worthless.class);
    }

    @Test
    void theStatementNamesNobody() {
        String claims = new String(Base64.getUrlDecoder().decode(provider.proof(PERSON, ID, NOW).split("\\.", -1)[1]), StandardCharsets.UTF_8);
        assertThat(claims).doesNotContain(PERSON.number());
    }

    @Test
    void withoutAProviderNobodyProvesAnything() {
        assertThat(IdentityProofs.none().verify(provider.proof(PERSON, ID, NOW), PERSON, NOW)).isInstanceOf(Verdict.NoProvider.class);
        assertThatThrownBy(() -> IdentityProofs.of("city", "AAAA")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("jingshu.health.identity-key");
    }
}
