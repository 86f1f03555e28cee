package cn.jingshu.products.domain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** SM3, HMAC-SM3 and SM4-GCM against published vectors. */
class NationalCryptographyTest {
    private static final Path VECTORS = Path.of("../../shared/data/identifiers");
    private static final HexFormat HEX = HexFormat.of();

    /** POLICY §6: the standard's first example. */
    @Test
    void theDigestOfAbcIsTheStandards() {
        SM3Digest digest = new SM3Digest();
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        digest.update(abc, 0, abc.length);
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        assertThat(HEX.formatHex(hash)).isEqualTo("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }

    /** The example of RFC 8998, appendix A.2. */
    @Test
    void theSealOfAKnownTextIsTheRfcs() {
        byte[] sealed = SealedValues.sm4(true, new KeyParameter(HEX.parseHex("0123456789abcdeffedcba9876543210")),
                HEX.parseHex("00001234567800000000abcd"), HEX.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), HEX.parseHex(
                        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"));
        assertThat(HEX.formatHex(sealed)).isEqualTo("17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15"
                + "a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec");
    }

    /** The block cipher under the seals, alone: the standard's two examples, the second a million times over itself. */
    @Test
    void theBlockCipherIsTheStandards() throws IOException {
        JsonNode cases = new ObjectMapper().readTree(reference("sm_vectors.json")).path("sm4").path("ecb_no_padding");
        assertThat(cases.size()).isEqualTo(2);
        for (JsonNode each : cases) {
            SM4Engine engine = new SM4Engine();
            engine.init(true, new KeyParameter(HEX.parseHex(each.path("key").asText())));
            byte[] block = HEX.parseHex(each.path("plaintext").asText());
            for (int i = 0; i < each.path("iterations").asInt(1); i++) {
                engine.processBlock(block, 0, block, 0);
            }
            assertThat(HEX.formatHex(block)).isEqualTo(each.path("ciphertext").asText());
        }
    }

    @Test
    void hmacSm3IsAsInTheReferenceVectors() throws IOException {
        JsonNode vectors = new ObjectMapper().readTree(reference("sm_vectors.json"));
        JsonNode cases = vectors.path("hmac").path("hmac_sm3");
        assertThat(cases.size()).isPositive();
        for (JsonNode each : cases) {
            String message = each.path(1).asText();
            assertThat(message).startsWith("ascii:");
            assertThat(HEX.formatHex(SubjectTokens.hmacSm3(HEX.parseHex(each.path(0).asText()),
                    message.substring("ascii:".length()).getBytes(StandardCharsets.US_ASCII)))).as(each.toString()).isEqualTo(each.path(2).asText());
        }
    }

    @Test
    void sealsJudgeTheWycheproofCasesAsTheirAuthorsDo() throws IOException {
        JsonNode vectors = new ObjectMapper().readTree(reference("wycheproof_sm4_gcm_test.json"));
        int judged = 0;
        for (JsonNode group : vectors.path("testGroups")) {
            for (JsonNode each : group.path("tests")) {
                judged++;
                boolean valid = each.path("result").asText().equals("valid");
                byte[] sealed = HEX.parseHex(each.path("ct").asText() + each.path("tag").asText());
                assertThat(opens(each, sealed)).as(each.toString()).isEqualTo(valid);
                if (valid) {
                    assertThat(SealedValues.sm4(true, key(each), bytes(each, "iv"), bytes(each, "aad"), bytes(each, "msg"))).isEqualTo(sealed);
                }
            }
        }
        assertThat(judged).isEqualTo(104);
    }

    private static boolean opens(JsonNode each, byte[] sealed) {
        try {
            assertThat(SealedValues.sm4(false, key(each), bytes(each, "iv"), bytes(each, "aad"), sealed)).isEqualTo(bytes(each, "msg"));
            return true;
        } catch (SealedValues.SealBrokenException | IllegalArgumentException refused) {
            return false; // the answer to the question; the second is an empty nonce
        }
    }

    private static KeyParameter key(JsonNode each) {
        return new KeyParameter(bytes(each, "key"));
    }

    private static byte[] bytes(JsonNode each, String field) {
        return HEX.parseHex(each.path(field).asText());
    }

    private static byte[] reference(String name) throws IOException {
        boolean present = Files.isDirectory(VECTORS);
        if (!present) {
            System.err.println("NOT RUN: ../shared is absent, the reference tests of national cryptography did not run (" + name + ")");
        }
        Assumptions.assumeTrue(present, "../shared is absent, the reference tests of national cryptography did not run");
        return Files.readAllBytes(VECTORS.resolve(name));
    }
}
