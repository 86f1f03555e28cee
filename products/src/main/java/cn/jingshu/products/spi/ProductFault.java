package cn.jingshu.products.spi;

import org.jspecify.annotations.Nullable;

/** A product cannot start or go on with what it was given; the message is one sentence that says what to mend. */
public abstract class ProductFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    protected ProductFault(String sentence) {
        super(sentence);
    }

    protected ProductFault(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
