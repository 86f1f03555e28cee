package cn.jingshu.products.efficacy;

/** A result that would differ from an earlier one by a few persons: thrown so that nothing of it stays in the transaction. */
final class TooSimilarException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooSimilarException() {
        super("differs from an earlier result by fewer than the least size", null, false, false);
    }
}
