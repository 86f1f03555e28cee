package cn.jingshu.marketplace.party;

import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/** Passwords as Argon2id hashes in PHC form: {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. */
@Singleton
public final class Passwords {
    private static final Pattern PHC = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=([0-9]{1,7}),t=([0-9]{1,2}),p=1\\$([A-Za-z0-9+/]{22})\\$([A-Za-z0-9+/]{43})");
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final PasswordCost cost;
    private final Semaphore running;
    private final SecureRandom random = new SecureRandom();
    private volatile @Nullable String decoy; // made when first asked for: it takes as long as a sign-in

    public Passwords(PasswordCost cost) {
        this.cost = cost;
        this.running = new Semaphore(cost.concurrent(), true);
    }

    /** A fresh hash of {@code password}; the caller may clear the array afterwards. */
    public String hash(char[] password) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + cost.memoryKib() + ",t=" + cost.passes() + ",p=1$" + base64.encodeToString(salt)
                + "$" + base64.encodeToString(compute(password, salt, cost.memoryKib(), cost.passes()));
    }

    /** Whether {@code password} is the one behind {@code hash}. */
    public boolean matches(char[] password, String hash) {
        Matcher phc = PHC.matcher(hash);
        if (!phc.matches()) {
            throw new IllegalStateException("stored password hash is not an Argon2id PHC string");
        }
        byte[] salt = Base64.getDecoder().decode(phc.group(3));
        byte[] expected = Base64.getDecoder().decode(phc.group(4));
        byte[] actual =
                compute(password, salt, Integer.parseInt(phc.group(1)), Integer.parseInt(phc.group(2)));
        return MessageDigest.isEqual(expected, actual);
    }

    /** Does the work of {@link #matches} for a name nobody has, so the answer takes as long as for a real one. */
    public void matchNobody(char[] password) {
        String made = decoy;
        if (made == null) {
            decoy = hash("nobody's".toCharArray()); // the same work as a comparison
        } else {
            var _ = matches(password, made);
        }
    }

    private byte[] compute(char[] password, byte[] salt, int memoryKib, int passes) {
        ByteBuffer utf8 = ByteBuffer.allocate(4 * password.length); // the most that UTF-8 can need
        StandardCharsets.UTF_8.newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(password), utf8, true);
        byte[] secret = Arrays.copyOf(utf8.array(), utf8.position());
        Arrays.fill(utf8.array(), (byte) 0);
        byte[] hash = new byte[HASH_BYTES];
        running.acquireUninterruptibly();
        try {
            Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
            argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                    .withSalt(salt)
                    .withMemoryAsKB(memoryKib)
                    .withIterations(passes)
                    .withParallelism(1)
                    .build());
            argon2.generateBytes(secret, hash);
            return hash;
        } finally {
            running.release();
            Arrays.fill(secret, (byte) 0);
        }
    }
}
