package cn.jingshu.products.domain;

import org.jspecify.annotations.Nullable;

/** The domain cannot do what a product asked; the message carries no value of any row or parameter. */
public final class DomainException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Reason reason;

    /** Why. */
    public enum Reason {
        /** The product's role may not read or change what it named: a grant is missing or was withdrawn. */
        NOT_GRANTED,
        /** The statement took longer than it may. */
        TOO_SLOW,
        /** The state was changed by another call meanwhile, or a key is taken. */
        CONFLICT,
        /** The database is away. */
        UNAVAILABLE,
        /** The statement is wrong: a defect of the product. */
        BROKEN_STATEMENT
    }

    public DomainException(Reason reason, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
