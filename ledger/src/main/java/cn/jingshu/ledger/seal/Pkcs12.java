package cn.jingshu.ledger.seal;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.AuthenticatedSafe;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.X509ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys out of a PKCS #12 file (RFC 7292) with the ciphers of Java itself. Java's own key store cannot: it gives no key on the SM2 curve. The
 * one of Bouncy Castle can, and its provider takes longer to make than all the rest of a start that has to do with keys.
 */
final class Pkcs12 {
    /** More would be hours of hashing before a wrong file is refused; Bouncy Castle reads no more either. */
    private static final BigInteger MOST_ROUNDS = BigInteger.valueOf(5_000_000);

    private final char[] password;
    private final Map<ASN1OctetString, PrivateKeyInfo> secrets = new HashMap<>();
    private final Map<ASN1OctetString, SubjectPublicKeyInfo> open = new HashMap<>();

    private Pkcs12(char[] password) {
        this.password = password;
    }

    /** A private key and the public one of the certificate beside it. */
    record Pair(PrivateKeyInfo secret, SubjectPublicKeyInfo open) {}

    /**
     * The keys of a file that have a certificate.
     *
     * @throws NoSuchAlgorithmException if it is protected or put together in a way that is not read here; whoever wrote it may have had
     *     Bouncy Castle's ciphers, or have given its certificates no attributes
     * @throws IOException if it is no such file, was changed, or has another password
     */
    static List<Pair> read(byte[] file, char[] password) throws GeneralSecurityException, IOException {
        Pkcs12 reading = new Pkcs12(password);
        byte[] content;
        try {
            content = reading.proved(Pfx.getInstance(file));
        } catch (RuntimeException unreadable) { // the parser's ways of saying so are many
            throw new IOException("it is no PKCS #12 file", unreadable);
        }
        try {
            for (ContentInfo part : AuthenticatedSafe.getInstance(content).getContentInfo()) {
                reading.take(part);
            }
        } catch (GeneralSecurityException | IOException | RuntimeException otherwise) {
            // It is what its writer wrote, under this password: whatever cannot be read of it is written in a way unknown here.
            throw new NoSuchAlgorithmException("a file that is put together otherwise: " + otherwise.getMessage(), otherwise);
        }
        List<Pair> pairs = new ArrayList<>();
        reading.secrets.forEach((id, secret) -> {
            SubjectPublicKeyInfo beside = reading.open.get(id);
            if (beside != null) {
                pairs.add(new Pair(secret, beside));
            }
        });
        return pairs;
    }

    /** What the file holds, once it has been held against its check sum under the password (RFC 7292, section 5.1). */
    private byte[] proved(Pfx pfx) throws GeneralSecurityException, IOException {
        MacData check = pfx.getMacData();
        if (check == null || !pfx.getAuthSafe().getContentType().equals(PKCSObjectIdentifiers.data)) {
            throw new NoSuchAlgorithmException("a file that no password protects as a whole");
        }
        byte[] content = ASN1OctetString.getInstance(pfx.getAuthSafe().getContent()).getOctets();
        if (check.getIterationCount().compareTo(MOST_ROUNDS) > 0) {
            throw new IOException("its password is hashed " + check.getIterationCount() + " times");
        }
        Mac mac = Mac.getInstance(macOf(check.getMac().getAlgorithmId().getAlgorithm()));
        mac.init(key("PBE"), new PBEParameterSpec(check.getSalt(), check.getIterationCount().intValueExact()));
        if (!MessageDigest.isEqual(mac.doFinal(content), check.getMac().getDigest())) {
            throw new IOException("its check sum is another");
        }
        return content;
    }

    private static String macOf(ASN1ObjectIdentifier digest) throws NoSuchAlgorithmException {
        if (digest.equals(X509ObjectIdentifiers.id_SHA1)) {
            return "HmacPBESHA1";
        }
        if (digest.equals(NISTObjectIdentifiers.id_sha256)) {
            return "HmacPBESHA256";
        }
        throw new NoSuchAlgorithmException("a check sum by " + digest);
    }

    private void take(ContentInfo part) throws GeneralSecurityException, IOException {
        ASN1ObjectIdentifier type = part.getContentType();
        if (type.equals(PKCSObjectIdentifiers.data)) {
            takeBags(ASN1OctetString.getInstance(part.getContent()).getOctets());
        } else if (type.equals(PKCSObjectIdentifiers.encryptedData)) {
            EncryptedData sealed = EncryptedData.getInstance(part.getContent());
            takeBags(decrypted(sealed.getEncryptionAlgorithm(), sealed.getContent().getOctets()));
        } else {
            throw new NoSuchAlgorithmException("a part of the kind " + type);
        }
    }

