package cn.jingshu.products.domain.load;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A source cannot be read, or not be read on; the sentences hold no value, address or secret. */
public final class SourceAwayException extends IOException {
    private static final long serialVersionUID = 1L;
    private final String zh;

    public SourceAwayException(String zh, String en, @Nullable Throwable cause) {
        super(en, cause);
        this.zh = zh;
    }

    public String zh() {
        return zh;
    }

    public String en() {
        return String.valueOf(getMessage());
    }
}
