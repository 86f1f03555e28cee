package cn.jingshu.products.domain.load;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** How texts of a source are encoded. */
public enum TextEncoding {
    /** With or without a byte order mark. */
    UTF_8(StandardCharsets.UTF_8),
    /** GB 18030, of which GBK and GB 2312 are parts. */
    GB18030(Charset.forName("GB18030"));

    private final Charset charset;

    TextEncoding(Charset charset) {
        this.charset = charset;
    }

    public Charset charset() {
        return charset;
    }

    /** The encoding of that name, as people write it: {@code utf-8}, {@code GBK}, {@code gb2312}; empty: it is none of ours. */
    public static Optional<TextEncoding> named(String name) {
        return switch (name.strip().toUpperCase(java.util.Locale.ROOT).replace("_", "-")) {
            case "UTF-8", "UTF8" -> Optional.of(UTF_8);
            case "GB18030", "GB-18030", "GBK", "GB2312", "CP936" -> Optional.of(GB18030);
            default -> Optional.empty();
        };
    }
}
