package cn.jingshu.products.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceBundleTest {
    private static final UUID ID = UUID.fromString("3f0d8f0e-6f6e-4b3e-9d53-0c4f4d1f5a11");
    private static final Instant AT = Instant.parse("2026-11-23T02:00:00.123456789Z");
    private static final EvidenceKey KEY = EvidenceKey.derived("a secret of the tests");

    private static List<CaseEvent> history() {
        List<CaseEvent> events = new ArrayList<>();
        events.add(CaseEvent.first(AT, Map.of("claim_number", "L-1", "opened_by", "张")));
        events.add(events.getLast().next(AT.plusSeconds(1), CaseEvent.Kind.SCREENED, Map.of("clues", Map.of("REPEATED_STAY", 2), "on_record", true)));
        events.add(events.getLast().next(AT.plusSeconds(2), CaseEvent.Kind.TASK_ASSIGNED, Map.of("task_id", "T-1", "kind", "INTERVIEW")));
        events.add(events.getLast().next(AT.plusSeconds(3), CaseEvent.Kind.TASK_COMPLETED, Map.of("task_id", "T-1", "outcome", "INCONCLUSIVE")));
        return events;
    }

    private static String why(byte[] bundle, EvidenceKey key) {
        return switch (EvidenceBundle.check(bundle, key.publicKey())) {
            case EvidenceBundle.Check.Broken(var why) -> why;
            case EvidenceBundle.Check.Sound _ -> "";
        };
    }

    @Test
    void aBundleIsSoundAndTellsTheCase() {
        byte[] bundle = EvidenceBundle.of(ID, history(), KEY);
        var sound = (EvidenceBundle.Check.Sound) EvidenceBundle.check(bundle, KEY.publicKey());
        assertThat(sound.caseId()).isEqualTo(ID);
        assertThat(sound.events()).isEqualTo(history());
        assertThat(sound.file().clues()).containsEntry(ClueKind.REPEATED_STAY, 2);
        assertThat(sound.file().findTask("T-1").orElseThrow().outcome()).isEqualTo("INCONCLUSIVE");
        assertThat(EvidenceBundle.of(ID, history(), KEY)).as("the same case, the same bytes").isEqualTo(bundle);
    }

    @Test
    void noByteOfWhatIsSignedCanBeChanged() {
        byte[] bundle = EvidenceBundle.of(ID, history(), KEY);
        String text = new String(bundle, StandardCharsets.ISO_8859_1);
        int from = text.indexOf("{\"case_id\"");
        int to = text.indexOf("VERIFY.txt"); // case.json, manifest.json and its signature stand before it
        int broken = 0;
        for (int i = from; i < to - 60; i++) {
            byte[] forged = bundle.clone();
            forged[i] ^= 1;
            if (EvidenceBundle.check(forged, KEY.publicKey()) instanceof EvidenceBundle.Check.Broken) {
                broken++;
            } else {
                assertThat(((EvidenceBundle.Check.Sound) EvidenceBundle.check(forged, KEY.publicKey())).events())
                        .as("byte " + i + " is none of the content").isEqualTo(history());
            }
        }
        assertThat(broken).isGreaterThan((to - 60 - from) * 9 / 10);
    }

    @Test
    void anotherKeyAShorterHistoryOrARewrittenOneIsFoundOut() {
        assertThat(why(EvidenceBundle.of(ID, history(), EvidenceKey.derived("another")), KEY)).contains("signature");
        assertThat(why(EvidenceBundle.of(ID, history().subList(1, 4), KEY), KEY)).contains("begins with being opened");
        List<CaseEvent> gap = new ArrayList<>(history());
        gap.remove(2);
        assertThat(why(EvidenceBundle.of(ID, gap, KEY), KEY)).contains("does not follow");
        List<CaseEvent> rewritten = new ArrayList<>(history());
        CaseEvent told = rewritten.get(1);
        rewritten.set(1, new CaseEvent(2, told.at(), told.kind(), "{\"clues\":{}}", told.sha256(), told.sm3()));
        assertThat(why(EvidenceBundle.of(ID, rewritten, KEY), KEY)).as("even by the holder of the key").contains("event 2 does not follow");
        assertThat(why("no zip".getBytes(StandardCharsets.UTF_8), KEY)).isNotBlank();
        assertThat(why(new byte[0], KEY)).isNotBlank();
        assertThat(EvidenceKey.verify("no key", new byte[3], "no signature")).isFalse();
        assertThat(EvidenceKey.verify(Base64.getEncoder().encodeToString(new byte[5]), new byte[3], "AA==")).isFalse();
    }

    @Test
    void anEventThatIsNotAllowedIsNoHistory() {
        CaseEvent opened = CaseEvent.first(AT, Map.of("claim_number", "L-1"));
        CaseEvent told = opened.next(AT, CaseEvent.Kind.HOSPITAL_CLUES_TOLD, Map.of());
        assertThatThrownBy(() -> CaseFile.of(List.of(opened, told))).isInstanceOf(IllegalStateException.class).hasMessageContaining("in state OPEN");
        assertThatThrownBy(() -> CaseFile.of(List.of())).isInstanceOf(IllegalStateException.class);
    }

    /** RFC 8032, section 7.1, test 2. */
    @Test
    void theSignatureIsThatOfTheStandard() {
        byte[] publicKey = HexFormat.of().parseHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        byte[] signature = HexFormat.of().parseHex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        assertThat(EvidenceKey.verify(Base64.getEncoder().encodeToString(publicKey), new byte[] {0x72}, Base64.getEncoder().encodeToString(signature))).isTrue();
        assertThat(EvidenceKey.verify(Base64.getEncoder().encodeToString(publicKey), new byte[] {0x73}, Base64.getEncoder().encodeToString(signature))).isFalse();
    }

    @Test
    void theKeyIsReadFromItsFileOrTheStartFails(@TempDir Path folder) throws Exception {
        byte[] seed = HexFormat.of().parseHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        Path file = Files.writeString(folder.resolve("key"), Base64.getEncoder().encodeToString(seed) + "\n");
        EvidenceKey key = EvidenceKey.read(file);
        assertThat(key.configured()).isTrue();
        assertThat(HexFormat.of().formatHex(Base64.getDecoder().decode(key.publicKey())))
                .isEqualTo("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        Path shorter = Files.writeString(folder.resolve("short"), "AAAA");
        assertThatThrownBy(() -> EvidenceKey.read(shorter)).isInstanceOf(ClaimsFault.class).hasMessageContaining("3 bytes");
        assertThatThrownBy(() -> EvidenceKey.read(folder.resolve("absent"))).isInstanceOf(ClaimsFault.class);
    }

    @Test
    void digestsAreThoseOfTheStandards() {
        assertThat(Digests.sha256("abc")).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(Digests.sm3("abc")).isEqualTo("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }
}
