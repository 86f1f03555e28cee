package cn.jingshu.products.efficacy;

import java.time.Duration;

/** A result that would differ from an earlier one by a few persons: thrown so that nothing of it stays in the transaction. */
final class TooSimilarException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration forgottenAfter;

    /** @param forgottenAfter how long until the earlier result is forgotten */
    TooSimilarException(Duration forgottenAfter) {
        super("differs from an earlier result by fewer than the least size", null, false, false);
        this.forgottenAfter = forgottenAfter;
    }

    Duration forgottenAfter() {
        return forgottenAfter;
    }
}
