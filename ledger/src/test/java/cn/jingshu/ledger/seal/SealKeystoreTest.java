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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.AuthenticatedSafe;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    /** Ciphers of key and certificate (PBES2, RFC 8018) that Java's own PBES2 does not know. */
    enum Foreign {
        AES_192(NISTObjectIdentifiers.id_aes192_CBC, "AES", 24, 16),
        TRIPLE_DES(PKCSObjectIdentifiers.des_EDE3_CBC, "DESede", 24, 8),
        SM4(GMObjectIdentifiers.sms4_cbc, "SM4", 16, 16),
        AES_256(NISTObjectIdentifiers.id_aes256_CBC, "AES", 32, 16);

        private final String cipher;
        private final String name;
        private final int keyBytes;
        private final int blockBytes;

        Foreign(ASN1ObjectIdentifier cipher, String name, int keyBytes, int blockBytes) {
            this.cipher = cipher.getId();
            this.name = name;
            this.keyBytes = keyBytes;
            this.blockBytes = blockBytes;
        }

        /** What this cipher makes of a text, and how it says what it did. */
        EncryptedPrivateKeyInfo sealed(byte[] text) throws GeneralSecurityException {
            byte[] salt = new byte[16];
            byte[] start = new byte[blockBytes];
            Arrays.fill(salt, (byte) 7);
            Arrays.fill(start, (byte) 9);
            byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(PASSWORD, salt, 2_048, keyBytes * 8)).getEncoded();
            Cipher made = Cipher.getInstance(name + "/CBC/PKCS5Padding", new BouncyCastleProvider());
            made.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, name), new IvParameterSpec(start));
            AlgorithmIdentifier sha256 = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
            PBES2Parameters how = new PBES2Parameters(
                    new KeyDerivationFunc(PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(salt, 2_048, keyBytes, sha256)),
                    new EncryptionScheme(new ASN1ObjectIdentifier(cipher), new DEROctetString(start)));
            return new EncryptedPrivateKeyInfo(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, how), made.doFinal(text));
        }
    }

    /** The file written anew, key by key, as another tool does; {@code strange}: with a certificate more that says nothing of itself. */
    private byte[] rewritten(Foreign cipher, boolean strange) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12", new BouncyCastleProvider());
        try (InputStream in = Files.newInputStream(file())) {
            store.load(in, PASSWORD);
        }
        ASN1EncodableVector keys = new ASN1EncodableVector();
        ASN1EncodableVector certificates = new ASN1EncodableVector();
        for (String alias : Collections.list(store.aliases())) {
            byte[] certificate = store.getCertificate(alias).getEncoded();
            byte[] point = Certificate.getInstance(certificate).getSubjectPublicKeyInfo().getPublicKeyData().getBytes();
            ASN1Set id = new DERSet(new Attribute(PKCSObjectIdentifiers.pkcs_9_at_localKeyId,
                    new DERSet(new DEROctetString(MessageDigest.getInstance("SHA-1").digest(point)))));
            keys.add(new SafeBag(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag, cipher.sealed(store.getKey(alias, PASSWORD).getEncoded()), id));
            CertBag bag = new CertBag(PKCSObjectIdentifiers.x509Certificate, new DEROctetString(certificate));
            certificates.add(new SafeBag(PKCSObjectIdentifiers.certBag, bag.toASN1Primitive(), id));
        }
        if (strange) {
            SealKeystore.of(folder.resolve("strange.p12"), PASSWORD).add("chain.example", List.of(SealKey.Kind.ED25519), NOW);
            KeyStore chain = KeyStore.getInstance(folder.resolve("strange.p12").toFile(), PASSWORD);
            certificates.add(new SafeBag(PKCSObjectIdentifiers.certBag, new CertBag(PKCSObjectIdentifiers.x509Certificate,
                    new DEROctetString(chain.getCertificate(chain.aliases().nextElement()).getEncoded())).toASN1Primitive()));
        }
        EncryptedPrivateKeyInfo sealed = cipher.sealed(new DERSequence(certificates).getEncoded());
        byte[] content = new AuthenticatedSafe(new ContentInfo[] {
            new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(new DERSequence(keys).getEncoded())),
            new ContentInfo(PKCSObjectIdentifiers.encryptedData, new EncryptedData(PKCSObjectIdentifiers.data,
                    sealed.getEncryptionAlgorithm(), new DEROctetString(sealed.getEncryptedData())))
        }).getEncoded();
        byte[] salt = new byte[16];
        Mac mac = Mac.getInstance("HmacPBESHA256");
        mac.init(SecretKeyFactory.getInstance("PBE").generateSecret(new PBEKeySpec(PASSWORD)), new PBEParameterSpec(salt, 2_048));
        return new Pfx(new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(content)),
                new MacData(new DigestInfo(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE), mac.doFinal(content)),
                        salt, 2_048)).getEncoded();
    }

    private void requireRead(byte[] other, List<Sealer> made) throws IOException {
        Path elsewhere = folder.resolve("other.p12");
        Files.write(elsewhere, other);
        for (Sealer sealer : made) {
            assertThat(SealKeystore.of(elsewhere, PASSWORD).find(sealer.key())).isPresent();
        }
        SealKeystore wrong = SealKeystore.of(elsewhere, "another".toCharArray());
        assertThatThrownBy(() -> wrong.find(made.getFirst().key())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its password is another");
    }

    @ParameterizedTest
    @EnumSource(value = Foreign.class)
    void aFileUnderAnotherCipherIsReadAsWell(Foreign cipher) throws Exception {
        List<Sealer> made = made();
        requireRead(rewritten(cipher, false), made);
    }

    /** A change of keys adds to the file that is there, whoever wrote it. */
    @ParameterizedTest
    @EnumSource(value = Foreign.class)
    void keysAreAddedToAFileOfAnotherTool(Foreign cipher) throws Exception {
        requireAddedTo(cipher, false);
    }

    @Test
    void keysAreAddedBesideACertificateThatDoesNotSayWhatItBelongsTo() throws Exception {
        requireAddedTo(Foreign.AES_256, true);
    }

    private void requireAddedTo(Foreign cipher, boolean strange) throws Exception {
        List<Sealer> made = made();
        Files.write(file(), rewritten(cipher, strange));
        List<Sealer> added = SealKeystore.of(file(), PASSWORD).add("log.example", BOTH, NOW);
        SealKeystore again = SealKeystore.of(file(), PASSWORD);
        for (Sealer sealer : List.of(made.getFirst(), made.getLast(), added.getFirst(), added.getLast())) {
            assertThat(again.find(sealer.key())).isPresent();
        }
    }

    /** As beside a chain of certificates that another tool puts into the file. */
    @Test
    void aCertificateThatDoesNotSayWhatItBelongsToKeepsNoKeyFromBeingRead() throws Exception {
        List<Sealer> made = made();
        byte[] other = rewritten(Foreign.AES_256, true);
        assertThatThrownBy(() -> Pkcs12.read(other, PASSWORD)).isInstanceOf(NoSuchAlgorithmException.class);
        requireRead(other, made);
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
