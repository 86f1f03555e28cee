package cn.jingshu.products.claims;

import cn.jingshu.products.spi.ProductFault;
import org.jspecify.annotations.Nullable;

/** Claims investigation cannot start with what it was given. */
final class ClaimsFault extends ProductFault {
    private static final long serialVersionUID = 1L;

    ClaimsFault(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
