package cn.jingshu.ledger.seal;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.bouncycastle.asn1.gm.GMNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.math.ec.ECPoint;

/** The curve and the user id every SM2 signature here is made with (GM/T 0003.5-2012, GM/T 0009-2012 section 10). */
final class Sm2 {
    static final byte[] USER_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);
    static final ECDomainParameters DOMAIN = domain();

    private Sm2() {}

    private static ECDomainParameters domain() {
        X9ECParameters curve = GMNamedCurves.getByName("sm2p256v1");
        return new ECDomainParameters(curve.getCurve(), curve.getG(), curve.getN(), curve.getH());
    }

    /** A new private number, from 1 to the curve's order less 2 (GM/T 0003.1-2012, section 6.1). */
    static BigInteger newSecret() {
        SecureRandom random = new SecureRandom();
        BigInteger most = DOMAIN.getN().subtract(BigInteger.TWO);
        BigInteger secret;
        do {
            secret = new BigInteger(DOMAIN.getN().bitLength(), random);
        } while (secret.signum() == 0 || secret.compareTo(most) > 0);
        return secret;
    }

    /** Whether {@code signature}, in DER, is over {@code text} by the key of {@code point} under {@code userId}. */
    static boolean signed(ECPoint point, byte[] userId, byte[] text, byte[] signature) {
        SM2Signer verifier = new SM2Signer();
        verifier.init(false, new ParametersWithID(new ECPublicKeyParameters(point, DOMAIN), userId));
        verifier.update(text, 0, text.length);
        return verifier.verifySignature(signature);
    }

    /** @throws IllegalArgumentException if the bytes are no point of the curve */
    static ECPoint point(byte[] encoded) {
        ECPoint point = DOMAIN.getCurve().decodePoint(encoded);
        if (point.isInfinity() || !point.isValid()) {
            throw new IllegalArgumentException("not a point of the SM2 curve");
        }
        return point;
    }
}
