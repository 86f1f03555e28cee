package cn.jingshu.ledger.seal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * The secret halves of a log's keys, in a PKCS #12 file (RFC 7292) that other tools read as well. A key taken out of use stays in
 * it; which ones sign is said by the log's {@link KeySet}s, not here. Each key stands with a certificate of its own making, since
 * the format wants one; nobody relies on it.
 */
public final class SealKeystore {
    /** Keys under AES-256, certificates under AES-128 (PBES2, RFC 8018), which OpenSSL 3 reads as well. */
    private static final String TYPE = "PKCS12-AES256-AES128";

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z"); // RFC 5280, section 4.1.2.5
    private static final ASN1ObjectIdentifier ED25519_OID = new ASN1ObjectIdentifier("1.3.101.112"); // RFC 8410, section 3
    private static final byte[] ED25519_PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420"); // RFC 8410
    private static final byte[] ED25519_X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    /** Handed to each call, never registered; made when a key is added, or a file is read whose ciphers Java does not have. */
    static final class National {
        static final Provider PROVIDER = new BouncyCastleProvider();
    }

    /** What the file held when it was last read: opening it costs a tenth of a second on purpose, against guessing. */
    private record Read(FileTime modified, long bytes, List<Pkcs12.Pair> halves) {}

    private final Path file;
    private final char[] password;
    private @Nullable Read last; // null: not read yet

    private SealKeystore(Path file, char[] password) {
        this.file = file;
        this.password = password.clone();
    }

    /** The keystore in {@code file}, which need not be there yet. */
    public static SealKeystore of(Path file, char[] password) {
        return new SealKeystore(file, password);
    }

    public boolean exists() {
        return Files.exists(file);
    }

    public Path file() {
        return file;
    }

    /**
     * The secret half of {@code key}; empty: it is not in this file, or there is no file.
     *
     * @throws IllegalArgumentException if the file is no such keystore or the password is another
     */
    public synchronized Optional<Sealer> find(SealKey key) {
        if (!exists()) {
            return Optional.empty();
        }
        for (Pkcs12.Pair half : halves()) {
            Optional<Sealer> sealer = sealer(key.name(), half);
            if (sealer.filter(found -> found.key().equals(key)).isPresent()) {
                return sealer;
            }
        }
        return Optional.empty();
    }

    /**
     * Makes new keys and keeps them, durably, before anybody is told of them; the file is made with the first ones.
     *
     * @param name of the keys, which is that of their log
     * @throws IllegalArgumentException if another tool wrote the file and a key in it could not be kept
     */
    public synchronized List<Sealer> add(String name, List<SealKey.Kind> kinds, Instant now) {
        List<Pkcs12.Pair> made = kinds.stream().map(kind -> kind == SealKey.Kind.ED25519 ? newEd25519() : newSm2()).toList();
        List<Sealer> sealers = made.stream().map(half -> sealer(name, half).orElseThrow()).toList();
        try {
            List<Pkcs12.Pair> known = exists() ? halves() : List.of();
            KeyStore store = exists() ? loadedOrAnew(name, known, now) : empty();
            for (int i = 0; i < made.size(); i++) {
                put(store, sealers.get(i), made.get(i), now);
            }
            save(store);
            last = read(Stream.concat(known.stream(), made.stream()).toList());
            return sealers;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a new key cannot be put into " + file, e);
        } catch (IOException e) {
            throw new UncheckedIOException("the keystore " + file + " cannot be written", e);
        }
    }

    private void put(KeyStore store, Sealer sealer, Pkcs12.Pair half, Instant now) throws GeneralSecurityException, IOException {
        store.setKeyEntry(alias(sealer.key()), BouncyCastleProvider.getPrivateKey(half.secret()), password,
                new Certificate[] {certificate(sealer, half.open(), now)});
    }

    /** The file as it is; if another tool wrote it in a way the provider does not read, its keys with new certificates. */
    private KeyStore loadedOrAnew(String name, List<Pkcs12.Pair> known, Instant now) throws GeneralSecurityException, IOException {
        try {
            return load();
        } catch (IllegalArgumentException writtenOtherwise) { // the keys were read, so neither the password is another nor the file broken
            KeyStore store = empty();
            for (Pkcs12.Pair half : known) {
                Sealer sealer = sealer(name, half).orElseThrow(() -> new IllegalArgumentException("the keystore " + file
                        + " holds a key that is neither Ed25519 nor SM2, under a cipher that is not written here: keep that key in a file of its own",
                        writtenOtherwise));
                put(store, sealer, half, now);
            }
            return store;
        }
    }

    private Read read(List<Pkcs12.Pair> halves) throws IOException {
        return new Read(Files.getLastModifiedTime(file), Files.size(file), halves);
    }

    private static String alias(SealKey key) {
        return key.kind().name().toLowerCase(Locale.ROOT) + "-" + HexFormat.of().formatHex(key.id());
    }

