package cn.jingshu.products.claims;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** The key that signs bundles: Ed25519 (RFC 8032). */
final class EvidenceKey {
    private static final int SEED_BYTES = 32;
    private final Ed25519PrivateKeyParameters key;
    private final boolean configured;

    private EvidenceKey(byte[] seed, boolean configured) {
        this.key = new Ed25519PrivateKeyParameters(seed, 0);
        this.configured = configured;
    }

    /**
     * The key whose 32-byte seed stands in a file, as Base64.
     *
     * @throws ClaimsFault if the file cannot be read or holds no seed
     */
    static EvidenceKey read(Path file) {
        try {
            byte[] seed = Base64.getDecoder().decode(Files.readString(file, StandardCharsets.US_ASCII).strip());
            if (seed.length == SEED_BYTES) {
                return new EvidenceKey(seed, true);
            }
            throw new ClaimsFault("jingshu.claims.evidence-key-file holds " + seed.length + " bytes, not the " + SEED_BYTES + " of a seed.", null);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new ClaimsFault("jingshu.claims.evidence-key-file cannot be read as Base64 of a 32-byte seed.", unreadable);
        }
    }

    /** The key that follows from a secret of the installation, the same on every node and after every start. */
    static EvidenceKey derived(String secret) {
        return new EvidenceKey(HexFormat.of().parseHex(Digests.sha256("jingshu/claims/evidence-key/1\n" + secret)), false);
    }

    /** True: given by the installation; false: derived. */
    boolean configured() {
        return configured;
    }

    /** The public key, Base64 of 32 bytes. */
    String publicKey() {
        return Base64.getEncoder().encodeToString(key.generatePublicKey().getEncoded());
    }

    /** Names the key: the first 16 hexadecimal digits of the public key's SHA-256. */
    String id() {
        return Digests.sha256(key.generatePublicKey().getEncoded()).substring(0, 16);
    }

    /** The signature, Base64 of 64 bytes. */
    String sign(byte[] content) {
        var signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(content, 0, content.length);
        return Base64.getEncoder().encodeToString(signer.generateSignature());
    }

    /** True: the signature is that of the key's holder over the content; false also for what is no key or signature. */
    static boolean verify(String publicKey, byte[] content, String signature) {
        try {
            var signer = new Ed25519Signer();
            signer.init(false, new Ed25519PublicKeyParameters(Base64.getDecoder().decode(publicKey), 0));
            signer.update(content, 0, content.length);
            return signer.verifySignature(Base64.getDecoder().decode(signature));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException noKey) {
            return false; // the answer to the question
        }
    }
}
