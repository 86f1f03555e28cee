package cn.jingshu.products.transit.feed;

import com.google.protobuf.ByteString;

/** Text fields of a feed as they are found in the wild, where the bytes are not always UTF-8. */
final class FeedText {
    private int invalid;

    /**
     * The text of a field. Bytes of a field that is not valid UTF-8 and not printable ASCII become {@code %XX}: unlike a
     * replacement character this keeps two different ids different.
     */
    String read(ByteString bytes) {
        if (bytes.isValidUtf8()) {
            return bytes.toStringUtf8();
        }
        invalid++;
        StringBuilder text = new StringBuilder();
        for (byte each : bytes.toByteArray()) {
            if (each > 0x20 && each < 0x7f && each != '%') {
                text.append((char) each);
            } else {
                text.append('%')
                        .append(Character.toUpperCase(Character.forDigit((each >> 4) & 0xf, 16)))
                        .append(Character.toUpperCase(Character.forDigit(each & 0xf, 16)));
            }
        }
        return text.toString();
    }

    /** How many fields were not valid UTF-8 so far. */
    int invalid() {
        return invalid;
    }
}
