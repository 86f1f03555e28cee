package cn.jingshu.ledger.share;

import java.util.Optional;

/**
 * Shares as they are kept: the exact text of what they rest on and of what came out, and a digest over both, so that
 * anyone can compute them again.
 *
 * @param inputsJson see {@link #inputs()}
 * @param sha256 64 hexadecimal digits over {@code inputsJson}, a line feed and {@code resultJson} in UTF-8
 */
public record ShareRecord(String inputsJson, String resultJson, String sha256) {

    /** @throws IllegalArgumentException if the inputs give no shares, see {@link ShareResult#of} */
    public static ShareRecord of(ShareInputs inputs) {
        String inputsJson = ShareJson.write(inputs);
        String resultJson = ShareJson.write(ShareResult.of(inputs));
        return new ShareRecord(inputsJson, resultJson, ShareJson.digest(inputsJson, resultJson));
    }

    public ShareInputs inputs() {
        return ShareJson.readInputs(inputsJson);
    }

    /** Computed again from the inputs; {@link #findFault} says whether that is what was kept. */
    public ShareResult result() {
        return ShareResult.of(inputs());
    }

    /** What is wrong with this record; empty: text, digest and result belong together. Needs no database. */
    public Optional<String> findFault() {
        String digest = ShareJson.digest(inputsJson, resultJson);
        if (!digest.equals(sha256)) {
            return Optional.of("digest " + digest + " computed, " + sha256 + " kept");
        }
        try {
            String recomputed = ShareJson.write(result());
            return recomputed.equals(resultJson)
                    ? Optional.empty()
                    : Optional.of("result " + recomputed + " computed, " + resultJson + " kept");
        } catch (IllegalArgumentException unreadable) {
            return Optional.of("inputs give no shares: " + unreadable.getMessage());
        }
    }
}
