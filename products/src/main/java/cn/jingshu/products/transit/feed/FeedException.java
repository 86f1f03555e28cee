package cn.jingshu.products.transit.feed;

import cn.jingshu.products.spi.ProductFault;
import org.jspecify.annotations.Nullable;

/** A feed or a trace cannot be read; the message is one sentence that names it and what is wrong. */
public final class FeedException extends ProductFault {
    FeedException(String message) {
        this(message, null);
    }

    FeedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
