package cn.jingshu.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealTest {
    private static final String ORIGIN = "city.example/ledger";
    private static final Sealer ED25519 = Sealer.newEd25519("city.example/seal");
    private static final Sealer SM2 = Sealer.newSm2("city.example/guomi");

    private static final Instant AT = Instant.parse("2026-11-30T00:26:00.123456Z");

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static MerkleLog log(LogHash hash, int size) {
        Map<String, NodeHash> kept = new HashMap<>();
        MerkleLog log = new MerkleLog(hash, new LogNodes() {
            @Override
            public NodeHash get(int level, long index) {
                NodeHash node = kept.get(level + "/" + index);
                if (node == null) {
                    throw new IllegalStateException("no node " + level + "/" + index);
                }
                return node;
            }

            @Override
            public void put(int level, long index, NodeHash node) {
                kept.put(level + "/" + index, node);
            }
        }, 0);
        for (int i = 0; i < size; i++) {
            log.append(hash.leaf(content(i)));
        }
        return log;
    }

    private static byte[] content(int leaf) {
        return ("entry " + leaf).getBytes(StandardCharsets.UTF_8);
    }

    private static Checkpoint checkpoint(int size) {
        return new Checkpoint(ORIGIN, size, log(LogHash.SHA_256, size).root(size), log(LogHash.SM3, size).root(size), AT);
    }

    private static LogProof proof(int index, int size) {
        return new LogProof(index, log(LogHash.SHA_256, size).inclusion(index, size), checkpoint(size).sign(List.of(ED25519)));
    }

    /** RFC 8032, section 7.1, test 2. */
    @Test
    void anEd25519SignatureOfTheStandardIsAccepted() {
        SealKey key = new SealKey("rfc", SealKey.Kind.ED25519,
                hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
        byte[] signature = hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        assertThat(key.signed(hex("72"), signature)).isTrue();
        assertThat(key.signed(hex("73"), signature)).isFalse();
        assertThat(key.signed(hex("72"), new byte[3])).isFalse();
    }

    /** The examples of GM/T 0003 and GM/T 0004, where they are at hand. */
    @Test
    void sm2AndSm3AreThoseOfTheStandards() throws IOException {
        Path vectors = Path.of("../../shared/data/identifiers/sm_vectors.json");
        if (!Files.exists(vectors)) {
            System.err.println("NOT RUN: " + vectors + " is absent, SM2 and SM3 were not held against the examples of their standards");
            Assumptions.abort("no vectors");
        }
        JsonNode read = new ObjectMapper().readTree(vectors.toFile());
        assertThat(read.path("sm3")).isNotEmpty().allSatisfy(one -> assertThat(HexFormat.of()
                        .formatHex(LogHash.SM3.digest(hex(one.path("msg_hex").asText()))))
                .isEqualTo(one.path("digest").asText()));
        int checked = 0;
        for (JsonNode one : read.path("sm2").path("signatures")) {
            if (one.path("curve").asText().equals("sm2p256v1") && one.path("hash").asText().equals("SM3")) {
                byte[] signature = StandardDSAEncoding.INSTANCE.encode(
                        Sm2.DOMAIN.getN(), new BigInteger(one.path("r").asText(), 16), new BigInteger(one.path("s").asText(), 16));
                byte[] text = one.path("msg").asText().getBytes(StandardCharsets.UTF_8);
                byte[] user = one.path("id").asText().getBytes(StandardCharsets.UTF_8);
                var point = Sm2.DOMAIN.getG().multiply(new BigInteger(one.path("private").asText(), 16)).normalize();
                assertThat(Sm2.signed(point, user, text, signature)).isTrue();
                assertThat(Sm2.signed(point, Sm2.USER_ID, text, signature)).isFalse();
                checked++;
            }
        }
        assertThat(checked).isPositive();
    }

    @Test
    void aCheckpointIsReadAsItWasSigned() {
        Checkpoint checkpoint = checkpoint(5);
        SignedNote note = checkpoint.sign(List.of(ED25519, SM2));
        assertThat(note.toString()).startsWith(ORIGIN + "\n5\n").contains("\nsm3 ").contains("\n\n\u2014 city.example/seal ");
        SignedNote read = SignedNote.parse(note.toString());
        assertThat(Checkpoint.parse(read.text())).isEqualTo(checkpoint);
        assertThat(read.isSignedBy(ED25519.key())).isTrue();
        assertThat(read.isSignedBy(SM2.key())).isTrue();
        assertThat(read.isSignedBy(Sealer.newEd25519("city.example/seal").key())).isFalse();
        assertThat(read.isSignedBy(new SealKey("another.example", ED25519.key().kind(), ED25519.key().raw()))).isFalse();
    }

    @Test
    void aSignatureOfAnotherTextIsNone() {
        SignedNote one = checkpoint(5).sign(List.of(ED25519, SM2));
        SignedNote moved = new SignedNote(checkpoint(6).toText(), one.signatures());
        assertThat(moved.isSignedBy(ED25519.key())).isFalse();
        assertThat(moved.isSignedBy(SM2.key())).isFalse();
    }

    @Test
    void oneWrongSignatureOfAKnownKeySpoilsTheNote() {
        SignedNote good = checkpoint(5).sign(List.of(ED25519));
        SignedNote bad = checkpoint(6).sign(List.of(ED25519));
        List<SignedNote.Line> both = new ArrayList<>(good.signatures());
        both.addAll(bad.signatures());
        assertThat(new SignedNote(good.text(), both).isSignedBy(ED25519.key())).isFalse();
    }

    @Test
    void keysAreToldAsTextAndReadBack() {
        for (Sealer sealer : List.of(ED25519, SM2)) {
            String told = sealer.key().toVkey();
            assertThat(SealKey.ofVkey(told)).isEqualTo(sealer.key());
            String other = told.replaceFirst("\\+([0-9a-f]{8})\\+", "+00000000+");
            assertThatIllegalArgumentException().isThrownBy(() -> SealKey.ofVkey(other)).withMessageContaining("not that of the key");
        }
        // The example key of the notes' first implementation, which others read.
        String published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assertThat(SealKey.ofVkey(published).toVkey()).isEqualTo(published);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "name", "name+00000000", "a b+c74f20a3+ARpc", "PeterNeumann+c74f20a3+", "x+c74f20a3+AgAA"})
    void whatIsNoKeyIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SealKey.ofVkey(text));
    }

    @Test
    void halvesOfTwoKeysAreNoKey() throws Exception {
        var one = java.security.KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var other = java.security.KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        assertThatIllegalArgumentException().isThrownBy(
                () -> Sealer.ed25519("x", one.getPrivate().getEncoded(), other.getPublic().getEncoded()));
        assertThatIllegalArgumentException().isThrownBy(() -> Sealer.ed25519("x", new byte[4], new byte[4]));
        assertThatIllegalArgumentException().isThrownBy(() -> Sealer.sm2("x", BigInteger.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Sealer.sm2("x", Sm2.DOMAIN.getN()));
        assertThatIllegalArgumentException().isThrownBy(() -> new SealKey("x", SealKey.Kind.SM2, new byte[65]));
        assertThatIllegalArgumentException().isThrownBy(() -> new SealKey("a b", SealKey.Kind.ED25519, new byte[32]));
    }

    @Test
    void secretsAreNotTold() {
        assertThat(ED25519).hasToString("Sealer[" + ED25519.key().toVkey() + "]");
    }

    @Test
    void aProofFileProvesItsLeafAndNoOther() {
        LogProof read = LogProof.parse(proof(9, 21).toString());
        assertThat(read.toString()).isEqualTo(proof(9, 21).toString());
        assertThat(read.proves(content(9), ORIGIN, ED25519.key())).isTrue();
        assertThat(read.proves(content(8), ORIGIN, ED25519.key())).isFalse();
        assertThat(read.proves(content(9), "another.example/ledger", ED25519.key())).isFalse();
        assertThat(read.proves(content(9), ORIGIN, SM2.key())).isFalse();
        assertThat(read.proves(content(9), ORIGIN, Sealer.newEd25519("city.example/seal").key())).isFalse();
    }

    @Test
    void aNoteThatIsNoCheckpointProvesNothing() {
        LogProof proof = new LogProof(0, List.of(), SignedNote.sign("hello\n", List.of(ED25519)));
        assertThat(LogProof.parse(proof.toString()).proves(content(0), ORIGIN, ED25519.key())).isFalse();
    }

    /** Whatever is done to a proof file, it is refused or proves nothing. */
    @Test
    void noDamagedProofFilePasses() {
        byte[] file = proof(9, 21).toString().getBytes(StandardCharsets.UTF_8);
        Random random = new Random(20261129);
        int changed = 0;
        for (int i = 0; i < 6_000; i++) {
            byte[] damaged = damaged(file, random);
            String text = new String(damaged, StandardCharsets.UTF_8);
            if (!text.equals(new String(file, StandardCharsets.UTF_8))) {
                changed++;
                assertThat(passes(text)).as("passed although damaged:%n%s", text).isFalse();
            }
        }
        assertThat(changed).isGreaterThan(5_000);
        assertThat(passes(new String(file, StandardCharsets.UTF_8))).isTrue();
    }

    private static byte[] damaged(byte[] file, Random random) {
        int at = random.nextInt(file.length);
        return switch (random.nextInt(4)) {
            case 0 -> { // a bit flipped
                byte[] flipped = file.clone();
                flipped[at] ^= (byte) (1 << random.nextInt(7));
                yield flipped;
            }
            case 1 -> { // a byte gone
                byte[] shorter = new byte[file.length - 1];
                System.arraycopy(file, 0, shorter, 0, at);
                System.arraycopy(file, at + 1, shorter, at, file.length - 1 - at);
                yield shorter;
            }
            case 2 -> { // a line twice or gone
                List<String> lines = new ArrayList<>(List.of(new String(file, StandardCharsets.UTF_8).split("(?<=\n)", 0)));
                int line = random.nextInt(lines.size());
                if (random.nextBoolean()) {
                    lines.add(line, lines.get(line));
                } else {
                    lines.remove(line);
                }
                yield String.join("", lines).getBytes(StandardCharsets.UTF_8);
            }
            default -> { // two lines swapped
                List<String> lines = new ArrayList<>(List.of(new String(file, StandardCharsets.UTF_8).split("(?<=\n)", 0)));
                java.util.Collections.swap(lines, random.nextInt(lines.size()), random.nextInt(lines.size()));
                yield String.join("", lines).getBytes(StandardCharsets.UTF_8);
            }
        };
    }

    private static boolean passes(String file) {
        try {
            return LogProof.parse(file).proves(content(9), ORIGIN, ED25519.key());
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    @Test
    void hashesAreSpelledInOneWay() {
        String zeros = Base64.getEncoder().encodeToString(new byte[32]);
        assertThat(NodeHash.ofBase64(zeros)).isEqualTo(NodeHash.of(new byte[32]));
        assertThatIllegalArgumentException().isThrownBy(() -> NodeHash.ofBase64(zeros.replace("AAA=", "AAB=")));
        assertThatIllegalArgumentException().isThrownBy(() -> NodeHash.ofBase64("AAAA"));
        assertThatIllegalArgumentException().isThrownBy(() -> NodeHash.of(new byte[31]));
    }
}