    private void takeBags(byte[] bags) throws GeneralSecurityException, IOException {
        for (ASN1Encodable each : ASN1Sequence.getInstance(bags)) {
            SafeBag bag = SafeBag.getInstance(each);
            ASN1OctetString id = idOf(bag.getBagAttributes());
            if (bag.getBagId().equals(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag)) {
                EncryptedPrivateKeyInfo sealed = EncryptedPrivateKeyInfo.getInstance(bag.getBagValue());
                secrets.put(id, PrivateKeyInfo.getInstance(decrypted(sealed.getEncryptionAlgorithm(), sealed.getEncryptedData())));
            } else if (bag.getBagId().equals(PKCSObjectIdentifiers.certBag)) {
                byte[] certificate = ASN1OctetString.getInstance(CertBag.getInstance(bag.getBagValue()).getCertValue()).getOctets();
                open.put(id, Certificate.getInstance(certificate).getSubjectPublicKeyInfo());
            } else {
                throw new NoSuchAlgorithmException("a bag of the kind " + bag.getBagId());
            }
        }
    }

    /** What joins a key and its certificate (localKeyId). */
    private static ASN1OctetString idOf(@Nullable ASN1Set attributes) throws NoSuchAlgorithmException {
        for (ASN1Encodable each : attributes == null ? List.<ASN1Encodable>of() : attributes) {
            Attribute attribute = Attribute.getInstance(each);
            if (attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_localKeyId)) {
                return ASN1OctetString.getInstance(attribute.getAttrValues().getObjectAt(0));
            }
        }
        throw new NoSuchAlgorithmException("a key or certificate that says not what it belongs to");
    }

    /** By a key made of the password, as the algorithm's own parameters say (PBES2: RFC 8018). */
    private byte[] decrypted(AlgorithmIdentifier algorithm, byte[] text) throws GeneralSecurityException, IOException {
        if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
            PBES2Parameters how = PBES2Parameters.getInstance(algorithm.getParameters());
            if (how.getEncryptionScheme().getAlgorithm().equals(GMObjectIdentifiers.sms4_cbc)) {
                return decryptedBySm4(how, text);
            }
        }
        var sealed = new javax.crypto.EncryptedPrivateKeyInfo(new EncryptedPrivateKeyInfo(algorithm, text).getEncoded());
        Cipher cipher = Cipher.getInstance(sealed.getAlgName());
        cipher.init(Cipher.DECRYPT_MODE, key(sealed.getAlgName()), sealed.getAlgParameters());
        return cipher.doFinal(text);
    }

    /** SM4 with 16 bytes of key: neither Java's PBES2 nor the provider's key store knows how long that is. */
    private byte[] decryptedBySm4(PBES2Parameters how, byte[] text) throws GeneralSecurityException, IOException {
        if (!how.getKeyDerivationFunc().getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
            throw new NoSuchAlgorithmException("a key derived by " + how.getKeyDerivationFunc().getAlgorithm());
        }
        PBKDF2Params derivation = PBKDF2Params.getInstance(how.getKeyDerivationFunc().getParameters());
        if (derivation.getIterationCount().compareTo(MOST_ROUNDS) > 0) {
            throw new IOException("its password is hashed " + derivation.getIterationCount() + " times");
        }
        PBEKeySpec spec = new PBEKeySpec(password, derivation.getSalt(), derivation.getIterationCount().intValueExact(), 128);
        try {
            byte[] key = SecretKeyFactory.getInstance(derivationBy(derivation.getPrf().getAlgorithm()), SealKeystore.National.PROVIDER)
                    .generateSecret(spec).getEncoded();
            Cipher cipher = Cipher.getInstance("SM4/CBC/PKCS5Padding", SealKeystore.National.PROVIDER);
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "SM4"),
                    new IvParameterSpec(ASN1OctetString.getInstance(how.getEncryptionScheme().getParameters()).getOctets()));
            return cipher.doFinal(text);
        } finally {
            spec.clearPassword();
        }
    }

    private static String derivationBy(ASN1ObjectIdentifier prf) throws NoSuchAlgorithmException {
        if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA1)) {
            return "PBKDF2WithHmacSHA1";
        }
        if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA256)) {
            return "PBKDF2WithHmacSHA256";
        }
        if (prf.equals(GMObjectIdentifiers.hmac_sm3)) {
            return "PBKDF2WithHmacSM3";
        }
        throw new NoSuchAlgorithmException("a key derived with " + prf);
    }

    private SecretKey key(String algorithm) throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(password);
        try {
            return SecretKeyFactory.getInstance(algorithm).generateSecret(spec);
        } finally {
            spec.clearPassword();
        }
    }
}
