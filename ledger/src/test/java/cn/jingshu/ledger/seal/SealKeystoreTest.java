package cn.jingshu.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys in a PKCS #12 file, and what becomes of files that are not right. */
class SealKeystoreTest {
    private static final char[] PASSWORD = "of the tests, and of nothing else".toCharArray();
    private static final Instant NOW = Instant.parse("2026-11-30T00:00:00Z");
    private static final List<SealKey.Kind> BOTH = List.of(SealKey.Kind.ED25519, SealKey.Kind.SM2);

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("keys.p12");
    }

    private List<Sealer> made() {
        return SealKeystore.of(file(), PASSWORD).add("log.example", BOTH, NOW);
    }

    @Test
    void keysOfBothKindsAreFoundByAnotherReaderAndSign() {
        byte[] text = "a checkpoint\n".getBytes(StandardCharsets.UTF_8);
        List<Sealer> made = made();
        SealKeystore again = SealKeystore.of(file(), PASSWORD);
        for (Sealer sealer : made) {
            Sealer found = again.find(sealer.key()).orElseThrow();
            assertThat(found.key()).isEqualTo(sealer.key());
            assertThat(sealer.key().signed(text, found.sign(text))).isTrue();
        }
    }

    @Test
    void theFileIsReadWithoutTheProviderThatWroteIt() throws GeneralSecurityException, IOException {
        made();
        assertThat(Pkcs12.read(Files.readAllBytes(file()), PASSWORD)).hasSize(2);
    }

    @Test
    void keysOfEarlierTimesStayBesideNewOnes() {
        List<Sealer> first = made();
        List<Sealer> second = SealKeystore.of(file(), PASSWORD).add("log.example", List.of(SealKey.Kind.SM2), NOW);
        SealKeystore again = SealKeystore.of(file(), PASSWORD);
        assertThat(again.find(first.getFirst().key())).isPresent();
        assertThat(again.find(first.getLast().key())).isPresent();
        assertThat(again.find(second.getFirst().key())).isPresent();
        assertThat(again.find(Sealer.newSm2("log.example").key())).isEmpty();
    }

    @Test
    void aFileThatAnotherToolProtectedOtherwiseIsReadAsWell() throws GeneralSecurityException, IOException {
        List<Sealer> made = made();
        KeyStore older = KeyStore.getInstance("PKCS12-3DES-3DES", new BouncyCastleProvider());
        older.load(null, null);
        KeyStore store = KeyStore.getInstance("PKCS12", new BouncyCastleProvider());
        try (InputStream in = Files.newInputStream(file())) {
            store.load(in, PASSWORD);
        }
        for (String alias : Collections.list(store.aliases())) {
            older.setKeyEntry(alias, store.getKey(alias, PASSWORD), PASSWORD, store.getCertificateChain(alias));
        }
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        older.store(written, PASSWORD);
        Files.write(file(), written.toByteArray());
        for (Sealer sealer : made) {
            assertThat(SealKeystore.of(file(), PASSWORD).find(sealer.key())).isPresent();
        }
    }

    @Test
    void aFileThatNoPasswordProtectsAsAWholeIsNotReadHere() throws Exception {
        KeyStore open = KeyStore.getInstance("PKCS12");
        open.load(null, null);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        open.store(written, null);
        assertThatThrownBy(() -> Pkcs12.read(written.toByteArray(), PASSWORD)).isInstanceOf(NoSuchAlgorithmException.class);
    }

    @Test
    void anotherPasswordIsSaidToBeOne() {
        SealKey key = made().getFirst().key();
        SealKeystore other = SealKeystore.of(file(), "another".toCharArray());
        assertThatThrownBy(() -> other.find(key)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("its password is another");
    }

    /** A bit the check sum does not cover, in the parameters of an algorithm that has none for instance, changes nothing; any other is noticed. */
    @Test
    void aFileThatWasChangedIsRefusedOrGivesTheSameKey() throws IOException {
        SealKey key = made().getFirst().key();
        byte[] right = Files.readAllBytes(file());
        int refused = 0;
        int tried = 0;
        for (int at = 0; at < right.length; at += 293) {
            byte[] wrong = right.clone();
            wrong[at] ^= 1;
            Files.write(file(), wrong);
            tried++;
            try {
                assertThat(SealKeystore.of(file(), PASSWORD).find(key)).as("byte %d", at).isPresent();
            } catch (IllegalArgumentException said) {
                refused++;
            }
        }
        assertThat(refused).isBetween(tried - 1, tried);
        Files.write(file(), List.of("no keystore"));
        assertThatThrownBy(() -> SealKeystore.of(file(), PASSWORD).find(key)).isInstanceOf(IllegalArgumentException.class);
    }
}
