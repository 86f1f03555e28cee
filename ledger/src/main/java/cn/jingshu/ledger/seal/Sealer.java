package cn.jingshu.ledger.seal;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.SM2Signer;

/** The secret half of a key that signs checkpoints. {@code toString} tells the public half alone. */
public final class Sealer {
    private interface Signing {
        byte[] sign(byte[] text);
    }

    private final SealKey key;
    private final Signing signing;

    private Sealer(SealKey key, Signing signing) {
        this.key = key;
        this.signing = signing;
    }

    /** The half others are told of. */
    public SealKey key() {
        return key;
    }

    byte[] sign(byte[] text) {
        return signing.sign(text);
    }

    /**
     * An Ed25519 key as Java's and OpenSSL's tools keep it.
     *
     * @param privateKey PKCS #8
     * @param publicKey X.509 (SubjectPublicKeyInfo)
     * @throws IllegalArgumentException if they are no such keys, or not halves of one
     */
    public static Sealer ed25519(String name, byte[] privateKey, byte[] publicKey) {
        try {
            PrivateKey secret = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(privateKey));
            byte[] raw = Arrays.copyOfRange(publicKey, publicKey.length - 32, publicKey.length);
            return proved(new Sealer(new SealKey(name, SealKey.Kind.ED25519, raw), text -> {
                try {
                    Signature signer = Signature.getInstance("Ed25519");
                    signer.initSign(secret);
                    signer.update(text);
                    return signer.sign();
                } catch (GeneralSecurityException e) {
                    throw new IllegalStateException("an Ed25519 key does not sign", e);
                }
            }));
        } catch (GeneralSecurityException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("not the halves of an Ed25519 key", e);
        }
    }

    /** A new Ed25519 key. */
    public static Sealer newEd25519(String name) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return ed25519(name, pair.getPrivate().getEncoded(), pair.getPublic().getEncoded());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this Java has Ed25519", impossible);
        }
    }

    /**
     * An SM2 key.
     *
     * @param secret the private number, from 1 to the curve's order less 2
     * @throws IllegalArgumentException if it is outside that
     */
    public static Sealer sm2(String name, BigInteger secret) {
        if (secret.signum() <= 0 || secret.compareTo(Sm2.DOMAIN.getN().subtract(BigInteger.TWO)) > 0) {
            throw new IllegalArgumentException("an SM2 private key is from 1 to the curve's order less 2");
        }
        byte[] raw = Sm2.DOMAIN.getG().multiply(secret).normalize().getEncoded(false);
        return proved(new Sealer(new SealKey(name, SealKey.Kind.SM2, raw), text -> {
            try {
                SM2Signer signer = new SM2Signer();
                signer.init(true, new ParametersWithID(new ParametersWithRandom(
                        new ECPrivateKeyParameters(secret, Sm2.DOMAIN), new SecureRandom()), Sm2.USER_ID));
                signer.update(text, 0, text.length);
                return signer.generateSignature();
            } catch (CryptoException e) {
                throw new IllegalStateException("an SM2 key does not sign", e);
            }
        }));
    }

    /** A new SM2 key. */
    public static Sealer newSm2(String name) {
        return sm2(name, Sm2.newSecret());
    }

    /** A key whose halves are not of one pair would only be noticed by who checks its signatures. */
    private static Sealer proved(Sealer sealer) {
        byte[] text = {'o', 'k', '\n'};
        if (!sealer.key.signed(text, sealer.sign(text))) {
            throw new IllegalArgumentException("the private half is not that of " + sealer.key);
        }
        return sealer;
    }

    @Override
    public String toString() {
        return "Sealer[" + key + "]"; // a secret stays out of every log
    }
}
