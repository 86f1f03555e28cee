package cn.jingshu.products.domain.disclosure;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;

/**
 * A few numbers from which it can be told by how many subjects two cohorts differ when it is a few, whatever their size: the
 * sums of the first powers of a hash of each subject, in the field of 2⁶¹ − 1 elements. The difference of two cohorts' sums
 * is a sequence that a linear recurrence makes whose length is the number of subjects in one of them only (set reconciliation after
 * Y. Minsky, A. Trachtenberg and R. Zippel, IEEE Trans. Inf. Theory 49, 2003; the length is found after Berlekamp and
 * Massey, 1969). Up to {@link #reach} the number is exact, unless two subjects of the cohorts share a hash: for cohorts of
 * 100,000 once in a hundred million comparisons. Beyond, a difference is taken for a small one with a chance below 2⁻⁶⁰.
 */
final class CohortSketch {
    private static final long PRIME = (1L << 61) - 1;

    /** Sums beyond the two for each subject of the reach: they tell a small difference from a large one. */
    private static final int SURPLUS = 2;

    private final long[] sums;

    private CohortSketch(long[] sums) {
        this.sums = sums;
    }

    /** @param reach largest difference that is told apart, subjects; at least 1 */
    static CohortSketch of(Collection<String> subjects, int reach) {
        long[] sums = new long[2 * reach + SURPLUS];
        MessageDigest digest = sha256();
        for (String subject : new HashSet<>(subjects)) {
            long element = element(digest.digest(subject.getBytes(StandardCharsets.UTF_8)));
            long power = 1;
            for (int k = 0; k < sums.length; k++) {
                sums[k] = add(sums[k], power);
                power = multiply(power, element);
            }
        }
        return new CohortSketch(sums);
    }

    /** The sketch whose bytes were stored. */
    static CohortSketch of(byte[] stored) {
        long[] sums = new long[stored.length / Long.BYTES];
        ByteBuffer.wrap(stored).asLongBuffer().get(sums);
        return new CohortSketch(sums);
    }

    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(sums.length * Long.BYTES);
        bytes.asLongBuffer().put(sums);
        return bytes.array();
    }

    int reach() {
        return (sums.length - SURPLUS) / 2;
    }

    /**
     * Subjects that are in one of the two cohorts only; one more than the reach stands for every greater number.
     *
     * @throws IllegalArgumentException if the other has another reach
     */
    int differenceFrom(CohortSketch other) {
        if (other.sums.length != sums.length) {
            throw new IllegalArgumentException("sketches that reach " + reach() + " and " + other.reach() + " cannot be compared");
        }
        long[] difference = new long[sums.length];
        for (int k = 0; k < sums.length; k++) {
            difference[k] = subtract(sums[k], other.sums[k]);
        }
        return Math.min(shortestRecurrence(difference), reach() + 1);
    }

    /** Length of the shortest linear recurrence that makes the sequence (J. L. Massey, Shift-register synthesis, 1969). */
    private static int shortestRecurrence(long[] sequence) {
        int size = sequence.length + 1;
        long[] now = new long[size];
        long[] before = new long[size];
        now[0] = 1;
        before[0] = 1;
        int length = 0;
        int since = 1;
        long lastDiscrepancy = 1;
        for (int n = 0; n < sequence.length; n++) {
            long discrepancy = sequence[n];
            for (int i = 1; i <= length; i++) {
                discrepancy = add(discrepancy, multiply(now[i], sequence[n - i]));
            }
            if (discrepancy == 0) {
                since++;
                continue;
            }
            long factor = multiply(discrepancy, inverse(lastDiscrepancy));
            long[] kept = now.clone();
            for (int i = since; i < size; i++) {
                now[i] = subtract(now[i], multiply(factor, before[i - since]));
            }
            if (2 * length <= n) {
                length = n + 1 - length;
                before = kept;
                lastDiscrepancy = discrepancy;
                since = 1;
            } else {
                since++;
            }
        }
        return length;
    }

    /** A hash as an element of the field, never zero: the powers of zero would say nothing. */
    private static long element(byte[] hash) {
        return Math.floorMod(ByteBuffer.wrap(hash).getLong(), PRIME - 1) + 1;
    }

    private static long add(long a, long b) {
        long sum = a + b;
        return sum >= PRIME ? sum - PRIME : sum;
    }

    private static long subtract(long a, long b) {
        return a >= b ? a - b : a - b + PRIME;
    }

    private static long multiply(long a, long b) {
        long low = a * b;
        // 2⁶¹ is 1 in the field: what lies above bit 61 of the product is added to what lies below.
        long sum = (low & PRIME) + (Math.multiplyHigh(a, b) << 3 | low >>> 61);
        return sum >= PRIME ? sum - PRIME : sum;
    }

    private static long inverse(long a) {
        long result = 1;
        long power = a;
        for (long exponent = PRIME - 2; exponent > 0; exponent >>= 1) {
            if ((exponent & 1) == 1) {
                result = multiply(result, power);
            }
            power = multiply(power, power);
        }
        return result;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
