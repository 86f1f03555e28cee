package cn.jingshu.ledger.settlement;

import java.time.Instant;

/**
 * A settlement as the books hold it: the exact text of its inputs and its result, and a digest over both, so that
 * anyone can compute it again.
 *
 * @param revision from 1; the highest of a period is the one that counts
 * @param inputsJson see {@link #inputs()}
 * @param sha256 64 hexadecimal digits over {@code inputsJson}, a line feed and {@code resultJson} in UTF-8
 */
public record StoredSettlement(
        SettlementPeriod period,
        String businessLine,
        int revision,
        String inputsJson,
        String resultJson,
        String sha256,
        Instant settledAt) {

    public SettlementInputs inputs() {
        return readInputs(inputsJson);
    }

    /** {@link #inputs()} for a text that came out of an export. */
    public static SettlementInputs readInputs(String inputsJson) {
        return SettlementJson.readInputs(inputsJson);
    }

    public SettlementResult result() {
        return SettlementJson.readResult(resultJson);
    }

    /** Whether this settlement is what its inputs give; needs neither database nor network. */
    public Recomputation recompute() {
        return recompute(inputsJson, resultJson, sha256);
    }

    /** {@link #recompute()} for texts that came out of an export. */
    public static Recomputation recompute(String inputsJson, String resultJson, String sha256) {
        String digest = SettlementJson.digest(inputsJson, resultJson);
        if (!digest.equals(sha256)) {
            return new Recomputation.DigestDiffers(sha256, digest);
        }
        String recomputed = SettlementJson.write(Waterfall.settle(SettlementJson.readInputs(inputsJson)));
        return recomputed.equals(resultJson)
                ? new Recomputation.Confirmed()
                : new Recomputation.ResultDiffers(resultJson, recomputed);
    }

    /** What computing a stored settlement again showed. */
    public sealed interface Recomputation {

        /** Digest and result are those of the inputs. */
        record Confirmed() implements Recomputation {}

        /** The texts are not those the digest was made of. */
        record DigestDiffers(String stored, String computed) implements Recomputation {}

        /** The inputs give another result than the stored one. */
        record ResultDiffers(String stored, String recomputed) implements Recomputation {}
    }
}
