package cn.jingshu.marketplace.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.macs.SipHash128;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;

final class SipHashTest {
    /** The vectors of the authors' reference: the bytes 0 to n - 1 under the key 0 to 15. */
    @Test
    void theReferencesVectors() {
        assertThat(hash(bytesTo(16), bytesTo(0))).isEqualTo("a3817f04ba25a8e66df67214c7550293");
        assertThat(hash(bytesTo(16), bytesTo(1))).isEqualTo("da87c1d86b99af44347659119b22fc45");
    }

    @Test
    void everyLengthAsTheLibraryHasIt() {
        Random random = new Random(20261130);
        for (int length = 0; length < 200; length++) {
            byte[] key = new byte[16];
            byte[] text = new byte[length];
            random.nextBytes(key);
            random.nextBytes(text);
            SipHash128 library = new SipHash128();
            library.init(new KeyParameter(key));
            library.update(text, 0, length);
            byte[] expected = new byte[16];
            library.doFinal(expected, 0);
            assertThat(hash(key, text)).as("%s bytes", length).isEqualTo(HexFormat.of().formatHex(expected));
        }
    }

    @Test
    void itsTextTellsNothing() {
        assertThat(new SipHash(bytesTo(16))).hasToString("SipHash[…]");
    }

    private static String hash(byte[] key, byte[] text) {
        RecentKeys.Fingerprint print = new SipHash(key).of(text);
        return HexFormat.of().formatHex(ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(print.first()).putLong(print.second()).array());
    }

    private static byte[] bytesTo(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