    private static Pkcs12.Pair newEd25519() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return new Pkcs12.Pair(PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded()),
                    SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this Java has Ed25519", impossible);
        }
    }

    private static Pkcs12.Pair newSm2() {
        try {
            BigInteger secret = Sm2.newSecret();
            AlgorithmIdentifier curve = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, GMObjectIdentifiers.sm2p256v1);
            byte[] point = Sm2.DOMAIN.getG().multiply(secret).normalize().getEncoded(false);
            return new Pkcs12.Pair(new PrivateKeyInfo(curve, new ECPrivateKey(256, secret)), new SubjectPublicKeyInfo(curve, point));
        } catch (IOException impossible) {
            throw new UncheckedIOException("a key is not written", impossible);
        }
    }

    /** What signs with this half under {@code name}; empty: a key of another algorithm. */
    private static Optional<Sealer> sealer(String name, Pkcs12.Pair half) {
        try {
            ASN1ObjectIdentifier algorithm = half.secret().getPrivateKeyAlgorithm().getAlgorithm();
            if (algorithm.equals(ED25519_OID)) {
                byte[] seed = ASN1OctetString.getInstance(half.secret().parsePrivateKey()).getOctets();
                byte[] raw = half.open().getPublicKeyData().getOctets();
                return Optional.of(Sealer.ed25519(name, joined(ED25519_PKCS8, seed), joined(ED25519_X509, raw)));
            }
            if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)
                    && GMObjectIdentifiers.sm2p256v1.equals(half.secret().getPrivateKeyAlgorithm().getParameters())) {
                return Optional.of(Sealer.sm2(name, ECPrivateKey.getInstance(half.secret().parsePrivateKey()).getKey()));
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalArgumentException("a key in the keystore cannot be read", e);
        }
    }

    private static byte[] joined(byte[] head, byte[] tail) {
        byte[] both = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, both, head.length, tail.length);
        return both;
    }

    private List<Pkcs12.Pair> halves() {
        try {
            Read before = last;
            if (before != null && before.equals(read(before.halves()))) {
                return before.halves();
            }
            List<Pkcs12.Pair> halves = pairs();
            last = read(halves);
            return halves;
        } catch (IOException e) {
            throw new UncheckedIOException("the keystore " + file + " cannot be read", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the keystore " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private List<Pkcs12.Pair> pairs() throws GeneralSecurityException, IOException {
        byte[] content = Files.readAllBytes(file);
        try {
            return Pkcs12.read(content, password);
        } catch (NoSuchAlgorithmException madeElsewhere) {
            return storedPairs();
        } catch (GeneralSecurityException | IOException unreadable) {
            throw new IllegalArgumentException(
                    "the keystore " + file + " cannot be read, or its password is another: " + unreadable.getMessage(), unreadable);
        }
    }

    private List<Pkcs12.Pair> storedPairs() throws GeneralSecurityException {
        KeyStore store = load();
        List<Pkcs12.Pair> halves = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            Key key = store.isKeyEntry(alias) ? store.getKey(alias, password) : null;
            Certificate certificate = store.getCertificate(alias);
            if (key instanceof PrivateKey && certificate != null) {
                halves.add(new Pkcs12.Pair(PrivateKeyInfo.getInstance(key.getEncoded()),
                        SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded())));
            }
        }
        return halves;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(TYPE, National.PROVIDER);
        store.load(null, null);
        return store;
    }

    private KeyStore load() throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(TYPE, National.PROVIDER);
            store.load(in, password);
            return store;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the keystore " + file + " cannot be read, or its password is another: " + e.getMessage(), e);
        }
    }

    /** As a whole or not at all, and readable by its owner only from the first byte on. */
    private void save(KeyStore store) throws GeneralSecurityException, IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " is in no folder");
        }
        Path partial = Files.createTempFile(folder, ".new-", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            try (OutputStream out = Files.newOutputStream(partial)) {
                store.store(out, password);
            }
            try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private static Certificate certificate(Sealer sealer, SubjectPublicKeyInfo open, Instant now)
            throws GeneralSecurityException, IOException {
        AlgorithmIdentifier signs = new AlgorithmIdentifier(sealer.key().kind() == SealKey.Kind.ED25519
                ? ED25519_OID
                : GMObjectIdentifiers.sm2sign_with_sm3);
        var name = new X500NameBuilder().addRDN(BCStyle.CN, sealer.key().name()).build();
        V3TBSCertificateGenerator says = new V3TBSCertificateGenerator();
        says.setSerialNumber(new ASN1Integer(new BigInteger(120, new SecureRandom()).setBit(120)));
        says.setSignature(signs);
        says.setIssuer(name);
        says.setSubject(name);
        says.setStartDate(new Time(Date.from(now)));
        says.setEndDate(new Time(Date.from(NO_END)));
        says.setSubjectPublicKeyInfo(open);
        TBSCertificate text = says.generateTBSCertificate();
        ASN1EncodableVector signed = new ASN1EncodableVector();
        signed.add(text);
        signed.add(signs);
        signed.add(new DERBitString(sealer.sign(text.getEncoded("DER"))));
        return CertificateFactory.getInstance("X.509", National.PROVIDER)
                .generateCertificate(new java.io.ByteArrayInputStream(new DERSequence(signed).getEncoded("DER")));
    }

    @Override
    public String toString() {
        return "SealKeystore[" + file + "]"; // a password stays out of every log
    }
}
